"""Positions and units of the organisation chart as they stood on a day, within the reader's sight.

The tree of units carries no dates, so moves and closings after the day are undone from the audit trail, which holds
every one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Value
from django.db.models.fields import BooleanField
from django.utils import timezone
from django.utils.translation import get_language

from core.models import AuditEvent
from core.policy import row_filter
from orgchart.enums import GroupKind, UnitKind, VersionState
from orgchart.models import Person, Position, Unit
from orgchart.rules import chart as rules
from orgchart.scope import today

UNIT_CREATED, UNIT_MOVED, UNIT_CLOSED = "unit.created", "unit.moved", "unit.closed"
_ORDER = (
    UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.GROUP, UnitKind.CENTRE, UnitKind.BRANCH, UnitKind.OUTLET,
    UnitKind.OUTSIDE,
)  # fmt: skip
_KINDS = {str(kind): place for place, kind in enumerate(_ORDER)}
_GROUPS = {str(kind): place for place, kind in enumerate(GroupKind)}
CAME, WENT, MOVED = "unit_came", "unit_went", "unit_moved"


class PositionRow(NamedTuple):
    """A position; `dotted` are the codes of units that it has a dotted line to."""

    pk: int
    code: str
    label: str
    superior: int | None
    kind: tuple[str, str]
    leads: bool
    dotted: tuple[str, ...]


class UnitRow(NamedTuple):
    """A unit in the order of the walk. `parent` is a place in the list; `mark` says what became of the unit."""

    pk: int
    code: str
    label: str
    kind: str
    group_kind: str
    parent: int
    sees_posts: bool
    mark: str


class UnitChange(NamedTuple):
    """A unit that came, went or moved; for a move the labels of the units that it belonged and belongs to."""

    kind: str
    unit: int
    label: str
    before: str = ""
    after: str = ""


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def positions(day: date) -> dict[int, PositionRow]:
    """All positions with the dotted lines of the version that was in force on `day`. One statement."""
    rows = Position.objects.annotate(dotted=F("versions__body__dotted_lines")).order_by(
        "pk", F("versions__in_force_at").asc(nulls_last=True)
    )
    names = (
        "pk", "code", "title_en" if _in_english() else "title", "superior_id", "unit_kind", "group_kind",
        "is_leader", "is_post", "versions__state", "versions__in_force_at", "dotted",
    )  # fmt: skip
    found: dict[int, PositionRow] = {}
    for pk, code, label, superior, kind, group, leads, is_post, state, since, dotted in rows.values_list(
        *names
    ):
        counts = state in (VersionState.IN_FORCE, VersionState.SUPERSEDED) and since is not None
        if pk in found and not (counts and timezone.localdate(since) <= day):
            continue
        lines = tuple(line["unit"] for line in dotted or ()) if counts else ()
        found[pk] = PositionRow(pk, code, label, superior, (kind, group), leads and is_post, lines)
    return found


class _Event(NamedTuple):
    action: str
    unit: int
    on: date
    changes: dict[str, Any]
    by_person: bool


def _events(first: date) -> list[_Event]:
    """What happened to units after `first`, the newest first. One statement, none for today and days to come."""
    if first >= today():
        return []
    midnight = timezone.make_aware(datetime.combine(first + timedelta(days=1), time.min))
    rows = AuditEvent.objects.filter(
        action__in=(UNIT_MOVED, UNIT_CLOSED, UNIT_CREATED), subject_type="orgchart.unit", at__gte=midnight
    ).order_by("-pk")
    return [
        _Event(action, unit or 0, timezone.localdate(at), changes, kind == "person")
        for action, unit, at, changes, kind in rows.values_list(
            "action", "subject_id", "at", "changes", "actor_kind"
        )
    ]


def units(reader: Person, day: date, base: date | None) -> tuple[list[UnitRow], list[UnitChange]]:
    """The units in sight as they stood on `day`, and what became of units since `base`. At most two statements."""
    sees = row_filter(Unit, "view_posts", reader)
    rows = {
        row[0]: row
        for row in Unit.objects.permitted(reader, "view")
        .annotate(sees=sees if sees else Value(True, output_field=BooleanField()))
        .order_by()
        .values_list(
            "pk", "code", "name_en" if _in_english() else "name", "kind", "group_kind", "parent_id", "is_active", "sees",
        )
    }  # fmt: skip
    events = [event for event in _events(base or day) if event.unit in rows]
    parents, shown = _undo(rows, [event for event in events if event.on > day])
    between = [event for event in events if base is not None and base < event.on <= day]
    marks, told = _told(rows, between)
    shown |= {unit for unit, mark in marks.items() if mark == WENT}
    order = sorted(shown & rows.keys(), key=lambda pk: _rank(rows[pk]))
    return [
        UnitRow(pk, code, label, kind, group_kind, above, bool(sees_posts), marks.get(pk, ""))
        for (pk, code, label, kind, group_kind, _, _, sees_posts), above in (
            (rows[pk], above) for pk, above in rules.walk(order, parents)
        )
    ], told


def _rank(row: tuple[Any, ...]) -> tuple[int, int, str]:
    """Groups stand before branches and these before outlets, departments before those outside."""
    _, code, _, kind, group_kind, *_ = row
    return _KINDS[kind], _GROUPS.get(group_kind, 0), code


def _undo(rows: Mapping[int, Any], later: list[_Event]) -> tuple[dict[int, int | None], set[int]]:
    """Parents and open units before these events. A unit that a person added later did not exist."""
    by_code = {row[1]: pk for pk, row in rows.items()}
    parents = {pk: row[5] for pk, row in rows.items()}
    shown = {pk for pk, row in rows.items() if row[6]}
    for event in later:
        if event.action == UNIT_MOVED:
            parents[event.unit] = by_code.get(event.changes["parent"][0], parents[event.unit])
        elif event.action == UNIT_CLOSED:
            shown.add(event.unit)
        elif event.by_person:
            shown.discard(event.unit)
    return parents, shown


def _told(rows: Mapping[int, Any], between: list[_Event]) -> tuple[dict[int, str], list[UnitChange]]:
    """Marks and sentences' facts of what became of units, the oldest first."""
    labels = {row[1]: row[2] for row in rows.values()}
    marks: dict[int, str] = {}
    told: list[UnitChange] = []
    for event in reversed(between):
        label = rows[event.unit][2]
        if event.action == UNIT_MOVED:
            before, after = (labels.get(code, code) for code in event.changes["parent"])
            told.append(UnitChange(MOVED, event.unit, label, before, after))
            marks[event.unit] = MOVED
        elif event.action == UNIT_CLOSED:
            told.append(UnitChange(WENT, event.unit, label))
            marks[event.unit] = WENT
        elif event.by_person:
            told.append(UnitChange(CAME, event.unit, label))
            marks[event.unit] = CAME
    return marks, told


def part(units: list[UnitRow], root: int | None) -> list[UnitRow]:
    """The unit `root` and all below it, or everything."""
    if root is None:
        return units
    kept: dict[int, int] = {}
    found: list[UnitRow] = []
    for place, unit in enumerate(units):
        if unit.pk == root or unit.parent in kept:
            kept[place] = len(found)
            found.append(unit._replace(parent=kept.get(unit.parent, -1)))
    return found
