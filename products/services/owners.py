"""A phone changes its owner; the same day this can be taken back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid
from core.localtime import local_today
from customers.models import Customer
from orgchart.scope import today
from products.models import Device, Exchange, Ownership
from products.services.writing import done, keep, locked, require_past, require_reason, require_usable


@transaction.atomic
def change_owner(
    *, actor: Actor, pk: int, version: int, owner: Customer, starts_on: date, reason: str
) -> Device:
    """From `starts_on` on the phone belongs to `owner`; until then to whoever has it now. Writes "device.owner_changed".

    Refusals: "owner_same", "owner_not_visible", "owner_not_usable" (field "owner"), "day_in_future", "before_last_owner"
    (field "starts_on"), "reason_missing" (field "reason"), those of `writing.locked`.
    """
    device = locked(actor, pk, version)
    _require_new_owner(actor, device, owner)
    require_past(starts_on, "starts_on")
    reason = require_reason(reason)
    last = latest(device)
    _require_after(last, starts_on)
    if last and last.ends_on is None:
        last.ends_on = starts_on
        last.save(update_fields=["ends_on"])
    Ownership.objects.create(
        device=device, owner=owner, starts_on=starts_on, reason=reason, recorded_by=actor.person
    )
    return _moved(actor, device, owner.pk, "device.owner_changed")


@transaction.atomic
def undo_owner_change(*, actor: Actor, pk: int, version: int, reason: str) -> Device:
    """Take back the last change of owner on the day on which it was entered. Writes "device.owner_change_undone".

    Refusals: "nothing_to_undo" (Conflict), "reason_missing", those of `writing.locked`.
    """
    device = locked(actor, pk, version)
    reason = require_reason(reason)
    rows = list(device.ownerships.order_by("-id").select_related("owner")[:2])
    if not undoable(rows):
        raise Conflict(
            "nothing_to_undo",
            _(
                "Only a change of owner entered today can be taken back. Enter another change of owner instead."
            ),
        )
    newest, before = rows
    require_usable(before.owner)
    newest.delete()
    if before.ends_on == newest.starts_on and not Exchange.objects.filter(old=device).exists():
        before.ends_on = None
        before.save(update_fields=["ends_on"])
    return _moved(actor, device, before.owner_id, "device.owner_change_undone", reason)


def undoable(newest_first: list[Ownership]) -> bool:
    """Whether the newest of the rows is a change of owner that was entered today."""
    if len(newest_first) < 2 or newest_first[0].ends_on is not None:
        return False
    return local_today(newest_first[0].recorded_at) == today()


def latest(device: Device) -> Ownership | None:
    """The newest ownership of the device."""
    row: Ownership | None = device.ownerships.order_by("-id").first()
    return row


def _require_new_owner(actor: Actor, device: Device, owner: Customer) -> None:
    if owner.pk == device.owner_id and device.ownerships.filter(ends_on=None).exists():
        raise Invalid("owner_same", _("The phone belongs to this customer already."), field="owner")
    require_usable(owner)
    if actor.person is None or Customer.objects.permitted(actor.person).filter(pk=owner.pk).exists():
        return
    raise Invalid(
        "owner_not_visible", _("There is no such customer file, or you may not see it."), field="owner"
    )


def _require_after(last: Ownership | None, starts_on: date) -> None:
    known = (last.ends_on or last.starts_on) if last else None
    if known and starts_on < known:
        raise Invalid(
            "before_last_owner",
            _("The present owner has the phone since %(day)s. Enter that day or a later one.")
            % {"day": known.isoformat()},
            field="starts_on",
        )


def _moved(actor: Actor, device: Device, owner_id: int, action: str, reason: str = "") -> Device:
    before, device.owner_id = device.owner_id, owner_id
    device.save(update_fields=["owner"])
    keep(actor, device, {"owner": (f"#{before}", f"#{owner_id}")})
    return done(actor, device, action, {"owner": [before, owner_id]}, reason)
