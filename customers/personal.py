"""The personal data of a customer file, part by part."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import NotVisible, Text
from core.personal import HANDLER, Part, mode_of
from core.policy import row_filter
from core.reveal import reveal as show
from customers import policies
from customers.models import Customer
from customers.rules import grants
from orgchart.models import Person


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, and how it is masked."""

    label: Text
    record: models.Model
    field: str
    text: str


def with_reveals(rows: QuerySet[Customer], person: Person) -> QuerySet[Customer]:
    """Each file with the columns `may_reveal_as_handler` and `may_reveal`."""
    columns = {
        f"may_{action}": ExpressionWrapper(row_filter(Customer, action, person), output_field=BooleanField())
        for action in ("reveal_as_handler", "reveal")
    }
    return rows.annotate(**columns)


def _places(customer: Customer) -> dict[str, _Place]:
    found = {
        "name": _Place(_("Customer's name"), customer, "name", masking.mask_name(customer.name)),
        "email": _Place(_("E-mail"), customer, "email", masking.mask_email(customer.email)),
    }
    for phone in customer.phones.all():
        text = masking.mask_phone(phone.number)
        found[f"phone-{phone.pk}"] = _Place(_("Phone number"), phone, "number", text)
    for address in customer.addresses.all():
        found[f"address-{address.pk}"] = _Place(_("Address"), address, "text", masking.STARS)
    return {code: place for code, place in found.items() if getattr(place.record, place.field)}


def parts_of(person: Person, customer: Customer) -> dict[str, Part]:
    """The parts that the file has, masked, by code. `customer` comes from `with_reveals`.

    Reads phones and addresses; prefetch them.
    """
    mode = mode_of(customer)
    return {
        code: Part(code, place.label, place.text, reverse("customers:reveal", args=[customer.pk, code]), mode)
        for code, place in _places(customer).items()
    }


def file_of(person: Person, pk: int) -> Customer:
    """The visible file with its phones and addresses and what the person may see of them; NotVisible else."""
    rows = with_reveals(Customer.objects.permitted(person).filter(pk=pk), person)
    customer: Customer | None = rows.prefetch_related("phones", "addresses").first()
    if customer is None:
        raise not_found()
    return customer


def not_found() -> NotVisible:
    """The answer for a file that does not exist for this person."""
    return NotVisible("customer_not_found", _("There is no such customer file, or you may not see it."))


def part(customer: Customer, code: str, person: Person) -> Part:
    """One part; NotVisible for one that this file does not have."""
    found = parts_of(person, customer).get(code)
    if found is None:
        raise not_found()
    return found


def reveal(person: Person, customer: Customer, code: str, reason: str) -> str:
    """The value in full, logged. Refuses with "may_not_customers", "reason_required", "reveal_quota"."""
    mode = mode_of(customer)
    if not mode:
        policies.refuse(grants.REVEAL)
    place = _places(customer)[code]
    return show(
        person,
        place.record,
        place.field,
        reason,
        is_handler=mode == HANDLER,
        acting_for=policies.acting_for(person, grants.REVEAL),
        owner=customer,
    )
