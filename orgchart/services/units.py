"""Writes on the tree of units."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused
from orgchart.enums import UnitKind
from orgchart.events import UnitClosed, UnitMoved, unit_closed, unit_moved
from orgchart.models import Appointment, Establishment, Unit, UnitLink
from orgchart.policies import ESTABLISH
from orgchart.scope import scope_of, today

# Which kinds may stand directly below which.
PARENTS: dict[str, frozenset[str]] = {
    UnitKind.COMPANY: frozenset(),
    UnitKind.DEPARTMENT: frozenset({UnitKind.COMPANY}),
    UnitKind.CENTRE: frozenset({UnitKind.DEPARTMENT}),
    UnitKind.GROUP: frozenset({UnitKind.DEPARTMENT, UnitKind.CENTRE}),
    UnitKind.BRANCH: frozenset({UnitKind.CENTRE}),
    UnitKind.OUTLET: frozenset({UnitKind.CENTRE, UnitKind.BRANCH}),
    UnitKind.OUTSIDE: frozenset({UnitKind.COMPANY}),
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


def _lock_tree() -> None:
    """Whoever changes the tree waits here until the other one is done; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgchart_unitlink'))")


@transaction.atomic
def rebuild_links() -> None:
    """Make all links anew from the parents, in one transaction; two rebuilds wait for each other."""
    _lock_tree()
    with connection.cursor() as cursor:
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


def _require_change(actor: Actor, *units: Unit) -> Actor:
    """Personnel («unit.establish» there) or a technical administrator; the system needs no power."""
    if actor.person is None:
        return actor
    wanted = {unit.pk for unit in units}
    allowed = Unit.objects.permitted(actor.person, "change").filter(pk__in=wanted).count()
    if allowed < len(wanted):
        raise Refused(
            "may_not_change_unit",
            _("Units are moved and closed by the administration and personnel group. Ask there."),
        )
    if actor.person.is_technical_admin:
        return actor
    return in_place(actor, ESTABLISH)


def in_place(actor: Actor, action: str) -> Actor:
    """The actor as the trail records it: for the holder, unless one of the actor's own posts grants `action`."""
    return actor.in_place_of(scope_of(actor.person).holder_for(action))


def _check_move(unit: Unit, parent: Unit) -> None:
    """The tree is locked. Refuses what `move_unit` says, but for the right to do it."""
    if not unit.is_active or not parent.is_active:
        raise Conflict("unit_closed", _("This unit is closed."), field="parent")
    if UnitLink.objects.filter(ancestor=unit, descendant=parent).exists():
        raise Invalid(
            "unit_cycle",
            _("This unit lies at or below the one to be moved. Choose a parent elsewhere."),
            field="parent",
        )
    _check_parent(unit.kind, parent)
    if unit.parent_id == parent.pk:
        raise Invalid(
            "same_parent", _("The unit stands there already. Choose another parent."), field="parent"
        )
    same = Unit.objects.filter(parent=parent, kind=UnitKind.GROUP, group_kind=unit.group_kind)
    if unit.kind == UnitKind.GROUP and same.exists():
        raise Invalid(
            "group_exists", _("There is a group of this kind already. Choose another parent."), field="parent"
        )


@transaction.atomic
def move_unit(*, actor: Actor, unit: Unit, parent: Unit) -> Unit:
    """Put `unit`, with all below it, below `parent`; links and centres are made anew, `unit_moved` is published.

    Posts and establishment go along. Refuses with "may_not_change_unit", "unit_closed", "unit_cycle", "wrong_parent",
    "same_parent" or "group_exists".
    """
    actor = _require_change(actor, unit, parent)
    _lock_tree()
    unit = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    parent = Unit.objects.select_related("centre").get(pk=parent.pk)
    _check_move(unit, parent)
    before, old_centre = unit.parent, unit.centre_id
    unit.parent, unit.centre = parent, _centre_of(unit, parent)
    unit.save(update_fields=["parent", "centre"])
    rebuild_links()
    if unit.centre_id != old_centre:
        below = Unit.objects.filter(above__ancestor=unit).exclude(kind=UnitKind.CENTRE)
        below.update(centre=unit.centre_id)
    unit_moved.publish(UnitMoved(unit, old_centre, actor))
    record(
        actor=actor, action="unit.moved", subject=unit, subject_label=unit.code,
        changes={"parent": [before.code if before else None, parent.code]},
    )  # fmt: skip
    return unit


def _check_empty(unit: Unit) -> None:
    if not unit.is_active:
        raise Conflict("unit_closed", _("This unit is closed."))
    if unit.kind == UnitKind.COMPANY:
        raise Invalid("company_stays", _("The company itself cannot be closed."))
    if Unit.objects.filter(parent=unit, is_active=True).exists():
        raise Conflict(
            "unit_has_children", _("There are open units below this one. Move or close them first.")
        )
    if Appointment.objects.touching(today(), None).filter(unit=unit).exists():
        raise Conflict(
            "unit_has_posts",
            _("Somebody holds a post here, today or later. End or transfer those posts first."),
        )


@transaction.atomic
def close_unit(*, actor: Actor, unit: Unit) -> Unit:
    """Close a unit that has neither posts nor open units below it; its establishment ends today.

    Publishes `unit_closed`, whose subscribers may refuse. Refuses with "may_not_change_unit", "unit_closed",
    "company_stays", "unit_has_children" or "unit_has_posts".
    """
    actor = _require_change(actor, unit)
    _lock_tree()
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _check_empty(unit)
    unit.is_active = False
    unit.save(update_fields=["is_active"])
    rows = Establishment.objects.filter(unit=unit)
    rows.filter(starts_on__gt=today()).delete()
    rows.touching(today(), None).update(ends_on=today())
    unit_closed.publish(UnitClosed(unit, actor))
    record(
        actor=actor, action="unit.closed", subject=unit, subject_label=unit.code,
        changes={"is_active": [True, False]},
    )  # fmt: skip
    return unit
