"""Serial numbers of a phone and its accessories, and its certificate (三包凭证)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible, Text
from products.enums import SerialKind
from products.models import Certificate, Device, DeviceSerial
from products.rules.serials import normalise_serial, serial_problem
from products.services.writing import done, keep, locked, names, require_past

PROBLEMS: dict[str, Text] = {
    "empty": _("Enter the number as it is printed."),
    "too_long": _("A serial number has at most 40 characters."),
    "characters": _("A serial number has capital letters and digits only. Enter it as it is printed."),
    "not_meid": _("A MEID has 14 characters: digits and the letters A to F."),
    "not_imeisv": _("An IMEISV has 16 digits."),
    "imeisv_of_another": _("This IMEISV belongs to another IMEI than the phone's. Read it again."),
}


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial number to be added: a word of SerialKind, and the number as it was typed."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class CertificateDetails:
    """What stands on the certificate that came with the phone."""

    number: str = ""
    licence: str = ""
    origin: str = ""
    seller_address: str = ""
    seller_phone: str = ""
    repairer: str = ""
    has_seal: bool = False
    seen_on: date | None = None


def require_serial(serial: Serial, imeis: tuple[str, ...]) -> Serial:
    """The serial number as it is stored; refuses with "serial_kind" (field "kind") and "serial_…" (field "number")."""
    if serial.kind not in SerialKind.values:
        raise Invalid("serial_kind", _("Choose what the number stands on."), field="kind")
    number = normalise_serial(serial.number)
    problem = serial_problem(serial.kind, number, imeis)
    if problem:
        raise Invalid(f"serial_{problem}", PROBLEMS[problem], field="number")
    return Serial(serial.kind, number)


@transaction.atomic
def add_serial(*, actor: Actor, pk: int, version: int, kind: str, number: str) -> DeviceSerial:
    """Add a serial number. Writes "device.serial_added".

    Refusals: "serial_kind", "serial_…" (see `require_serial`), "serial_known" (Conflict), those of `writing.locked`.
    """
    device = locked(actor, pk, version)
    serial = require_serial(Serial(kind, number), (device.imei, device.imei2))
    try:
        with transaction.atomic():
            row: DeviceSerial = device.serials.create(kind=serial.kind, number=serial.number)
    except IntegrityError as error:
        raise Conflict("serial_known", _("This number is entered already."), field="number") from error
    keep(actor, device, {f"serial.{serial.kind}": ("", serial.number)})
    done(actor, device, "device.serial_added", {"kind": [None, serial.kind]})
    return row


@transaction.atomic
def remove_serial(*, actor: Actor, pk: int, version: int, serial_id: int) -> Device:
    """Take out a serial number that was entered by mistake; the history keeps it. Writes "device.serial_removed".

    Refusals: NotVisible("serial_not_found"), those of `writing.locked`.
    """
    device = locked(actor, pk, version)
    row: Any = device.serials.filter(pk=serial_id).first()
    if row is None:
        raise NotVisible("serial_not_found", _("This number is not entered any more."))
    row.delete()
    keep(actor, device, {f"serial.{row.kind}": (row.number, "")})
    return done(actor, device, "device.serial_removed", {"kind": [row.kind, None]})


def certificate_values(certificate: CertificateDetails) -> dict[str, Any]:
    """The columns as they are stored; refuses with "certificate_empty" (field "number") and "day_in_future"."""
    given: dict[str, Any] = {
        n: v.strip() if isinstance(v, str) else v for n, v in asdict(certificate).items()
    }
    given["number"] = normalise_serial(given["number"])
    if not any(value for name, value in given.items() if name != "seen_on"):
        raise Invalid("certificate_empty", _("Enter what stands on the certificate."), field="number")
    if given["seen_on"]:
        require_past(given["seen_on"], "seen_on")
    return given


@transaction.atomic
def record_certificate(
    *, actor: Actor, pk: int, version: int, certificate: CertificateDetails
) -> Certificate:
    """Enter or correct the certificate; what is corrected goes into the history. Writes "device.certificate_recorded".

    Refusals: "certificate_empty" (field "number"), "day_in_future" (field "seen_on"), those of `writing.locked`.
    """
    device = locked(actor, pk, version)
    given = certificate_values(certificate)
    known = Certificate.objects.filter(device=device).first()
    row = known or Certificate(device=device)
    changes = {n: (getattr(row, n), value) for n, value in given.items() if getattr(row, n) != value}
    if not changes:
        return row
    for name, value in given.items():
        setattr(row, name, value)
    row.save()
    if known:
        keep(actor, device, {f"certificate.{name}": change for name, change in changes.items()})
    done(actor, device, "device.certificate_recorded", names(changes))
    return row
