"""Consent by purpose and version of the notice (PIPL art. 14-16): recorded, renewed, withdrawn at once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid
from customers.enums import CareKind, Purpose
from customers.models import Consent, Customer, PrivacyNotice
from customers.services.writing import locked_file, note
from orgchart.scope import today


def notice_in_force() -> PrivacyNotice | None:
    """The newest version of the privacy notice that holds today."""
    found: PrivacyNotice | None = (
        PrivacyNotice.objects.filter(in_force_from__lte=today()).order_by("-version").first()
    )
    return found


def in_force(customer: int, purpose: str) -> Consent | None:
    """The consent of the customer (id) that was given for this purpose and not withdrawn."""
    found: Consent | None = Consent.objects.filter(
        customer_id=customer, purpose=purpose, withdrawn_at=None
    ).first()
    return found


@transaction.atomic
def record_consent(*, actor: Actor, customer: int, purpose: str) -> Consent:
    """Record that the customer agreed to `purpose` under the newest notice in force.

    A consent under an older version ends with it and stays as a row. Writes "customer.consent_given". Refusals: those
    of `locked_file`, "not_a_choice" (field "purpose"), "no_notice", "consent_given" (409).
    """
    file = locked_file(actor, customer)
    if purpose not in Purpose.values:
        raise Invalid("not_a_choice", _("Choose one of the values offered."), field="purpose")
    notice = notice_in_force()
    if notice is None:
        raise Conflict(
            "no_notice",
            _(
                "No privacy notice is in force yet, so nobody can agree to it. Ask the department's manager for one."
            ),
        )
    now, there = timezone.now(), in_force(file.pk, purpose)
    if there is not None and there.notice_id == notice.pk:
        raise Conflict("consent_given", _("The customer agreed to this version of the notice already."))
    if there is not None:
        there.withdrawn_at = now
        there.save(update_fields=["withdrawn_at"])
    made: Consent = Consent.objects.create(
        customer=file, purpose=purpose, notice=notice, given_at=now, recorded_by=actor.person
    )
    note(actor, file, "customer.consent_given", purpose=[None, purpose], notice=[None, notice.version])
    return made


@transaction.atomic
def withdraw_consent(*, actor: Actor, customer: int, purpose: str) -> Consent:
    """End a consent at once; the row stays. Planned regular care calls end with the consent to them.

    Writes "customer.consent_withdrawn". Refusals: those of `locked_file`, "no_consent" (409).
    """
    file = locked_file(actor, customer)
    found = end_consent(actor, file, purpose)
    if found is None:
        raise Conflict("no_consent", _("There is no consent in force for this purpose."))
    return found


def end_consent(actor: Actor, file: Customer, purpose: str) -> Consent | None:
    """End the consent of a locked file, if there is one, and write the event; None when there is none."""
    found = in_force(file.pk, purpose)
    if found is None:
        return None
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    ended = 0
    if purpose == Purpose.CARE:
        ended = file.care_calls.filter(kind=CareKind.REGULAR, made_at=None).delete()[0]
    note(actor, file, "customer.consent_withdrawn", purpose=[purpose, None], care_calls=[ended, 0])
    return found
