"""Writes on the tree of units."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Invalid
from orgchart.enums import UnitKind
from orgchart.models import Unit

# Which kinds may stand directly below which.
PARENTS: dict[str, frozenset[str]] = {
    UnitKind.COMPANY: frozenset(),
    UnitKind.DEPARTMENT: frozenset({UnitKind.COMPANY}),
    UnitKind.CENTRE: frozenset({UnitKind.DEPARTMENT}),
    UnitKind.GROUP: frozenset({UnitKind.DEPARTMENT, UnitKind.CENTRE}),
    UnitKind.BRANCH: frozenset({UnitKind.CENTRE}),
    UnitKind.OUTLET: frozenset({UnitKind.CENTRE, UnitKind.BRANCH}),
}

_REBUILD = """
WITH RECURSIVE walk(ancestor_id, descendant_id, depth) AS (
    SELECT id, id, 0 FROM orgchart_unit
    UNION ALL
    SELECT walk.ancestor_id, unit.id, walk.depth + 1
    FROM walk JOIN orgchart_unit unit ON unit.parent_id = walk.descendant_id
)
INSERT INTO orgchart_unitlink (ancestor_id, descendant_id, depth)
SELECT ancestor_id, descendant_id, depth FROM walk
"""


@transaction.atomic
def rebuild_links() -> None:
    """Make all links anew from the parents, in one transaction; two rebuilds wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgchart_unitlink'))")
        cursor.execute("DELETE FROM orgchart_unitlink")
        cursor.execute(_REBUILD)


def _check_parent(kind: str, parent: Unit | None) -> None:
    allowed = PARENTS[kind]
    if (parent is None and allowed) or (parent is not None and parent.kind not in allowed):
        raise Invalid(
            "wrong_parent",
            _("A unit of this kind cannot stand there. Choose another parent."),
            field="parent",
        )


def _centre_of(unit: Unit, parent: Unit | None) -> Unit | None:
    if unit.kind == UnitKind.CENTRE:
        return unit
    return parent.centre if parent is not None else None


@transaction.atomic
def create_unit(
    *,
    actor: Actor,
    code: str,
    kind: str,
    name: str,
    name_en: str,
    parent: Unit | None,
    group_kind: str = "",
    province_code: str = "",
    links: bool = True,
) -> Unit:
    """Add a unit below `parent` (None for the company alone). `province_code` is inherited when not given.

    With `links=False` the caller makes several units, then calls `rebuild_links` in the same transaction.
    Refuses with "wrong_parent" or "unit_exists".
    """
    _check_parent(kind, parent)
    if Unit.objects.filter(code=code).exists():
        raise Invalid("unit_exists", _("There is a unit with this code already."), field="code")
    inherited = parent.province_code if parent is not None else ""
    unit = Unit(
        code=code, kind=kind, group_kind=group_kind, name=name, name_en=name_en, parent=parent,
        province_code=province_code or inherited,
    )  # fmt: skip
    unit.save()
    unit.centre = _centre_of(unit, parent)
    unit.save(update_fields=["centre"])
    record(
        actor=actor, action="unit.created", subject=unit, changes={"code": [None, code], "kind": [None, kind]}
    )
    if links:
        rebuild_links()
    return unit
