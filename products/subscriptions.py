"""What devices have to do with the protection of personal data: copies, erasure, activity, reveals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.localtime import local_today
from customers.events import CustomerErased, DataWanted, customer_erased, data_wanted
from customers.extensions import SubjectKind, last_activity, revealed_subjects, words
from customers.models import Customer
from customers.rules import retention
from customers.services.erasing import kept
from customers.services.retention import also_delete
from products.models import Certificate, Device, DeviceChange, Ownership

_CERTIFICATE = (
    "number",
    "licence",
    "origin",
    "seller_address",
    "seller_phone",
    "repairer",
    "has_seal",
    "seen_on",
)


@data_wanted.subscribe
def give_devices(wanted: DataWanted) -> None:
    """The copy holds every phone that the customer owns or owned, with certificates and owners' days."""
    files = _files(wanted.customer.pk)
    owned = Ownership.objects.filter(owner__in=files).select_related("device__model").order_by("pk")
    devices = Device.objects.filter(Q(owner__in=files) | Q(ownerships__owner__in=files)).distinct()
    rows = devices.select_related("model", "certificate").prefetch_related("serials").order_by("pk")
    wanted.data["devices"] = [_device(row) for row in rows]
    wanted.data["ownerships"] = [
        {"imei": row.device.imei, "starts_on": row.starts_on, "ends_on": row.ends_on, "reason": row.reason}
        for row in owned
    ]


def _files(pk: int) -> list[int]:
    return [pk, *Customer.objects.filter(merged_into=pk).values_list("pk", flat=True)]


def _device(device: Device) -> dict[str, Any]:
    found: dict[str, Any] = {
        "imei": device.imei,
        "imei2": device.imei2,
        "serials": [serial.number for serial in device.serials.all()],
        "model": device.model.label,
        "colour": device.colour,
        "variant": device.variant,
        "sold_on": device.sold_on,
        "delivered_on": device.delivered_on,
        "seller": device.seller,
        "invoice_code": device.invoice_code,
        "invoice_number": device.invoice_number,
    }
    certificate = getattr(device, "certificate", None)
    if certificate is not None:
        found |= {f"certificate_{name}": getattr(certificate, name) for name in _CERTIFICATE}
    return found


@customer_erased.subscribe
def erase_of_devices(erased: CustomerErased) -> None:
    """Corrections of the customer's phones and the words of changes of owner go; the phones stay, without a name.

    The invoice stays as long as the law wants it; an older one goes.
    """
    owner = erased.customer.pk
    ownerships = Ownership.objects.filter(owner=owner)
    devices = Device.objects.filter(Q(owner=owner) | Q(ownerships__owner=owner)).distinct()
    erased.gone.append({"what": "device_changes", "count": _erase_changes(owner)})
    erased.gone.append({"what": "owner_reasons", "count": ownerships.exclude(reason="").update(reason="")})
    _invoices(erased, list(devices.filter(owner=owner).exclude(invoice_number="")))
    count = devices.count()
    if count:
        erased.kept.append({"what": "devices", "count": count, "until": "", "basis": "guarantee"})


def _erase_changes(owner: int) -> int:
    """Corrections made while the customer owned the phone."""
    rows = Q(device__owner=owner)
    for device, ends_on in Ownership.objects.filter(owner=owner).values_list("device", "ends_on"):
        part = Q(device=device)
        rows |= part & Q(changed_at__date__lte=ends_on) if ends_on else part
    return DeviceChange.objects.filter(rows).delete()[0]


def _invoices(erased: CustomerErased, devices: list[Device]) -> None:
    period = retention.class_of(retention.INVOICES, settings.RETENTION_DAYS).period
    until = {device.pk: period.after(device.sold_on or local_today()) for device in devices}
    over = [pk for pk, day in until.items() if day < local_today()]
    if over:
        gone = Device.objects.filter(pk__in=over).update(invoice_code="", invoice_number="")
        erased.gone.append({"what": "invoices", "count": gone})
    stay = [device for device in devices if device.pk not in over]
    if stay:
        last: date = max(device.sold_on or local_today() for device in stay)
        erased.kept.append(kept("invoices", len(stay), last, retention.INVOICES, "invoice_28"))


def _activity(since: datetime) -> Q:
    """A file with a phone is in use: the guarantee and the history of the phone need its owner."""
    return Q(Exists(Device.objects.filter(owner=OuterRef("pk"))))


def _forget_changes(before: datetime) -> int:
    return DeviceChange.objects.filter(changed_at__lt=before).delete()[0]


def _field(name: str) -> Any:
    return getattr(Certificate._meta.get_field(name), "verbose_name", name)


def register() -> None:
    """Make all of it known; from the app's `ready`."""
    last_activity("devices", _activity)
    also_delete("devices", _forget_changes)
    devices = Device._default_manager.all
    kind = SubjectKind(
        Device._meta.label_lower, devices, "owner_id", "owner__centre", _("Device"), "pk", "/devices/{}/"
    )
    revealed_subjects(kind)
    words(
        devices=_("Devices"),
        ownerships=_("Owners of devices"),
        device_changes=_("Corrections of devices"),
        owner_reasons=_("Reasons of changes of owner"),
        invoices=_("Invoice data"),
        imei=_("IMEI"),
        imei2=_("IMEI 2"),
        serials=_("serial numbers"),
        model=_("model"),
        colour=_("colour"),
        variant=_("version"),
        sold_on=_("sold on"),
        delivered_on=_("delivered on"),
        seller=_("seller"),
        invoice_code=_("invoice code"),
        invoice_number=_("invoice number"),
        starts_on=_("from"),
        ends_on=_("until"),
        **{f"certificate_{name}": _field(name) for name in _CERTIFICATE},
    )
