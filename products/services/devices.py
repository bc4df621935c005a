"""Registering a phone."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, Text
from customers.models import Customer
from products.models import Device, Ownership, ProductModel
from products.rules import imei_problem, normalise_imei

PROBLEMS: dict[str, Text] = {
    "not_digits": _("An IMEI has digits only. Dial *#06# on the phone to read it."),
    "is_imeisv": _("This is an IMEISV (16 digits). Enter the 15 digits of the IMEI; dial *#06# to read it."),
    "wrong_length": _("An IMEI has 15 digits. Dial *#06# on the phone to read it."),
    "wrong_check_digit": _("The IMEI's check digit is wrong: one digit is mistyped. Read it again."),
}


def require_imei(text: str, field: str = "imei") -> str:
    """The IMEI in `text`; refuses with "imei_…" and what is wrong with it."""
    digits = normalise_imei(text)
    problem = imei_problem(digits)
    if problem:
        raise Invalid(f"imei_{problem}", PROBLEMS[problem], field=field)
    return digits


@transaction.atomic
def register_device(
    *, actor: Actor, imei: str, model: ProductModel, owner: Customer, colour: str = ""
) -> Device:
    """Register a phone for its owner. Refuses a wrong IMEI and one that is registered already."""
    digits = require_imei(imei)
    try:
        with transaction.atomic():
            device: Device = Device.objects.create(imei=digits, model=model, owner=owner, colour=colour)
    except IntegrityError as error:
        raise Conflict(
            "imei_registered",
            _("A device with this IMEI is registered already. Look it up again."),
            field="imei",
        ) from error
    Ownership.objects.create(device=device, owner=owner, recorded_by=actor.person)
    audit.record(
        actor=actor, action="device.registered", subject=device, changes={"model": [None, model.code]}
    )
    return device
