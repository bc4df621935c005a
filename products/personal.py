"""The numbers of a device that lead to a person, part by part."""

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
from customers import policies as customer_policies
from customers.rules.grants import REVEAL
from orgchart.models import Person
from products.models import Certificate, Device


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, and how it is masked."""

    label: Text
    record: models.Model
    field: str
    text: str


def with_reveals(rows: QuerySet[Device], person: Person) -> QuerySet[Device]:
    """Each device with the columns `may_reveal_as_handler` and `may_reveal`."""
    columns = {
        f"may_{action}": ExpressionWrapper(row_filter(Device, action, person), output_field=BooleanField())
        for action in ("reveal_as_handler", "reveal")
    }
    return rows.annotate(**columns)


def _certificate(device: Device) -> Certificate | None:
    return getattr(device, "certificate", None)


def _places(device: Device) -> dict[str, _Place]:
    found = {
        "imei": _Place("IMEI", device, "imei", masking.mask_imei(device.imei)),
        "imei2": _Place("IMEI 2", device, "imei2", masking.mask_imei(device.imei2)),
        "invoice_number": _Place(
            _("Invoice number"), device, "invoice_number", masking.mask_invoice(device.invoice_number)
        ),
    }
    for serial in device.serials.all():
        text = masking.mask_invoice(serial.number)
        found[f"serial-{serial.pk}"] = _Place(serial.get_kind_display(), serial, "number", text)
    certificate = _certificate(device)
    if certificate is not None:
        text = masking.mask_invoice(certificate.number)
        found["certificate"] = _Place(_("Certificate number"), certificate, "number", text)
    return {code: place for code, place in found.items() if getattr(place.record, place.field)}


def parts_of(person: Person, device: Device) -> dict[str, Part]:
    """The parts that the device has, masked, by code. `device` comes from `with_reveals`.

    Reads serials and certificate; fetch them with the device.
    """
    mode = mode_of(device)
    return {
        code: Part(code, place.label, place.text, reverse("products:reveal", args=[device.pk, code]), mode)
        for code, place in _places(device).items()
    }


def device_of(person: Person, pk: int) -> Device:
    """The visible device with its serials and certificate and what the person may see of them; NotVisible else."""
    rows = with_reveals(Device.objects.permitted(person).filter(pk=pk), person)
    found = rows.select_related("model__maker", "owner", "certificate").prefetch_related("serials").first()
    if found is None:
        raise not_found()
    device: Device = found
    return device


def not_found() -> NotVisible:
    """The answer for a device that does not exist for this person."""
    return NotVisible("device_not_found", _("There is no such device, or you may not see it."))


def part(device: Device, code: str, person: Person) -> Part:
    """One part; NotVisible for one that this device does not have."""
    found = parts_of(person, device).get(code)
    if found is None:
        raise not_found()
    return found


def reveal(person: Person, device: Device, code: str, reason: str) -> str:
    """The value in full, logged. Refuses with "may_not_customers", "reason_required", "reveal_quota"."""
    mode = mode_of(device)
    if not mode:
        customer_policies.refuse(REVEAL)
    place = _places(device)[code]
    return show(
        person,
        place.record,
        place.field,
        reason,
        is_handler=mode == HANDLER,
        acting_for=customer_policies.acting_for(person, REVEAL),
        owner=device,
    )
