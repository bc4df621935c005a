"""What is done to a phone: correcting, owner, exchange, numbers, certificate. One form and one service call each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core import htmx
from core.actors import Actor, person_actor
from core.errors import DomainError, StaleVersion, Text
from products import policies, services
from products.deviceforms import (
    CertificateForm,
    CorrectForm,
    ExchangeForm,
    OwnerForm,
    ReasonForm,
    SerialForm,
    WorkForm,
)
from products.devicequeries import device_for
from products.models import Device


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: its form, its service call, and its words."""

    form: type[WorkForm]
    act: Callable[[Actor, int, Any], object]
    title: Text
    button: Text
    done: Text
    icon: str
    note: Text = ""
    tone: str = "primary"


def _correct(actor: Actor, pk: int, form: Any) -> object:
    data = form.cleaned_data
    return services.correct_device(
        actor=actor,
        pk=pk,
        version=data["version"],
        imei=data["imei"],
        model=data["model"],
        details=form.details(),
    )


def _owner(actor: Actor, pk: int, form: Any) -> object:
    data = form.cleaned_data
    return services.change_owner(
        actor=actor, pk=pk, version=data["version"], owner=data["customer"], starts_on=data["starts_on"],
        reason=data["reason"],
    )  # fmt: skip


def _undo_owner(actor: Actor, pk: int, form: Any) -> object:
    return services.undo_owner_change(actor=actor, pk=pk, **form.cleaned_data)


def _exchange(actor: Actor, pk: int, form: Any) -> object:
    data = form.cleaned_data
    return services.exchange_device(
        actor=actor, pk=pk, version=data["version"], new=form.new_phone(), exchanged_on=data["exchanged_on"],
        reason=data["reason"],
    )  # fmt: skip


def _undo_exchange(actor: Actor, pk: int, form: Any) -> object:
    return services.undo_exchange(actor=actor, pk=pk, **form.cleaned_data)


def _serial(actor: Actor, pk: int, form: Any) -> object:
    return services.add_serial(actor=actor, pk=pk, **form.cleaned_data)


def _certificate(actor: Actor, pk: int, form: Any) -> object:
    return services.record_certificate(
        actor=actor, pk=pk, version=form.cleaned_data["version"], certificate=form.certificate()
    )


WORKS: dict[str, Work] = {
    "correct": Work(
        CorrectForm, _correct, _("Correct a phone"), _("Save"), _("The phone is corrected."), "edit",
        _("Old and new value stay in the history. For another owner or another phone use their own buttons."),
    ),
    "owner": Work(
        OwnerForm, _owner, _("Change the owner"), _("Change the owner"), _("The phone has a new owner."), "transfer",
        _("The present owner stays in the history."),
    ),
    "owner-undo": Work(
        ReasonForm, _undo_owner, _("Take back the change of owner"), _("Undo"),
        _("The change of owner is taken back."), "arrow-back-up", tone="danger",
    ),
    "exchange": Work(
        ExchangeForm, _exchange, _("Exchange for another phone"), _("Exchange"), _("The exchange is entered."),
        "arrows-exchange", _("The customer hands this phone in and gets the other one."),
    ),
    "exchange-undo": Work(
        ReasonForm, _undo_exchange, _("Undo the exchange"), _("Undo the exchange"), _("The exchange is undone."),
        "arrow-back-up", _("The phone belongs to its owner again. The other phone stays registered."), tone="danger",
    ),
    "serial": Work(
        SerialForm, _serial, _("Add a serial number"), _("Add"), _("The number is added."), "barcode"
    ),
    "certificate": Work(
        CertificateForm, _certificate, _("Certificate of guarantee"), _("Save"), _("The certificate is recorded."),
        "file-text", _("As it came with the phone (annex 1 of the rules on guarantees for mobile phones)."),
    ),
}  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def work(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """The form of a piece of work, refused at its field, or done."""
    if action not in WORKS:
        raise Http404
    chosen, device = WORKS[action], _editable(request, pk)
    initial = {key: request.GET[key] for key in ("owner",) if request.GET.get(key, "").isdigit()}
    form = chosen.form(
        request.POST if request.method == "POST" else None,
        device=device,
        reader=request.user,
        initial=initial,
    )
    return _run(request, device, form, chosen, lambda form: chosen.act(person_actor(request.user), pk, form))


@require_http_methods(["GET", "POST"])
def remove_serial(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take out a number that was entered by mistake."""
    device = _editable(request, pk)
    form = WorkForm(request.POST if request.method == "POST" else None, device=device, reader=request.user)
    words = Work(
        WorkForm, lambda *_given: None, _("Take out a serial number"), _("Take it out"), _("The number is taken out."),
        "trash", _("It stays in the history."), tone="danger",
    )  # fmt: skip
    actor = person_actor(request.user)
    return _run(
        request, device, form, words,
        lambda form: services.remove_serial(
            actor=actor, pk=pk, version=form.cleaned_data["version"], serial_id=entry
        ),
    )  # fmt: skip


def _editable(request: HttpRequest, pk: int) -> Device:
    """The visible device that the reader may correct; 403 with the sentence why not."""
    device: Any = device_for(request.user, pk)
    if not device.may_edit:
        policies.refuse_edit()
    found: Device = device
    return found


def _run(
    request: HttpRequest, device: Device, form: WorkForm, words: Work, act: Callable[[Any], object]
) -> HttpResponse:
    context: dict[str, Any] = {"page_title": words.title, "device": device, "form": form, "words": words}
    if form.is_bound and form.is_valid():
        try:
            act(form)
        except StaleVersion as stale:
            form.refuse(stale)
            current = stale.context["current"]
            context["conflict"] = form.against(current) if isinstance(form, CorrectForm) else []
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            form.refuse(refusal)
        else:
            messages.success(request, words.done)
            return htmx.redirect(request, device)
    return render(request, "products/work.html", context, status=form.refused if form.errors else 200)
