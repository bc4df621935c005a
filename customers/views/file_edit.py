"""Correcting the file: the customer, numbers, addresses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import masking
from customers.enums import ContactChannel, CustomerKind
from customers.file_forms import (
    LOOK,
    AddressForm,
    ConfirmForm,
    CorrectAddressForm,
    CorrectForm,
    CorrectPhoneForm,
    PhoneForm,
)
from customers.models import Customer, CustomerAddress, CustomerPhone
from customers.rules.regions import region_label
from customers.services import addresses, correcting, phones
from customers.views.file_steps import Row, Words, at_once, step, writable
from orgchart.guided import posted

GET_POST = ["GET", "POST"]


@sensitive_post_parameters()
@require_http_methods(GET_POST)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was mis-typed; a stale form shows what is there now."""
    file = writable(request, pk)
    names = ("kind", "language", "province_code", "preferred_channel", "preference_note", "version")
    masked = {"name": masking.mask_name(file.name), "email": masking.mask_email(file.email)}
    form = CorrectForm(posted(request), masked=masked, initial={name: getattr(file, name) for name in names})
    return step(
        request, file, form,
        lambda actor: correcting.correct_customer(
            actor=actor, customer=pk, version=form.cleaned_data["version"], correction=form.correction()
        ),
        Words(_("Correct the file"), _("Save"), _("The file is corrected.")),
        lambda now: _compared(now, form.cleaned_data),
    )  # fmt: skip


def _compared(now: Customer, typed: dict[str, Any]) -> list[Row]:
    """What is there now, masked, beside what was typed."""
    kinds, ways, languages = (
        dict(CustomerKind.choices),
        dict(ContactChannel.choices),
        dict(settings.LANGUAGES),
    )
    name, email = masking.mask_name(now.name), masking.mask_email(now.email)
    return [
        (_("Name"), name, typed["name"] or name),
        (_("Kind"), kinds[now.kind], kinds[typed["kind"]]),
        (_("E-mail"), email or "–", "–" if typed.get("no_email") else typed["email"] or email or "–"),
        (_("Language"), languages.get(now.language, now.language), languages[typed["language"]]),
        (
            _("Province"),
            region_label(now.province_code) or "–",
            region_label(typed["province_code"]) or "–",
        ),
        (_("Preferred channel"), ways[now.preferred_channel], ways[typed["preferred_channel"]]),
        (_("Preferences"), now.preference_note or "–", typed["preference_note"] or "–"),
    ]


# -- numbers -----------------------------------------------------------------------------------------------------------


