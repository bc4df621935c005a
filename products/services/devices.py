"""Registering a phone, and correcting what was entered about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible, Text
from customers.models import Customer
from products import policies
from products.models import Certificate, Device, DeviceSerial, Ownership, ProductModel
from products.rules import imei_problem, normalise_imei
from products.rules.imei import MEID, WITHOUT_CHECK_DIGIT, read_imei, spoken_imei
from products.rules.invoices import invoice_problem, split_invoice
from products.services.serials import CertificateDetails, Serial, certificate_values, require_serial
from products.services.writing import done, in_place, keep, locked, names, require_past, require_usable

PROBLEMS: dict[str, Text] = {
    "not_digits": _("An IMEI has digits only. Dial *#06# on the phone to read it."),
    "is_imeisv": _("This is an IMEISV (16 digits). Enter the 15 digits of the IMEI; dial *#06# to read it."),
    "wrong_length": _("An IMEI has 15 digits. Dial *#06# on the phone to read it."),
    "wrong_check_digit": _("The IMEI's check digit is wrong: one digit is mistyped. Read it again."),
}
INVOICE_PROBLEMS: dict[str, Text] = {
    "invoice_digits": _("An invoice's code and number have digits only."),
    "invoice_number_length": _("An invoice number has 20 digits, or 8 beside an invoice code."),
    "invoice_code_missing": _("A number of 8 digits needs the invoice code of 10 or 12 digits."),
    "invoice_code_length": _("An invoice code has 10 or 12 digits."),
    "invoice_code_without_number": _("Enter the invoice number that belongs to this code."),
    "invoice_code_too_much": _("A digital invoice (20 digits) has no code. Leave this empty."),
}


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a phone beside IMEI, model and owner; everything may be missing.

    The invoice's code may stand in `invoice_number`, in front of the number.
    """

    imei2: str = ""
    colour: str = ""
    variant: str = ""
    sold_on: date | None = None
    delivered_on: date | None = None
    seller: str = ""
    invoice_code: str = ""
    invoice_number: str = ""


def require_imei(text: str, field: str = "imei") -> str:
    """The IMEI in `text`; refuses with "imei_…" and what is wrong with it."""
    digits = normalise_imei(text)
    problem = imei_problem(digits)
    if problem:
        raise Invalid(f"imei_{problem}", imei_refusal(text, problem), field=field)
    return digits


def imei_refusal(text: str, problem: str) -> Text:
    """What is wrong with a text that is no IMEI, with the IMEI that probably is meant."""
    reading = read_imei(text)
    if reading.kind == WITHOUT_CHECK_DIGIT:
        return _("The 15th digit is missing. With it the IMEI would be %(imei)s: compare with the phone.") % {
            "imei": spoken_imei(reading.imei)
        }
    if reading.kind == MEID:
        return _("This is a MEID. Enter the IMEI here and add the MEID as a serial number.")
    return PROBLEMS[problem]


@transaction.atomic
def register_device(
    *,
    actor: Actor,
    imei: str,
    model: ProductModel,
    owner: Customer,
    colour: str = "",
    details: Details | None = None,
    serials: tuple[Serial, ...] = (),
    certificate: CertificateDetails | None = None,
    owned_from: date | None = None,
) -> Device:
    """Register a phone for its owner; the caller has asked whether `actor` may. Writes "device.registered".

    Ownership begins on `owned_from`, else on the day of delivery or sale, else on an unknown day. Refusals: "imei_…"
    (fields "imei", "imei2"), "imei_registered" (Conflict), "imeis_same", "invoice_…", "delivered_before_sold",
    "day_in_future", "owner_not_usable", "serial_…", "certificate_empty".
    """
    given = details or Details(colour=colour)
    digits = require_imei(imei)
    values = checked(digits, asdict(given))
    require_usable(owner)
    checked_serials = [require_serial(serial, (digits, values["imei2"])) for serial in serials]
    device = _create(Device(imei=digits, model=model, owner=owner, **values))
    begins = owned_from or values["delivered_on"] or values["sold_on"]
    Ownership.objects.create(device=device, owner=owner, starts_on=begins, recorded_by=actor.person)
    DeviceSerial.objects.bulk_create(
        DeviceSerial(device=device, kind=serial.kind, number=serial.number) for serial in checked_serials
    )
    if certificate:
        Certificate.objects.create(device=device, **certificate_values(certificate))
    audit.record(
        actor=in_place(actor),
        action="device.registered",
        subject=device,
        changes={"model": [None, model.code]},
    )
    return device


