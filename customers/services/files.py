"""Opening a customer file."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.grams import grams
from core.pinyin import reading
from customers.enums import CustomerKind
from customers.models import Customer, CustomerPhone
from customers.policies import home_centre
from customers.rules import PhoneNumber, is_withheld, parse_phone


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


def findable(name: str) -> dict[str, object]:
    """The columns by which a name is found: adjacent characters, reading, initials."""
    pinyin, initials = reading(name, is_name=True)
    return {"name_grams": grams(name), "pinyin": pinyin[:240], "initials": initials[:60]}


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
    relation: str = "",
) -> Customer:
    """Open a customer file, in the centre of whoever opens it. `phone` is empty, or says so, for a withheld number,
    `relation` says whose it is when not the customer's own.

    Refusals: "phone_not_recognised", "name_missing" (field "customer_name").
    """
    number = require_phone(phone) if phone.strip() and not is_withheld(phone) else None
    name = name.strip()
    if not name:
        raise Invalid("name_missing", _("Enter the customer's name."), field="customer_name")
    customer = Customer.objects.create(
        name=name,
        **findable(name),
        kind=kind,
        email=email.strip(),
        language=language,
        province_code=province_code,
        centre_id=home_centre(actor.person) if actor.person else None,
        created_by=actor.person,
    )
    if number is not None:
        CustomerPhone.objects.create(
            customer=customer,
            number=number.digits,
            extension=number.extension,
            kind=number.kind,
            relation=relation,
        )
    audit.record(
        actor=actor, action="customer.created", subject=customer, changes={"kind": [None, str(kind)]}
    )
    return customer
