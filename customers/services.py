"""Every write on customers."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from customers.models import Customer, CustomerKind, CustomerPhone
from customers.rules import PhoneNumber, parse_phone


def require_phone(text: str, field: str = "phone") -> PhoneNumber:
    """The phone number in `text`; refuses with "phone_not_recognised"."""
    number = parse_phone(text)
    if number is None:
        raise Invalid(
            "phone_not_recognised",
            _("This is not a phone number: 11 digits for a mobile, area code and number for a landline."),
            field=field,
        )
    return number


@transaction.atomic
def create_customer(
    *,
    actor: Actor,
    name: str,
    phone: str,
    kind: str = CustomerKind.PERSON,
    email: str = "",
    language: str = "zh-hans",
    province_code: str = "",
) -> Customer:
    """Open a customer file with one phone number.."""
    number = require_phone(phone)
    if not name.strip():
        raise Invalid("name_missing", _("Enter the customer's name."), field="customer_name")
    customer = Customer.objects.create(
        name=name.strip(), kind=kind, email=email.strip(), language=language, province_code=province_code
    )
    CustomerPhone.objects.create(customer=customer, number=number.digits, kind=number.kind)
    audit.record(
        actor=actor, action="customer.created", subject=customer, changes={"kind": [None, str(kind)]}
    )
    return customer
