"""Named reads for the pages of one unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from orgchart.models import Appointment, Establishment, Person, Position, Unit
from orgchart.reach import open_on
from orgchart.rules.chart import Filling, filling
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class PositionLine:
    """A position at a unit today: posts established (None: never set), posts held, and all entries, newest first."""

    position: Position
    established: int | None
    held: int
    history: tuple[Establishment, ...] = ()

    @property
    def filling(self) -> Filling | None:
        """The figures of this position; None without an establishment."""
        if self.established is None:
            return None
        return filling({0: self.established}, {0: self.held})

    @property
    def vacant(self) -> int:
        """Posts that nobody holds."""
        return self.filling.under if self.filling else 0


@dataclass(frozen=True, slots=True)
class UnitPage:
    """What the page of a unit shows. `posts` and `lines` are None where the reader does not see who works there."""

    unit: Unit
    parent: Unit | None
    leader_post: Position | None
    leaders: tuple[Appointment, ...]
    posts: tuple[Appointment, ...] | None
    lines: tuple[PositionLine, ...] | None
    children: tuple[Unit, ...]
    may_establish: bool
    may_change: bool

    @property
    def is_vacant(self) -> bool:
        """Whether the unit has a leading post that nobody holds; one with an establishment of 0 does not count."""
        if self.leader_post is None or self.lines is None or not self.unit.is_active or self.leaders:
            return False
        numbers = {line.position.pk: line.established for line in self.lines}
        return numbers.get(self.leader_post.pk) != 0


def position_lines(unit: Unit) -> tuple[PositionLine, ...]:
    """Positions with posts at the unit, established or held, leading ones first. Three statements."""
    day = today()
    rows = Establishment.objects.filter(unit=unit).order_by("-starts_on")
    by_position: dict[int, list[Establishment]] = {}
    for row in rows:
        by_position.setdefault(row.position_id, []).append(row)
    posts = Appointment.objects.on(day).filter(open_on(day, "person__"), unit=unit)
    held = Counter(posts.values_list("position_id", flat=True))
    positions = Position.objects.filter(pk__in={*by_position, *held}).order_by("-is_leader", "pk")
    numbers = {pk: _in_force(entries) for pk, entries in by_position.items()}
    # In a unit with an establishment a position that is left out has none; the chart counts it like that, too.
    usual = 0 if any(number is not None for number in numbers.values()) else None
    return tuple(
        PositionLine(
            position,
            number if (number := numbers.get(position.pk)) is not None else usual,
            held[position.pk],
            tuple(by_position.get(position.pk, [])),
        )
        for position in positions
    )


def _in_force(rows: list[Establishment]) -> int | None:
    """The number of today; None without an entry for today."""
    day = today()
    current = (row for row in rows if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day))
    return next((row.count for row in current), None)


def unit_page(reader: Person, unit: Unit) -> UnitPage:
    """The page of a unit that `reader` sees. A fixed number of statements."""
    sees = _may(reader, unit, "view_posts")
    posts = _posts(reader, unit) if sees else None
    leading = Position.objects.filter(
        is_leader=True, is_post=True, unit_kind=unit.kind, group_kind=unit.group_kind
    ).first()
    return UnitPage(
        unit=unit,
        parent=unit.parent,
        leader_post=leading,
        leaders=tuple(row for row in posts or () if row.position == leading),
        posts=posts,
        lines=position_lines(unit) if sees else None,
        children=tuple(Unit.objects.permitted(reader, "view").filter(parent=unit, is_active=True)),
        may_establish=unit.is_active and sees and _may(reader, unit, "establish"),
        may_change=unit.is_active and unit.parent_id is not None and _may(reader, unit, "change"),
    )


def _posts(reader: Person, unit: Unit) -> tuple[Appointment, ...]:
    day = today()
    rows = Appointment.objects.on(day).filter(open_on(day, "person__"), unit=unit).permitted(reader, "view")
    return tuple(rows.select_related("person", "position").order_by("-position__is_leader", "position", "pk"))


def _may(reader: Person, unit: Unit, action: str) -> bool:
    return bool(Unit.objects.permitted(reader, action).filter(pk=unit.pk).exists())