@sensitive_post_parameters()
@require_http_methods(GET_POST)
def phone_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a number."""
    file, form = writable(request, pk), PhoneForm(posted(request))
    return step(
        request, file, form,
        lambda actor: phones.add_phone(actor=actor, customer=pk, **form.cleaned_data),
        Words(_("Add a number"), _("Add"), _("The number is added.")),
    )  # fmt: skip


def _phone(file: Customer, phone: int) -> CustomerPhone:
    found = next((row for row in file.phones.all() if row.pk == phone), None)
    if found is None:
        raise Http404
    return found


@sensitive_post_parameters()
@require_http_methods(GET_POST)
def phone_correct(request: HttpRequest, pk: int, phone: int) -> HttpResponse:
    """Correct a number, and whose it is."""
    file = writable(request, pk)
    row = _phone(file, phone)
    form = CorrectPhoneForm(posted(request), initial={"relation": row.relation, "version": file.version})
    form.fields["number"].widget.attrs["placeholder"] = masking.mask_phone(row.number)

    def compare(now: Customer) -> list[Row]:
        there = next((one for one in now.phones.all() if one.pk == phone), None)
        number = masking.mask_phone(there.number) if there else "–"
        return [
            (_("Phone number"), number, form.cleaned_data["number"] or number),
            (
                _("Whose number"),
                (there.relation if there else "") or "–",
                form.cleaned_data["relation"] or "–",
            ),
        ]

    return step(
        request, file, form,
        lambda actor: phones.correct_phone(actor=actor, customer=pk, phone=phone, **form.cleaned_data),
        Words(_("Correct a number"), _("Save"), _("The number is corrected.")),
        compare,
    )  # fmt: skip


@require_POST
def phone_act(request: HttpRequest, pk: int, phone: int, what: str) -> HttpResponse:
    """Make a number the main one, take it out of use, take it into use again."""
    acts = {
        "main": (phones.make_main_phone, _("This number is called first now.")),
        "retire": (phones.retire_phone, _("The number is out of use. It can be taken into use again.")),
        "restore": (phones.restore_phone, _("The number is in use again.")),
    }
    if what not in acts:
        raise Http404
    act, done = acts[what]
    return at_once(request, pk, lambda actor: act(actor=actor, customer=pk, phone=phone), done)


# -- addresses ---------------------------------------------------------------------------------------------------------


def _looks(request: HttpRequest) -> bool:
    """Whether the form was sent only to see the regions below the chosen one (a browser without JavaScript)."""
    return LOOK in request.POST


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """The three selects after a choice in one of them; holds no personal data."""
    form = AddressForm(initial={name: request.GET.get(name, "") for name in AddressForm.REGION})
    return render(request, "customers/regions.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(GET_POST)
def address_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an address."""
    file = writable(request, pk)
    form = AddressForm(initial=request.POST.dict()) if _looks(request) else AddressForm(posted(request))

    def act(actor: Any) -> object:
        data = form.cleaned_data
        return addresses.add_address(
            actor=actor,
            customer=pk,
            region_code=form.region_code(),
            text=data["text"],
            is_main=data["is_main"],
        )

    return step(
        request,
        file,
        form,
        act,
        Words(_("Add an address"), _("Add"), _("The address is added.")),
        regions=True,
    )


def _address(file: Customer, address: int) -> CustomerAddress:
    found = next((row for row in file.addresses.all() if row.pk == address), None)
    if found is None:
        raise Http404
    return found


@sensitive_post_parameters()
@require_http_methods(GET_POST)
def address_correct(request: HttpRequest, pk: int, address: int) -> HttpResponse:
    """Correct an address; street and house stay when nothing is typed."""
    file = writable(request, pk)
    row = _address(file, address)
    initial = {"version": file.version, **(request.POST.dict() if _looks(request) else {})}
    data = None if _looks(request) else posted(request)
    form = CorrectAddressForm(data, region_code=row.region_code, initial=initial)

    def act(actor: Any) -> object:
        data = form.cleaned_data
        return addresses.correct_address(
            actor=actor, customer=pk, address=address, version=data["version"],
            region_code=form.region_code(), text=data["text"],
        )  # fmt: skip

    def compare(now: Customer) -> list[Row]:
        there = next((one for one in now.addresses.all() if one.pk == address), None)
        return [
            (
                _("District"),
                region_label(there.region_code) if there else "–",
                region_label(form.region_code()),
            ),
            (_("Street and house"), masking.STARS, form.cleaned_data["text"] or masking.STARS),
        ]

    words = Words(_("Correct an address"), _("Save"), _("The address is corrected."))
    return step(request, file, form, act, words, compare, regions=True)


@require_POST
def address_main(request: HttpRequest, pk: int, address: int) -> HttpResponse:
    """Use this address first."""
    return at_once(
        request, pk,
        lambda actor: addresses.make_main_address(actor=actor, customer=pk, address=address),
        _("This address is used first now."),
    )  # fmt: skip


@require_http_methods(GET_POST)
def address_remove(request: HttpRequest, pk: int, address: int) -> HttpResponse:
    """Take an address out, after a question."""
    file = writable(request, pk)
    row = _address(file, address)
    about = _("Take the address in %(place)s out of the file?") % {
        "place": region_label(row.region_code) or masking.mask_address(row.text)
    }
    return step(
        request, file, ConfirmForm(posted(request)),
        lambda actor: addresses.remove_address(actor=actor, customer=pk, address=address),
        Words(_("Take out an address"), _("Take it out"), _("The address is taken out."), about, "danger"),
    )  # fmt: skip
