"""What every write on a device has in common: the locked row, its version, its history, its line in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid, StaleVersion
from core.policy import row_filter
from customers.models import Customer
from customers.policies import acting_for
from orgchart.scope import today
from products import policies
from products.models import Device, DeviceChange
from products.personal import not_found
from products.rules import grants


def locked(actor: Actor, pk: int, version: int) -> Device:
    """The device under a row lock, to be changed by `actor` on the version that was read.

    Raises NotVisible("device_not_found"), Refused("may_not_devices"), StaleVersion("device_changed") whose
    `context["current"]` is the device as it is now. The system itself (no person) may everything.
    """
    # First the lock on the bare row: waiting with a join to the owner would lose a row whose owner just changed.
    Device.objects.select_for_update().only("pk").filter(pk=pk).first()
    rows: Any = Device.objects.filter(pk=pk)
    if actor.person is not None:
        allowed = ExpressionWrapper(row_filter(Device, "edit", actor.person), output_field=BooleanField())
        rows = Device.objects.permitted(actor.person).filter(pk=pk).annotate(allowed=allowed)
    device: Any = rows.select_related("model__maker", "owner").first()
    if device is None:
        raise not_found()
    if not getattr(device, "allowed", True):
        policies.refuse_edit()
    if device.version != version:
        raise StaleVersion(
            "device_changed",
            _("Somebody changed this phone in the meantime. Look at what is there now."),
            context={"current": device},
        )
    found: Device = device
    return found


def keep(actor: Actor, device: Device, changes: Mapping[str, tuple[object, object]]) -> None:
    """Write the old and new value of each field into the history of the device, which can be erased."""
    DeviceChange.objects.bulk_create(
        DeviceChange(device=device, field=field, old=as_text(old), new=as_text(new), changed_by=actor.person)
        for field, (old, new) in changes.items()
    )


def done(
    actor: Actor, device: Device, action: str, changes: Mapping[str, Any] | None = None, reason: str = ""
) -> Device:
    """Count the version up and write the event. `changes` must not hold personal data."""
    device.version += 1
    device.save(update_fields=["version"])
    audit.record(
        actor=in_place(actor),
        action=action,
        subject=device,
        changes=changes or {},
        reason=reason,
    )
    return device


def in_place(actor: Actor) -> Actor:
    """The actor, as deputy of whoever's post grants the work on devices, unless in somebody's place already."""
    if actor.person is None or actor.acting_for is not None:
        return actor
    return actor.in_place_of(acting_for(actor.person, grants.EDIT))


def as_text(value: object) -> str:
    """A value as the history keeps it."""
    return "" if value is None else str(value)


def names(changes: Mapping[str, object]) -> dict[str, Any]:
    """For the trail: which fields changed, never what was or is in them."""
    return {"fields": [None, sorted(changes)]}


def require_reason(reason: str) -> str:
    """The reason, tidied; refuses an empty one with "reason_missing"."""
    tidy = reason.strip()
    if not tidy:
        raise Invalid("reason_missing", _("Say why, so that colleagues understand it later."), field="reason")
    return tidy[:200]


def require_past(day: date, field: str) -> date:
    """The day; refuses one that is still to come with "day_in_future"."""
    if day > today():
        raise Invalid("day_in_future", _("This day is still to come. Enter today or earlier."), field=field)
    return day


def require_usable(owner: Customer, field: str = "owner") -> None:
    """Refuses a file that was merged or erased with "owner_not_usable"."""
    if owner.merged_into_id or owner.erased_at:
        raise Invalid(
            "owner_not_usable",
            _("This file was merged into another one or erased. Choose the one that is kept."),
            field=field,
        )
