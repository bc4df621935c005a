"""The personal data of a customer file, part by part."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import masking
from core.personal import Part, Place, filled, mode_of, parts, reveal_place, with_reveals
from customers import policies
from customers.errors import not_found
from customers.models import Customer
from customers.rules import grants
from orgchart.models import Person


def _places(customer: Customer) -> dict[str, Place]:
    found = {
        "name": Place(_("Customer's name"), customer, "name", masking.mask_name(customer.name)),
        "email": Place(_("E-mail"), customer, "email", masking.mask_email(customer.email)),
    }
    for phone in customer.phones.all():
        text = masking.mask_phone(phone.number)
        found[f"phone-{phone.pk}"] = Place(_("Phone number"), phone, "number", text)
    for address in customer.addresses.all():
        found[f"address-{address.pk}"] = Place(_("Address"), address, "text", masking.STARS)
    return filled(found)


def parts_of(person: Person, customer: Customer) -> dict[str, Part]:
    """The parts that the file has, masked, by code. `customer` comes from `with_reveals`.

    Reads phones and addresses; prefetch them.
    """
    return parts(customer, _places(customer), "customers:reveal")


def file_of(person: Person, pk: int) -> Customer:
    """The visible file with its phones and addresses and what the person may see of them; NotVisible else."""
    rows = with_reveals(Customer.objects.permitted(person).filter(pk=pk), person)
    customer: Customer | None = rows.prefetch_related("phones", "addresses").first()
    if customer is None:
        raise not_found()
    return customer


def part(customer: Customer, code: str, person: Person) -> Part:
    """One part; NotVisible for one that this file does not have."""
    found = parts_of(person, customer).get(code)
    if found is None:
        raise not_found()
    return found


def require_reveal(customer: Customer) -> None:
    """Refuses with "may_not_customers" when the person of `with_reveals` may see nothing in full."""
    if not mode_of(customer):
        policies.refuse(grants.REVEAL)


def reveal(person: Person, customer: Customer, code: str, reason: str) -> str:
    """The value in full, logged. Refuses with "may_not_customers", "reason_required", "reveal_quota"."""
    require_reveal(customer)
    holder = policies.acting_for(person, grants.REVEAL)
    return reveal_place(person, customer, _places(customer)[code], reason, holder)
