"""Devices and the catalogue taken out: devices masked as on pages or in full, the catalogue as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import Refused
from core.exports import Column, Table, exporter, in_chunks
from core.imports.registry import Field
from core.masking import mask_imei, mask_invoice, mask_name, mask_phone
from customers.models import CustomerPhone
from products.imports.kinds import (
    DEVICE_FIELDS,
    DEVICES,
    DEVICES_FULL,
    DEVICES_SHOWN,
    FAULT_FIELDS,
    FAULTS_SHOWN,
    MODEL_FIELDS,
    MODELS_SHOWN,
    PART_FIELDS,
    PARTS_SHOWN,
)
from products.models import Device, FaultCode, ModelPart, ProductModel
from products.policies import may_read_catalogue

_DAYS = ("sold_on", "delivered_on", "launched_on")
_DEVICE_READ: Mapping[str, Any] = {
    "model": lambda device: device.model.code,
    "owner_phone": lambda device: device.owner_phone or "",
    "owner_name": lambda device: device.owner.name,
    "owner": lambda device: device.owner_id,
}
_MASKS = {
    "imei": mask_imei, "imei2": mask_imei, "owner_phone": mask_phone, "owner_name": mask_name,
    "invoice_code": mask_invoice, "invoice_number": mask_invoice,
}  # fmt: skip


def _column(field: Field, read: Any, mask: Any = None) -> Column:
    kind: Any = "date" if field.key in _DAYS else "yes_no" if field.key == "is_active" else "text"
    kind = "number" if field.key == "owner" else kind
    return Column(field.key, field.label, (lambda row: mask(read(row))) if mask else read, kind)


def _reader(key: str) -> Any:
    return lambda row: getattr(row, key)


def _device_columns(*, masked: bool) -> list[Column]:
    return [
        _column(
            field,
            _DEVICE_READ.get(field.key) or _reader(field.key),
            _MASKS.get(field.key) if masked else None,
        )
        for field in DEVICE_FIELDS
    ]


def _devices(person: Any, *actions: str) -> Iterator[Device]:
    numbers = CustomerPhone.objects.filter(customer_id=OuterRef("owner_id"), is_active=True)
    main = Subquery(numbers.order_by("-is_main", "id").values("number")[:1])
    rows: Any = Device.objects.filter(owner__erased_at__isnull=True).select_related("model", "owner")
    rows = rows.annotate(owner_phone=main).permitted(person, "export")
    for action in actions:
        rows = rows.permitted(person, action)
    return in_chunks(rows)


@exporter(DEVICES_SHOWN, pgettext_lazy("list", "Devices"))
def devices(person: Any, query: Mapping[str, Any]) -> Table:
    """The devices that a person may export, masked."""
    return Table(_device_columns(masked=True), _devices(person))


@exporter(DEVICES_FULL, _("Devices in full"))
def devices_full(person: Any, query: Mapping[str, Any]) -> Table:
    """The devices that a person may export and reveal, in full; bringing the file in again changes nothing."""
    if DEVICES.exports is None or not DEVICES.exports.may_full(person):
        raise Refused("may_not_customers", _("Your position does not show personal data in full."))
    return Table(_device_columns(masked=False), _devices(person, "reveal"))


_CATALOGUE_READ: Mapping[str, Any] = {
    "maker": lambda row: row.maker.code if row.maker else "",
    "category": lambda row: row.get_category_display(),
    "component": lambda row: row.get_component_display(),
    "tacs": lambda row: " ".join(row.tacs),
    "colours": lambda row: "，".join(row.colours),
    "parent": lambda row: row.parent.code if row.parent else "",
    "model": lambda row: row.model.code,
}


def _catalogue_columns(fields: Sequence[Field]) -> list[Column]:
    return [_column(field, _CATALOGUE_READ.get(field.key) or _reader(field.key)) for field in fields]


def _require_reader(person: Any) -> None:
    if not may_read_catalogue(person):
        raise Refused("may_not_catalogue", _("The catalogue is for people who hold a post."))


@exporter(MODELS_SHOWN, pgettext_lazy("list", "Models"))
def models(person: Any, query: Mapping[str, Any]) -> Table:
    """All models."""
    rows = ProductModel.objects.permitted(person).select_related("maker")
    return Table(_catalogue_columns(MODEL_FIELDS), in_chunks(rows))


@exporter(PARTS_SHOWN, pgettext_lazy("list", "Parts of models"))
def parts(person: Any, query: Mapping[str, Any]) -> Table:
    """All parts of models."""
    _require_reader(person)
    return Table(_catalogue_columns(PART_FIELDS), in_chunks(ModelPart.objects.select_related("model")))


@exporter(FAULTS_SHOWN, pgettext_lazy("list", "Faults"))
def faults(person: Any, query: Mapping[str, Any]) -> Table:
    """All faults, the official ones too."""
    rows = FaultCode.objects.permitted(person).select_related("parent")
    return Table(_catalogue_columns(FAULT_FIELDS), in_chunks(rows))
