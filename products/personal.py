"""The numbers of a device that lead to a person, part by part."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import NotVisible
from core.personal import Part, Place, filled, mode_of, parts, reveal_place, with_reveals
from customers import policies as customer_policies
from customers.rules.grants import REVEAL
from orgchart.models import Person
from products.models import Certificate, Device


def _certificate(device: Device) -> Certificate | None:
    return getattr(device, "certificate", None)


def _places(device: Device) -> dict[str, Place]:
    found = {
        "imei": Place("IMEI", device, "imei", masking.mask_imei(device.imei)),
        "imei2": Place("IMEI 2", device, "imei2", masking.mask_imei(device.imei2)),
        "invoice_number": Place(
            _("Invoice number"), device, "invoice_number", masking.mask_invoice(device.invoice_number)
        ),
    }
    for serial in device.serials.all():
        text = masking.mask_invoice(serial.number)
        found[f"serial-{serial.pk}"] = Place(serial.get_kind_display(), serial, "number", text)
    certificate = _certificate(device)
    if certificate is not None:
        text = masking.mask_invoice(certificate.number)
        found["certificate"] = Place(_("Certificate number"), certificate, "number", text)
    return filled(found)


def parts_of(person: Person, device: Device) -> dict[str, Part]:
    """The parts that the device has, masked, by code. `device` comes from `with_reveals`.

    Reads serials and certificate; fetch them with the device.
    """
    return parts(device, _places(device), "products:reveal")


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


def require_reveal(device: Device) -> None:
    """Refuses with "may_not_customers" when the person of `with_reveals` may see nothing in full."""
    if not mode_of(device):
        customer_policies.refuse(REVEAL)


def reveal(person: Person, device: Device, code: str, reason: str) -> str:
    """The value in full, logged. Refuses with "may_not_customers", "reason_required", "reveal_quota"."""
    require_reveal(device)
    holder = customer_policies.acting_for(person, REVEAL)
    return reveal_place(person, device, _places(device)[code], reason, holder)
