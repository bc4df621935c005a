"""Faults: those of annex 3, whose wording is the list's, and our own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid
from products.enums import CodeKind, Component
from products.models import FaultCode, ServiceCode
from products.rules.catalogue import OWN_FAULT, makes_circle, next_code
from products.services.catalogue import base


@dataclass(frozen=True, slots=True)
class FaultValues:
    """An own fault as typed; `parent` is the fault of which it is a kind."""

    component: str
    name: str
    name_en: str = ""
    parent: FaultCode | None = None

    def columns(self) -> dict[str, Any]:
        """As stored; refuses with "bad_component", "text_…", "other_component"."""
        if self.component not in Component.values:
            raise Invalid("bad_component", _("Choose a component."), field="component")
        if self.parent is not None and self.parent.component != self.component:
            raise Invalid(
                "other_component", _("The fault above it belongs to another component."), field="parent"
            )
        return {
            "component": str(self.component), **base.names(self.name, self.name_en), "parent": self.parent,
        }  # fmt: skip


@transaction.atomic
def add_fault(*, actor: Actor, values: FaultValues) -> FaultCode:
    """Enter an own fault with the next free code U001, U002 …; refuses what FaultValues refuses."""
    actor, columns = base.acting(actor), values.columns()
    base.one_at_a_time()
    taken = FaultCode.objects.filter(code__startswith=OWN_FAULT).values_list("code", flat=True)
    code = next_code(OWN_FAULT, taken, 3)
    row: FaultCode = FaultCode.objects.create(code=code, is_official=False, **columns)
    return base.added(actor, row, {"code": code, **columns}, "fault.added")


@transaction.atomic
def correct_fault(*, actor: Actor, fault: FaultCode, version: int, values: FaultValues) -> FaultCode:
    """Correct an own fault.

    Refuses with "official_name" for the list's own, "circle", "other_component", StaleVersion.
    """
    actor, columns = base.acting(actor), values.columns()
    base.one_at_a_time()
    row = base.locked(fault, version)
    if row.is_official:
        raise Conflict(
            "official_name",
            _("The wording of the official list stays as it is. Add an own fault below it instead."),
            field="name",
        )
    _require_no_circle(row, values.parent)
    if columns["component"] != row.component and row.children.exists():
        raise Conflict(
            "other_component",
            _("Faults of the same component stand below it. Move those first."),
            field="component",
        )
    return base.write(actor, row, columns, "fault.corrected")


def _require_no_circle(row: FaultCode, parent: FaultCode | None) -> None:
    parents = dict(FaultCode.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    if makes_circle(row.pk, parent.pk if parent else None, parents):
        raise Invalid("circle", _("A fault cannot stand below itself. Choose another one."), field="parent")


@transaction.atomic
def link_causes(
    *, actor: Actor, fault: FaultCode, version: int, causes: Collection[ServiceCode]
) -> FaultCode:
    """Say which causes come into question for a fault, official or own; refuses with "not_a_cause", StaleVersion."""
    actor = base.acting(actor)
    if any(one.kind != CodeKind.CAUSE for one in causes):
        raise Invalid("not_a_cause", _("Choose causes only."), field="causes")
    row = base.locked(fault, version)
    old, new = sorted(row.causes.values_list("code", flat=True)), sorted(one.code for one in causes)
    if old == new:
        return row
    row.causes.set(causes)
    row.version += 1
    row.save(update_fields=["version"])
    changes = audit.diff({"causes": old}, {"causes": new})
    audit.record(actor=actor, action="fault.causes_set", subject=row, subject_label=row.code, changes=changes)
    return row
