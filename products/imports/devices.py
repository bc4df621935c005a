"""Device lists against the devices that are there: the key is the IMEI; owners are found by name and number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q

from core.imports.copying import copy_in, draw_ids
from core.imports.registry import ADD, CHANGE, UNCHANGED, Row
from customers.models import Customer, CustomerPhone
from customers.policies import centres_with
from customers.rules.grants import IMPORT
from orgchart.models import Person
from orgchart.scope import today
from products.models import Device, DeviceChange, Ownership, ProductModel

_COLUMNS = (
    "imei2", "colour", "variant", "sold_on", "delivered_on", "seller", "invoice_code", "invoice_number",
)  # fmt: skip
_DATES = ("sold_on", "delivered_on")


@dataclass(slots=True)
class Found:
    """A device that is there, with what the row would change of it."""

    device: Device
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _There:
    """What a batch is compared with."""

    devices: dict[str, Device]
    second: dict[str, int]
    models: dict[str, int]
    owners: dict[int, int | None]
    by_key: dict[tuple[str, str], list[int]]


class DeviceLoader:
    """One run for one person: reaches devices whose owners' files lie in the centres for which the posts import."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.reach = centres_with(person, IMPORT)
        self.today = today()

    def plan(self, rows: Sequence[Row]) -> None:
        """Five statements: devices, second IMEIs, models, owners by number and by file."""
        there = _There(
            self._devices(rows),
            self._second(rows),
            self._models(rows),
            self._owners(rows),
            self._by_key(rows),
        )
        for row in rows:
            self._plan(row, there)

    def _devices(self, rows: Sequence[Row]) -> dict[str, Device]:
        found = Device.objects.filter(imei__in=[row.values["imei"] for row in rows]).order_by("pk")
        if connection.in_atomic_block:
            found = found.select_for_update(of=("self",), no_key=True)
        found = found.select_related("model")
        return {device.imei: device for device in found}

    def _second(self, rows: Sequence[Row]) -> dict[str, int]:
        """IMEIs that stand as the other IMEI of some device."""
        first = [row.values["imei"] for row in rows]
        second = [row.values["imei2"] for row in rows if "imei2" in row.values]
        found = Device.objects.filter(Q(imei2__in=[*first, *second]) | Q(imei__in=second))
        answer: dict[str, int] = {}
        for pk, imei, imei2 in found.values_list("pk", "imei", "imei2"):
            answer.update({imei: pk, **({imei2: pk} if imei2 else {})})
        return answer

    def _models(self, rows: Sequence[Row]) -> dict[str, int]:
        codes = {row.values["model"] for row in rows if "model" in row.values}
        return dict(ProductModel.objects.filter(code__in=codes).values_list("code", "pk"))

    def _owners(self, rows: Sequence[Row]) -> dict[int, int | None]:
        """Files given by number, and those that own the devices: centre by file."""
        given = {row.values["owner"] for row in rows if "owner" in row.values}
        imeis = [row.values["imei"] for row in rows]
        files = Customer.objects.filter(Q(pk__in=given) | Q(devices__imei__in=imeis))
        return dict(
            files.filter(merged_into__isnull=True, erased_at__isnull=True).values_list("pk", "centre_id")
        )

    def _by_key(self, rows: Iterable[Row]) -> dict[tuple[str, str], list[int]]:
        numbers = {row.values["owner_phone"].digits for row in rows if "owner_phone" in row.values}
        there = CustomerPhone.objects.filter(
            number__in=numbers, customer__centre_id__in=self.reach,
            customer__merged_into__isnull=True, customer__erased_at__isnull=True,
        )  # fmt: skip
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for name, number, pk in there.values_list("customer__name", "number", "customer_id"):
            found[name, number].append(pk)
        return found

    def _plan(self, row: Row, there: _There) -> None:
        device, values = there.devices.get(row.values["imei"]), row.values
        if device is not None and there.owners.get(device.owner_id) not in self.reach:
            row.no("imei", "imei_elsewhere")
            return
        own = device.pk if device is not None else None
        for name in ("imei", "imei2"):
            if name in values and there.second.get(values[name], own) != own:
                row.no(name, "imei_elsewhere")
        if "model" in values and values["model"] not in there.models:
            row.no("model", "unknown_model")
        elif "model" in values:
            values["model_id"] = there.models[values["model"]]
        elif device is None:
            row.no("model", "missing")
        for name in _DATES:
            if name in values and values[name] > self.today:
                row.no(name, "day_in_future")
        self._find_owner(row, there, device)
        if not row.problems:
            self._compare(row, device)

    def _find_owner(self, row: Row, there: _There, device: Device | None) -> None:
        values = row.values
        if "owner" in values:
            known = there.owners.get(values["owner"], -1) in self.reach
            pks, column = ([values["owner"]] if known else []), "owner"
        elif "owner_phone" in values and "owner_name" in values:
            pks, column = (
                there.by_key.get((values["owner_name"], values["owner_phone"].digits), []),
                "owner_phone",
            )
        elif device is None:
            row.no("owner_phone", "owner_missing")
            return
        else:
            return
        if device is not None and (device.owner_id in pks):
            return
        if device is not None:
            row.no(column, "other_owner")
        elif len(pks) != 1:
            row.no(column, "several_owners" if pks else "unknown_owner")
        else:
            values["owner_id"] = pks[0]

    def _compare(self, row: Row, device: Device | None) -> None:
        if device is None:
            row.verdict = ADD
            return
        row.pk, row.found = device.pk, Found(device)
        for name in (*_COLUMNS, "model_id"):
            if name in row.values and row.values[name] != getattr(device, name):
                row.found.changes[name] = row.values[name]
        sold = row.found.changes.get("sold_on", device.sold_on)
        delivered = row.found.changes.get("delivered_on", device.delivered_on)
        if sold and delivered and delivered < sold:
            row.no("delivered_on", "delivered_before_sold")
            return
        row.verdict = CHANGE if row.found.changes else UNCHANGED

    def apply(self, rows: Sequence[Row]) -> None:
        """Devices and their ownership by COPY; corrections with their history."""
        added = [row for row in rows if row.verdict == ADD]
        for row, pk in zip(added, draw_ids(Device, len(added)), strict=True):
            row.pk = pk
        columns = ("id", "imei", "model_id", "owner_id", *_COLUMNS)
        if added:
            copy_in(Device, columns, (_device(row) for row in added))
            starts = (
                (row.pk, row.values["owner_id"], row.values.get("sold_on"), self.person.pk) for row in added
            )
            copy_in(Ownership, ("device_id", "owner_id", "starts_on", "recorded_by_id"), starts)
        changed = [row for row in rows if row.verdict == CHANGE]
        if changed:
            self._change(changed)

    def _change(self, rows: Sequence[Row]) -> None:
        history = [(*line, self.person.pk) for row in rows for line in _history(row)]
        columns = {"version"}
        for row in rows:
            found: Found = row.found
            for name, value in found.changes.items():
                setattr(found.device, name, value)
            found.device.version += 1
            columns.update(found.changes)
        Device.objects.bulk_update(
            [row.found.device for row in rows], [_field(name) for name in sorted(columns)]
        )
        copy_in(DeviceChange, ("device_id", "field", "old", "new", "changed_by_id"), history)


def _field(column: str) -> str:
    return column.removesuffix("_id")


def _device(row: Row) -> tuple[Any, ...]:
    values = row.values
    rest = (values.get(name, None if name in _DATES else "") for name in _COLUMNS)
    return row.pk, values["imei"], values["model_id"], values["owner_id"], *rest


def _history(row: Row) -> Iterator[tuple[int, str, str, str]]:
    """(device, field, old, new); a model stands there by its code."""
    found: Found = row.found
    for name, value in found.changes.items():
        if name == "model_id":
            yield found.device.pk, "model", found.device.model.code, row.values["model"]
            continue
        old = getattr(found.device, name)
        yield found.device.pk, name, "" if old is None else str(old), str(value)
