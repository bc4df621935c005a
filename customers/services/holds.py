"""Keeping a file from being erased while a dispute, an inspection or a court needs it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid
from customers import policies
from customers.models import Customer, LegalHold
from customers.rules import grants

FEWEST_LETTERS = 4


@transaction.atomic
def place_hold(*, actor: Actor, customer: Customer, reason: str) -> LegalHold:
    """Hold the file until somebody releases it. Writes "privacy.hold_placed"; the reason stays with the hold.

    Refusals: "may_not_customers", "reason_required" (field "reason"), "hold_placed" when one stands already.
    """
    policies.require_privacy_of(actor.person, customer)
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    if len(reason.strip()) < FEWEST_LETTERS:
        raise Invalid("reason_required", _("Say in a few words who asks for it and why."), field="reason")
    if customer.holds.filter(released_at=None).exists():
        raise Conflict("hold_placed", _("This file is held already."))
    hold: LegalHold = LegalHold.objects.create(
        customer=customer, reason=reason.strip()[:300], placed_by=actor.person
    )
    _note(actor, "privacy.hold_placed", customer)
    return hold


@transaction.atomic
def release_hold(*, actor: Actor, customer: Customer) -> None:
    """Let go of the file. Writes "privacy.hold_released"; without a hold nothing happens.

    Refusal: "may_not_customers".
    """
    policies.require_privacy_of(actor.person, customer)
    standing = LegalHold.objects.filter(customer=customer, released_at=None)
    if standing.update(released_at=timezone.now(), released_by=actor.person):
        _note(actor, "privacy.hold_released", customer)


def _note(actor: Actor, action: str, customer: Customer) -> None:
    audit.record(
        actor=actor.in_place_of(policies.acting_for(actor.person, grants.PRIVACY)),
        action=action,
        subject=customer,
        subject_label=f"#{customer.pk}",
    )
