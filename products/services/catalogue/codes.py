"""Causes and remedies (原因、处理措施): the two lower levels of the tree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from products.enums import CodeKind
from products.models import FaultCode, ServiceCode
from products.rules.catalogue import CAUSE, REMEDY, next_code
from products.services.catalogue import base

_LETTERS = {CodeKind.CAUSE.value: CAUSE, CodeKind.REMEDY.value: REMEDY}


@dataclass(frozen=True, slots=True)
class CodeValues:
    """A cause with the faults for which it comes into question, or a remedy with the causes that it cures.

    None named: for all.
    """

    name: str
    name_en: str = ""
    faults: Collection[FaultCode] = field(default_factory=tuple)
    causes: Collection[ServiceCode] = field(default_factory=tuple)

    def links(self, kind: str) -> dict[str, list[str]]:
        """The codes linked, as the trail says them; refuses with "wrong_links"."""
        if (kind == CodeKind.CAUSE and self.causes) or (kind == CodeKind.REMEDY and self.faults):
            raise Invalid("wrong_links", _("A cause belongs to faults, a remedy to causes."))
        if any(one.kind != CodeKind.CAUSE for one in self.causes):
            raise Invalid("not_a_cause", _("Choose causes only."), field="causes")
        name, rows = ("faults", self.faults) if kind == CodeKind.CAUSE else ("causes", self.causes)
        return {name: sorted(one.code for one in rows)}


@transaction.atomic
def add_code(*, actor: Actor, kind: str, values: CodeValues) -> ServiceCode:
    """Enter a cause (K…) or remedy (R…) with the next free code; refuses what CodeValues refuses."""
    actor = base.acting(actor)
    if kind not in _LETTERS:
        raise Invalid("bad_kind", _("Choose cause or remedy."), field="kind")
    links, columns = values.links(kind), base.names(values.name, values.name_en)
    base.one_at_a_time()
    letter = _LETTERS[kind]
    taken = ServiceCode.objects.filter(code__startswith=letter).values_list("code", flat=True)
    code = next_code(letter, taken, 3)
    row: ServiceCode = ServiceCode.objects.create(kind=kind, code=code, **columns)
    _link(row, values)
    return base.added(actor, row, {"code": code, **columns, **links}, f"{kind}.added")


def _link(row: ServiceCode, values: CodeValues) -> None:
    if row.kind == CodeKind.CAUSE:
        row.faults.set(values.faults)
    else:
        row.causes.set(values.causes)


@transaction.atomic
def correct_code(*, actor: Actor, code: ServiceCode, version: int, values: CodeValues) -> ServiceCode:
    """Correct a cause or remedy and its links; refuses what CodeValues refuses, and StaleVersion."""
    actor = base.acting(actor)
    row = base.locked(code, version)
    links, columns = values.links(row.kind), base.names(values.name, values.name_en)
    name = "faults" if row.kind == CodeKind.CAUSE else "causes"
    old = {part: getattr(row, part) for part in ("name", "name_en")}
    old_links = {name: sorted(getattr(row, name).values_list("code", flat=True))}
    new = {"name": columns["name"], "name_en": columns["name_en"]}
    changes = audit.diff({**old, **old_links}, {**new, **links})
    if not changes:
        return row
    for part, value in columns.items():
        setattr(row, part, value)
    row.version += 1
    row.save(update_fields=[*columns, "version"])
    _link(row, values)
    audit.record(
        actor=actor, action=f"{row.kind}.corrected", subject=row, subject_label=row.code, changes=changes
    )
    return row


@transaction.atomic
def link_remedies(
    *, actor: Actor, cause: ServiceCode, version: int, remedies: Collection[ServiceCode]
) -> ServiceCode:
    """Say which remedies cure a cause; refuses with "not_a_remedy", "not_a_cause", StaleVersion."""
    actor = base.acting(actor)
    if any(one.kind != CodeKind.REMEDY for one in remedies):
        raise Invalid("not_a_remedy", _("Choose remedies only."), field="remedies")
    row = base.locked(cause, version)
    if row.kind != CodeKind.CAUSE:
        raise Invalid("not_a_cause", _("Choose causes only."))
    old, new = sorted(row.remedies.values_list("code", flat=True)), sorted(one.code for one in remedies)
    if old == new:
        return row
    row.remedies.set(remedies)
    row.version += 1
    row.save(update_fields=["version"])
    changes = audit.diff({"remedies": old}, {"remedies": new})
    audit.record(
        actor=actor, action="cause.remedies_set", subject=row, subject_label=row.code, changes=changes
    )
    return row
