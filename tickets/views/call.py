"""The call page: from a number to a case on one screen."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import htmx, idempotency
from core.actors import person_actor
from core.errors import DomainError
from products.services import PROBLEMS
from tickets import policies, queries, services
from tickets.forms import CallForm, fault_options, show_refusal
from tickets.rules.numbers import spoken
from tickets.services import lookup

RELATIONS = (
    gettext_lazy("spouse"),
    gettext_lazy("child"),
    gettext_lazy("parent"),
    gettext_lazy("colleague"),
    gettext_lazy("dealer"),
)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """Log a call. "Look up" without JavaScript comes here too and keeps everything typed."""
    policies.require_log_post(request.user)
    if request.method != "POST":
        return _page(request, CallForm(initial={"key": secrets.token_urlsafe(24)}), _from_file(request))
    if "look_up" in request.POST:
        return _page(request, CallForm(initial=request.POST.dict()), request.POST)
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            return _save(request, form)
        except DomainError as refusal:
            show_refusal(form, refusal, CallForm.FIELDS_OF_REFUSALS)
    return _page(request, form, request.POST, status=422)


@sensitive_post_parameters()
@require_POST
def look_up(request: HttpRequest) -> HttpResponse:
    """The panel beside the form: customers, devices and cases of what is typed so far."""
    policies.require_log_post(request.user)
    return render(request, "tickets/call_panel.html", _panel(request, request.POST))


def _save(request: HttpRequest, form: CallForm) -> HttpResponse:
    sent = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    actor, new = person_actor(request.user), form.new_case(_imei(request, form))
    kept = idempotency.replayable(
        request.user,
        "tickets.log_case",
        form.cleaned_data["key"],
        sent,
        lambda: {"number": services.log_case(actor=actor, new=new).number},
    )
    number = kept["number"]
    messages.success(request, _("Case %(number)s is logged.") % {"number": spoken(number)})
    return htmx.redirect(request, "tickets:case", number)


def _imei(request: HttpRequest, form: CallForm) -> str:
    """The IMEI typed, else that of the device chosen from the caller's own."""
    given = form.cleaned_data
    if given["imei"] or not given["device_id"]:
        return str(given["imei"])
    device = queries.selectable_device(request.user, given["device_id"], given["phone"])
    return device.imei if device else ""


def _from_file(request: HttpRequest) -> QueryDict:
    """What a link from a customer file or a device brings along: their ids, nothing else."""
    brought = QueryDict(mutable=True)
    for name in ("customer_id", "device_id"):
        if request.GET.get(name, "").isdecimal():
            brought[name] = request.GET[name][:18]
    return brought


def _page(
    request: HttpRequest, form: CallForm, typed: QueryDict | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "page_title": _("Log a call"),
        "form": form,
        "faults": fault_options(),
        "relations": RELATIONS,
        **_panel(request, typed or QueryDict()),
    }
    return render(request, "tickets/call.html", context, status=status)


def _panel(request: HttpRequest, typed: QueryDict) -> dict[str, Any]:
    phone, imei = typed.get("phone", "")[:30], typed.get("imei", "")[:30]
    try:
        found, refusal = lookup.look_up(actor=person_actor(request.user), phone=phone, imei=imei), ""
    except DomainError as error:
        found, refusal = lookup.Found(), str(error.message)
    brought = queries.customer_in_sight(request.user, typed.get("customer_id", ""))
    if brought and brought.pk not in {customer.pk for customer in found.customers}:
        found = replace(found, customers=[brought, *found.customers])
    return {
        "found": found,
        "refusal": refusal,
        "chosen_customer": _chosen(request, typed, [customer.pk for customer in found.customers]),
        "chosen_device": typed.get("device_id", ""),
        "imei_text": _imei_text(found.imei_problem),
    }


def _chosen(request: HttpRequest, typed: QueryDict, offered: list[int]) -> str:
    """The customer asked for while still offered, else the only one there is.

    "0" is a new customer with the same number; another number typed afterwards takes that back.
    """
    asked = typed.get("customer_id", "")
    number_changed = request.headers.get("HX-Source", "").endswith("#id_phone")
    if asked in {str(pk) for pk in offered} or (asked == "0" and offered and not number_changed):
        return asked
    return str(offered[0]) if len(offered) == 1 else ""


def _imei_text(problem: str) -> str:
    return str(PROBLEMS[problem]) if problem else ""
