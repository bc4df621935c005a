"""What people ask about their own data: written down, answered within the time, refused with a reason."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, Refused
from core.exports import request_export
from core.models import ExportFile
from core.notifications import notify
from customers import policies
from customers.enums import RequestKind, RequestState
from customers.models import Customer, PrivacyRequest
from customers.privacy.people import people_in_charge
from customers.rules import grants
from customers.services.erasing import COPY_KIND, Outcome, erase
from orgchart.scope import today

FEWEST_LETTERS = 4


@transaction.atomic
def record_request(
    *, actor: Actor, customer: Customer, kind: str, identity_checked: str, text: str = ""
) -> PrivacyRequest:
    """Write down what a customer asks for, due in settings.PRIVACY_REQUEST_DAYS days; rings whoever is in charge.

    Writes "privacy.request_recorded". Refusals: "identity_missing" (field "identity_checked"), "text_missing" (field
    "text", for a correction), "file_erased", "file_merged", "request_open".
    """
    if len(identity_checked.strip()) < FEWEST_LETTERS:
        raise Invalid("identity_missing", _("Say how you made sure who is asking."), field="identity_checked")
    if kind == RequestKind.CORRECTION and not text.strip():
        raise Invalid("text_missing", _("Say what is wrong."), field="text")
    if customer.erased_at:
        raise Conflict("file_erased", _("The data of this file were erased already."))
    if customer.merged_into_id:
        raise Conflict("file_merged", _("This file was merged into another one. Open that one."))
    request = _create(actor, customer, kind, identity_checked.strip()[:200], text.strip()[:300])
    charge = [pk for pk in people_in_charge(customer.centre_id) if pk != getattr(actor.person, "pk", None)]
    path = reverse("customers:request", args=[request.pk])
    notify(charge, f"customers.request_{kind}", {"due": request.due_on.isoformat()}, path, request)
    _note(actor, "privacy.request_recorded", request, None, RequestState.OPEN)
    return request


def _create(actor: Actor, customer: Customer, kind: str, identity: str, text: str) -> PrivacyRequest:
    due = today() + timedelta(days=settings.PRIVACY_REQUEST_DAYS)
    try:
        with transaction.atomic():
            made: PrivacyRequest = PrivacyRequest.objects.create(
                customer=customer, kind=kind, identity_checked=identity, text=text, due_on=due,
                recorded_by=actor.person,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("request_open", _("Such a request of this customer is open already.")) from error
    return made


@transaction.atomic
def refuse_request(*, actor: Actor, request: PrivacyRequest, reason: str) -> PrivacyRequest:
    """Refuse with the reason that the customer is told. Writes "privacy.request_refused".

    Refusals: "reason_required" (field "reason"), "request_decided", "may_not_customers".
    """
    open_one = _open(actor, request)
    if len(reason.strip()) < FEWEST_LETTERS:
        raise Invalid(
            "reason_required", _("Give the reason: the customer has a right to it."), field="reason"
        )
    return _decide(actor, open_one, RequestState.REFUSED, reason)


@transaction.atomic
def fulfil_correction(*, actor: Actor, request: PrivacyRequest, answer: str) -> PrivacyRequest:
    """Note that the data were corrected, and how. Writes "privacy.request_done".

    Refusals: "reason_required" (field "reason"), "request_decided", "wrong_kind", "may_not_customers".
    """
    open_one = _open(actor, request, RequestKind.CORRECTION)
    if len(answer.strip()) < FEWEST_LETTERS:
        raise Invalid("reason_required", _("Say what was corrected."), field="reason")
    return _decide(actor, open_one, RequestState.DONE, answer)


@transaction.atomic
def fulfil_copy(*, actor: Actor, request: PrivacyRequest, language: str) -> ExportFile:
    """Have the copy made in the background, for the person who does this alone; again when it was done before.

    Writes "privacy.request_done" the first time, and the export's own events. Refusals: "request_refused",
    "wrong_kind", "may_not_customers", "too_many_exports".
    """
    locked = _locked(actor, request, RequestKind.EXPORT)
    if locked.state == RequestState.REFUSED:
        raise Conflict("request_refused", _("This request was refused."))
    if locked.customer.erased_at:
        raise Conflict("file_erased", _("The data of this file were erased already."))
    holder = policies.acting_for(actor.person, grants.PRIVACY)
    made = request_export(actor.person, COPY_KIND, {"request": locked.pk}, language, acting_for=holder)
    if locked.state == RequestState.OPEN:
        _decide(actor, locked, RequestState.DONE, "")
    return made


@transaction.atomic
def fulfil_erasure(*, actor: Actor, request: PrivacyRequest, typed: str) -> Outcome:
    """Erase the customer's data; `typed` has to be the number of the file, for this cannot be undone.

    Writes "customer.erased" and "privacy.request_done"; what stays is kept with the request. Refusals: "not_confirmed"
    (field "typed"), "request_decided", "wrong_kind", and those of `erase`.
    """
    open_one = _open(actor, request, RequestKind.ERASURE)
    if typed.strip().lstrip("#") != str(open_one.customer_id):
        raise Invalid("not_confirmed", _("Type the number of the file to confirm."), field="typed")
    with audit.written_last():
        outcome = erase(actor=actor, customer=open_one.customer, reason=f"request #{open_one.pk}")
        open_one.kept = outcome.kept
        open_one.text = ""
        _decide(actor, open_one, RequestState.DONE, "")
    return outcome


def _locked(actor: Actor, request: PrivacyRequest, kind: str = "") -> PrivacyRequest:
    """The row under a lock, for whoever decides on it. Refuses with "may_not_customers" and "wrong_kind"."""
    policies.require(actor.person, grants.PRIVACY)
    rows = PrivacyRequest.objects.permitted(actor.person, "decide").filter(pk=request.pk)
    found: PrivacyRequest | None = rows.select_for_update(of=("self",)).select_related("customer").first()
    if found is None:
        raise Refused("may_not_customers", _("This file belongs to another centre."))
    if kind and found.kind != kind:
        raise Conflict("wrong_kind", _("The customer asked for something else."))
    return found


def _open(actor: Actor, request: PrivacyRequest, kind: str = "") -> PrivacyRequest:
    found = _locked(actor, request, kind)
    if found.state != RequestState.OPEN:
        raise Conflict("request_decided", _("This request was answered already."))
    return found


def _decide(actor: Actor, request: PrivacyRequest, state: str, reason: str) -> PrivacyRequest:
    request.state, request.reason = state, reason.strip()[:300]
    request.decided_by, request.decided_at = actor.person, timezone.now()
    request.save(update_fields=["state", "reason", "decided_by", "decided_at", "kept", "text"])
    done = state == RequestState.DONE
    action = "privacy.request_done" if done else "privacy.request_refused"
    _note(actor, action, request, RequestState.OPEN, state)
    return request


def _note(actor: Actor, action: str, request: PrivacyRequest, old: str | None, new: str) -> None:
    audit.record(
        actor=actor.in_place_of(policies.acting_for(actor.person, grants.PRIVACY)),
        action=action,
        subject=request,
        subject_label=f"{request.kind} #{request.pk}",
        changes={"state": [old, str(new)], "customer": [request.customer_id, request.customer_id]},
    )