@transaction.atomic
def register_for(*, actor: Actor, owner_id: int, **given: Any) -> Device:
    """`register_device` for a customer in sight of `actor`, who has to be allowed to.

    Raises NotVisible("customer_not_found") and Refused("may_not_devices") besides what `register_device` refuses.
    """
    return register_device(actor=actor, owner=owner_for(actor, owner_id), **given)


def owner_for(actor: Actor, owner_id: int) -> Customer:
    """The visible file for whose owner `actor` may register a phone; refusals as in `register_for`."""
    policies.require_register(actor.person)
    seen: Customer | None = Customer.objects.permitted(actor.person).filter(pk=owner_id).first()
    if seen is None:
        raise NotVisible("customer_not_found", _("There is no such customer file, or you may not see it."))
    if not Customer.objects.permitted(actor.person, "register_device").filter(pk=owner_id).exists():
        policies.refuse_edit()
    return seen


def _create(device: Device) -> Device:
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        raise _registered() from error
    return device


def _registered() -> Conflict:
    return Conflict(
        "imei_registered",
        _("A device with this IMEI is registered already. Look it up again."),
        field="imei",
    )


def checked(imei: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Details` as they are stored; refuses as `register_device` says."""
    values: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in given.items()
    }
    values["imei2"] = require_imei(values["imei2"], "imei2") if values["imei2"] else ""
    if values["imei2"] == imei:
        raise Invalid(
            "imeis_same", _("The two IMEIs of a phone differ. Read the second one again."), field="imei2"
        )
    invoice = split_invoice(values["invoice_number"], values["invoice_code"])
    problem = invoice_problem(invoice)
    if problem:
        raise Invalid(problem[0], INVOICE_PROBLEMS[problem[0]], field=problem[1])
    values |= {"invoice_code": invoice.code, "invoice_number": invoice.number}
    _check_days(values["sold_on"], values["delivered_on"])
    return values


def _check_days(sold_on: date | None, delivered_on: date | None) -> None:
    for day, field in ((sold_on, "sold_on"), (delivered_on, "delivered_on")):
        if day:
            require_past(day, field)
    if sold_on and delivered_on and delivered_on < sold_on:
        raise Invalid(
            "delivered_before_sold", _("The phone was handed over before it was sold."), field="delivered_on"
        )


@transaction.atomic
def correct_device(
    *, actor: Actor, pk: int, version: int, imei: str, model: ProductModel, details: Details
) -> Device:
    """Correct what was entered; old and new values go into the history. Writes "device.corrected" with the names of
    the fields alone, and nothing when nothing changed.

    Refusals: those of `register_device` and of `writing.locked`.
    """
    device = locked(actor, pk, version)
    digits = require_imei(imei)
    values = {"imei": digits, "model": model, **checked(digits, asdict(details))}
    changes = {
        name: (getattr(device, name), value)
        for name, value in values.items()
        if getattr(device, name) != value
    }
    if not changes:
        return device
    for name, (_old, new) in changes.items():
        setattr(device, name, new)
    try:
        with transaction.atomic():
            device.save(update_fields=list(changes))
    except IntegrityError as error:
        raise _registered() from error
    keep(actor, device, _in_words(changes))
    return done(actor, device, "device.corrected", names(changes))


def _in_words(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """A model stands in the history by its code."""
    return {
        name: (old.code, new.code) if name == "model" else (old, new) for name, (old, new) in changes.items()
    }
