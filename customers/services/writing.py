"""What every write to a customer file does: lock it, ask who may, keep the history, record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, StaleVersion
from customers import policies
from customers.errors import not_found
from customers.models import Customer, CustomerChange
from customers.rules import grants


def locked_file(actor: Actor, customer: int) -> Customer:
    """The file under a row lock, for whoever may write it.

    Refusals: "customer_not_found" (404), "may_not_customers" (403), "file_erased", "file_merged" (409).
    """
    found: Customer | None = Customer.objects.select_for_update(of=("self",)).filter(pk=customer).first()
    if found is None or not Customer.objects.permitted(actor.person).filter(pk=customer).exists():
        raise not_found()
    if not Customer.objects.permitted(actor.person, "edit").filter(pk=customer).exists():
        policies.refuse(grants.EDIT)
    if found.erased_at:
        raise Conflict("file_erased", _("The data of this file were erased already."))
    if found.merged_into_id:
        raise Conflict("file_merged", _("This file was merged into another one. Open that one."))
    return found


def check_version(customer: Customer, version: int) -> None:
    """Refuses with "stale" when the file was changed since it was read; `context["current"]` is its version now."""
    if customer.version != version:
        raise StaleVersion(
            "stale",
            _("This file was changed in the meantime. Compare, then save again."),
            context={"current": customer.version},
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after. Personal data: it goes to the erasable history, never to the trail."""

    field: str
    old: str
    new: str


def corrected(actor: Actor, customer: Customer, action: str, changes: Iterable[Change], **more: Any) -> None:
    """Keep old and new values, raise the version, write the audit event that names the fields alone.

    `more` are further entries of the event without personal data: {name: [old, new]}.
    """
    rows = [change for change in changes if change.old != change.new]
    CustomerChange.objects.bulk_create(
        CustomerChange(customer=customer, field=row.field, old=row.old, new=row.new, changed_by=actor.person)
        for row in rows
    )
    customer.version += 1
    customer.save(update_fields=["version"])
    note(actor, customer, action, fields=[None, ", ".join(row.field for row in rows)], **more)


def note(actor: Actor, customer: Customer, action: str, **changes: Any) -> None:
    """Write the audit event about the file, in the place of whoever the actor stands in for."""
    audit.record(
        actor=actor.in_place_of(policies.acting_for(actor.person, grants.EDIT)),
        action=action,
        subject=customer,
        subject_label=f"#{customer.pk}",
        changes=changes,
    )
