"""The customer gets another phone for this one (换机), and the mistake of having entered that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.retry import when_busy
from products.models import Device, Exchange, Ownership, ProductModel
from products.services.devices import Details, register_device, require_imei
from products.services.owners import latest
from products.services.writing import done, keep, locked, require_past, require_reason


@dataclass(frozen=True, slots=True)
class NewPhone:
    """The phone that the customer gets; model and colour count when its IMEI is new here."""

    imei: str
    model: ProductModel | None = None
    colour: str = ""


@when_busy
@transaction.atomic
def exchange_device(
    *, actor: Actor, pk: int, version: int, new: NewPhone, exchanged_on: date, reason: str
) -> Exchange:
    """The owner of the device hands it in and gets `new`, which is registered for the owner if it is not yet.

    The old phone's ownership ends that day. Writes "device.exchanged" for both. Refusals: "already_exchanged",
    "new_is_exchanged", "owner_other" (Conflicts), "same_device", "model_missing", "imei_…" (field "imei"),
    "day_in_future", "before_last_owner" (field "exchanged_on"), "reason_missing", those of `writing.locked`.
    """
    with audit.written_last():
        return _exchange(actor, locked(actor, pk, version), new, exchanged_on, require_reason(reason))


def _exchange(actor: Actor, old: Device, new: NewPhone, exchanged_on: date, reason: str) -> Exchange:
    digits = require_imei(new.imei)
    require_past(exchanged_on, "exchanged_on")
    if digits in (old.imei, old.imei2):
        raise Invalid(
            "same_device", _("This is the phone itself. Enter the IMEI of the new one."), field="imei"
        )
    if Exchange.objects.filter(old=old).exists():
        raise Conflict("already_exchanged", _("This phone was exchanged already. Undo that first."))
    _end_ownership(old, exchanged_on)
    got = _known(old, digits) or _registered(actor, old, digits, new, exchanged_on)
    try:
        with transaction.atomic():
            row: Exchange = Exchange.objects.create(
                old=old, new=got, exchanged_on=exchanged_on, reason=reason, recorded_by=actor.person
            )
    except IntegrityError as error:
        raise _is_exchanged() from error
    _note(actor, row, "device.exchanged", ("", f"#{got.pk}"))
    return row


def _known(old: Device, digits: str) -> Device | None:
    rows = Device.objects.filter(Q(imei=digits) | Q(imei2=digits)).exclude(pk=old.pk)
    got: Device | None = rows.order_by("pk").select_for_update().first()
    if got is None:
        return None
    if Exchange.objects.filter(Q(new=got) | Q(old=got)).exists():
        raise _is_exchanged()
    if got.owner_id != old.owner_id:
        raise Conflict(
            "owner_other",
            _(
                "This phone belongs to another customer. Change its owner first, or enter the phone in your hand."
            ),
            field="imei",
        )
    return got


def _is_exchanged() -> Conflict:
    return Conflict(
        "new_is_exchanged",
        _("This phone was part of an exchange already. Read the IMEI again."),
        field="imei",
    )


def _registered(actor: Actor, old: Device, digits: str, new: NewPhone, day: date) -> Device:
    if new.model is None:
        raise Invalid("model_missing", _("This IMEI is new: choose the model of the phone."), field="model")
    details = Details(colour=new.colour, delivered_on=day)
    return register_device(
        actor=actor, imei=digits, model=new.model, owner=old.owner, details=details, owned_from=day
    )


def _end_ownership(old: Device, day: date) -> None:
    last = latest(old)
    if last is None or last.ends_on is not None:
        return
    if last.starts_on and last.starts_on > day:
        raise Invalid(
            "before_last_owner",
            _("The present owner has the phone since %(day)s. Enter that day or a later one.")
            % {"day": last.starts_on.isoformat()},
            field="exchanged_on",
        )
    last.ends_on = day
    last.save(update_fields=["ends_on"])


def _note(actor: Actor, row: Exchange, action: str, change: tuple[str, str], reason: str = "") -> None:
    """History and trail of both phones; numbers of phones, never their IMEIs."""
    before, after = (text and f"#{row.old_id}" for text in change)
    keep(actor, row.old, {"exchanged_for": change})
    keep(actor, row.new, {"came_for": (before, after)})
    changes = {"old": [None, row.old_id], "new": [None, row.new_id], "on": [None, row.exchanged_on]}
    done(actor, row.old, action, changes, reason)
    done(actor, row.new, action, changes, reason)


@when_busy
@transaction.atomic
def undo_exchange(*, actor: Actor, pk: int, version: int, reason: str) -> Device:
    """The exchange of the device was entered by mistake: it belongs to its owner again, the other phone stays
    registered. Writes "device.exchange_undone" for both.

    Refusals: "not_exchanged", "exchange_went_on", "owner_since" (Conflicts), "reason_missing", those of
    `writing.locked`.
    """
    old = locked(actor, pk, version)
    reason = require_reason(reason)
    row = Exchange.objects.select_related("new").select_for_update(of=("self", "new")).filter(old=old).first()
    if row is None:
        raise Conflict("not_exchanged", _("This phone was not exchanged."))
    if Exchange.objects.filter(old=row.new_id).exists():
        raise Conflict(
            "exchange_went_on", _("The new phone was exchanged in turn. Undo that exchange first.")
        )
    _reopen(old, row.exchanged_on)
    Exchange.objects.filter(pk=row.pk).delete()
    row.old = old
    with audit.written_last():
        _note(actor, row, "device.exchange_undone", (f"#{row.new_id}", ""), reason)
    return old


def _reopen(old: Device, day: date) -> None:
    last = latest(old)
    if last is None or last.ends_on != day or last.owner_id != old.owner_id:
        raise Conflict(
            "owner_since",
            _("The phone has another owner since the exchange. Undo the change of owner first."),
        )
    Ownership.objects.filter(pk=last.pk).update(ends_on=None)
