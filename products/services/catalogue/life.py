"""Retiring, restoring and deleting: what is in use is hidden from choices and never deleted."""

from __future__ import annotations

from django.db import transaction
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.services.catalogue import base

Entry = Manufacturer | ProductModel | ModelPart | FaultCode | ServiceCode

_WORDS = {
    Manufacturer: "maker",
    ProductModel: "model",
    ModelPart: "part",
    FaultCode: "fault",
}


def word_of(row: Entry) -> str:
    """The first half of the codes in the trail: "maker", "model", "part", "fault", "cause" or "remedy"."""
    return row.kind if isinstance(row, ServiceCode) else _WORDS[type(row)]


def _switch(actor: Actor, row: Entry, version: int | None, *, active: bool) -> Entry:
    actor = base.acting(actor)
    found = base.locked(row, version)
    verb = "restored" if active else "retired"
    return base.write(actor, found, {"is_active": active}, f"{word_of(found)}.{verb}")


@transaction.atomic
def retire(*, actor: Actor, row: Entry, version: int | None = None) -> Entry:
    """Hide an entry from choices; whatever uses it keeps it. Refuses StaleVersion; once retired, nothing happens."""
    return _switch(actor, row, version, active=False)


@transaction.atomic
def restore(*, actor: Actor, row: Entry, version: int | None = None) -> Entry:
    """Offer a retired entry again. Refuses StaleVersion."""
    return _switch(actor, row, version, active=True)


@transaction.atomic
def delete(*, actor: Actor, row: Entry, version: int | None = None) -> None:
    """Delete an entry that nothing uses.

    Refuses with "official_entry" for the official list, "in_use" for what something refers to, StaleVersion.
    """
    actor = base.acting(actor)
    found = base.locked(row, version)
    if isinstance(found, FaultCode) and found.is_official:
        raise Conflict("official_entry", _("A fault of the official list is not deleted. Retire it instead."))
    if _is_linked(found):
        raise _in_use()
    gone = {"code": found.code, "name": found.name}
    label, pk = found.code, found.pk
    try:
        with transaction.atomic():
            found.delete()
    except ProtectedError as error:
        raise _in_use() from error
    found.pk = pk  # the trail names the row that is gone
    audit.record(
        actor=actor,
        action=f"{word_of(found)}.deleted",
        subject=found,
        subject_label=label,
        changes={name: [value, None] for name, value in gone.items()},
    )


def _in_use() -> Conflict:
    return Conflict("in_use", _("Something uses this entry, so it is not deleted. Retire it instead."))


def _is_linked(row: Entry) -> bool:
    if isinstance(row, FaultCode):
        return bool(row.causes.exists())
    if isinstance(row, ServiceCode):
        return bool(row.faults.exists() or row.causes.exists() or row.remedies.exists())
    return False
