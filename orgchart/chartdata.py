"""Reads the organisation chart of one day, or of one day compared with an earlier one, within the reader's sight.

Tuples instead of model instances, and a number of statements that does not depend on how many units and people there
are: five, one more for a day that has passed, and one for another day than today when the reader does not see
everybody. Who sees what is taken from today, as always; what was the case is taken from the day asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from core.policy import row_filter
from orgchart import chartunits
from orgchart.chartunits import PositionRow, UnitChange, UnitRow
from orgchart.models import Appointment, Deputyship, Establishment, Person
from orgchart.reach import open_on
from orgchart.rules import chart as rules
from orgchart.rules.chart import NOTHING_FILLED, Change, Filling, Place
from orgchart.scope import today


class Held(NamedTuple):
    """A post that somebody holds, or held on the earlier day (`mark` "went", "moved_away" or "gave_up")."""

    pk: int
    person: int
    name: str
    position: int
    is_primary: bool
    mark: str

    @property
    def is_over(self) -> bool:
        """Whether it was held on the earlier day alone."""
        return self.mark in OVER


class StandIn(NamedTuple):
    """Who stands in for the holder of a post, and the last day (None: until further notice)."""

    person: int
    name: str
    until: date | None


OVER = frozenset({rules.WENT, rules.GAVE_UP, "moved_away"})
_MARKS = {
    rules.CAME: ("", rules.CAME), rules.WENT: (rules.WENT, ""), rules.MOVED: ("moved_away", "moved_here"),
    rules.TOOK_ON: ("", rules.TOOK_ON), rules.GAVE_UP: (rules.GAVE_UP, ""),
}  # fmt: skip


class NewHolder(NamedTuple):
    """A leading post that changed hands; no names: it was or is vacant."""

    unit: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class Chart:
    """The chart of `day`; `base` is the earlier day that it is compared with.

    `labels` are those of all units in sight by code, outside a part too. Lists run beside `units`: `posts` held there,
    `leader` (id of the leading position, None: nobody leads such a unit), `filled` there (None: no establishment) and
    `below` (the unit and all units under it; None alike). `spans` and `deputies` are by appointment. `hidden` are people
    whose own page the reader does not see.
    """

    day: date
    base: date | None
    positions: dict[int, PositionRow]
    units: list[UnitRow]
    labels: dict[str, str] = field(default_factory=dict)
    posts: list[list[Held]] = field(default_factory=list)
    leader: list[int | None] = field(default_factory=list)
    filled: list[Filling | None] = field(default_factory=list)
    below: list[Filling | None] = field(default_factory=list)
    established: dict[Place, int] = field(default_factory=dict)
    spans: dict[int, int] = field(default_factory=dict)
    deputies: dict[int, list[StandIn]] = field(default_factory=dict)
    doubles: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    changes: list[Change] = field(default_factory=list)
    new_holders: list[NewHolder] = field(default_factory=list)
    unit_changes: list[UnitChange] = field(default_factory=list)

    def leaders(self, unit: int) -> list[Held]:
        """Who holds the leading post of the unit on the day."""
        leading = self.leader[unit]
        if leading is None:
            return []
        return [post for post in self.posts[unit] if post.position == leading and not post.is_over]

    def is_vacant(self, unit: int) -> bool:
        """Whether the unit has a leading post that nobody holds; one with an establishment of 0 does not count."""
        leading = self.leader[unit]
        if leading is None or not self.units[unit].sees_posts or self.units[unit].mark == chartunits.WENT:
            return False
        return self.established.get((leading, unit), 1) > 0 and not self.leaders(unit)

    def dotted(self, unit: int) -> list[str]:
        """Codes of the units that somebody in the unit has a dotted line to."""
        found: set[str] = set()
        for post in self.posts[unit]:
            if not post.is_over:
                found.update(self.positions[post.position].dotted)
        return sorted(found)

    @property
    def vacancies(self) -> int:
        """How many leading posts nobody holds."""
        return sum(map(self.is_vacant, range(len(self.units))))

    @property
    def total(self) -> Filling:
        """Posts established and held in all units in sight that have an establishment."""
        return _sum(self.filled)


def _sum(rows: Iterable[Filling | None]) -> Filling:
    total = NOTHING_FILLED
    for row in rows:
        total = total.plus(row) if row else total
    return total


def read(reader: Person, day: date, base: date | None = None, root: int | None = None) -> Chart:
    """The chart of `day`, compared with `base` (an earlier day) when given; `root`: that unit and those below alone."""
    positions = chartunits.positions(day)
    everything, unit_changes = chartunits.units(reader, day, base)
    units = chartunits.part(everything, root)
    chart = Chart(day, base, positions, units, labels={unit.code: unit.label for unit in everything})
    places = {unit.pk: place for place, unit in enumerate(units)}
    chart.unit_changes = [row for row in unit_changes if row.unit in places]
    then, now = _posts(reader, chart, places)
    if base is not None:
        _compare(chart, then, now)
    _enter_posts(chart, then, now)
    _establish(chart, places)
    _count(chart, now)
    _stand_in(chart)
    chart.hidden = _hidden(reader, chart)
    return chart


# -- who holds what ------------------------------------------------------------------------------------------------

_POST = (
    "pk", "person_id", "person__name", "position_id", "unit_id", "is_primary", "starts_on", "ends_on",
    "person__is_active", "person__leaves_on",
)  # fmt: skip
_Row = tuple[Any, ...]


def _holds(row: _Row, day: date, now: date) -> bool:
    """Whether the appointment is in force on `day` and the account open; the same as `orgchart.reach.open_on`."""
    starts, ends, is_active, leaves = row[6:]
    if starts > day or (ends is not None and ends < day):
        return False
    if day >= now and not is_active:
        return False
    return bool(leaves >= day) if leaves is not None else bool(is_active)


def _posts(reader: Person, chart: Chart, places: Mapping[int, int]) -> tuple[list[_Row], list[_Row]]:
    """Appointments in sight on the earlier day and on the day, with places instead of units. One statement."""
    days = [chart.day] if chart.base is None else [chart.base, chart.day]
    wanted = Q()
    for day in days:
        wanted |= Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    rows = Appointment.objects.permitted(reader, "view").filter(wanted).order_by("position_id", "pk")
    now = today()
    found = [(*row[:4], places[row[4]], *row[5:]) for row in rows.values_list(*_POST) if row[4] in places]
    then = [row for row in found if _holds(row, chart.base, now)] if chart.base is not None else []
    return then, [row for row in found if _holds(row, chart.day, now)]


def _places(rows: Iterable[_Row]) -> dict[int, list[Place]]:
    """Person -> (position, place) of all posts, the main one first."""
    found: dict[int, list[Place]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: not row[5]):
        found[row[1]].append((row[3], row[4]))
    return found


def _compare(chart: Chart, then: list[_Row], now: list[_Row]) -> None:
    names = {row[1]: row[2] for row in (*then, *now)}
    found = rules.changes(_places(then), _places(now))
    order = (rules.CAME, rules.WENT, rules.MOVED, rules.TOOK_ON, rules.GAVE_UP)
    found.sort(
        key=lambda change: (
            order.index(change.kind),
            (change.after or change.before or (0, 0))[1],
            names[change.person],
        )
    )
    chart.changes = found


def _enter_posts(chart: Chart, then: list[_Row], now: list[_Row]) -> None:
    """Posts by unit with the marks of the comparison; those of the earlier day alone come after those that are held."""
    old: dict[tuple[int, Place], str] = {}
    new: dict[tuple[int, Place], str] = {}
    for change in chart.changes:
        if change.before is not None:
            old[change.person, change.before] = _MARKS[change.kind][0]
        if change.after is not None:
            new[change.person, change.after] = _MARKS[change.kind][1]
    leading = {row.kind: row.pk for row in chart.positions.values() if row.leads}
    chart.leader = [leading.get((unit.kind, unit.group_kind)) for unit in chart.units]
    chart.posts = [[] for _ in chart.units]
    for pk, person, name, position, place, is_primary, *_ in now:
        mark = new.get((person, (position, place)), "")
        chart.posts[place].append(Held(pk, person, name, position, is_primary, mark))
    for pk, person, name, position, place, is_primary, *_ in then:
        if mark := old.get((person, (position, place)), ""):
            chart.posts[place].append(Held(pk, person, name, position, is_primary, mark))
    if chart.base is not None:
        _find_new_holders(chart, then)


def _find_new_holders(chart: Chart, then: list[_Row]) -> None:
    before: dict[int, list[_Row]] = defaultdict(list)
    for row in then:
        if row[3] == chart.leader[row[4]]:
            before[row[4]].append(row)
    for place, unit in enumerate(chart.units):
        old, new = before.get(place, []), chart.leaders(place)
        if unit.sees_posts and {row[1] for row in old} != {post.person for post in new}:
            names = tuple(row[2] for row in old), tuple(post.name for post in new)
            chart.new_holders.append(NewHolder(place, *names))


# -- figures -------------------------------------------------------------------------------------------------------


def _establish(chart: Chart, places: Mapping[int, int]) -> None:
    """编制 and 在岗 of each unit in sight and of all that lies below it. One statement."""
    rows = Establishment.objects.on(chart.day).values_list("position_id", "unit_id", "count")
    by_unit: dict[int, dict[int, int]] = defaultdict(dict)
    for position, unit, count in rows:
        place = places.get(unit)
        if place is not None and chart.units[place].sees_posts:
            chart.established[position, place] = by_unit[place][position] = count
    chart.filled = [None] * len(chart.units)
    for place, established in by_unit.items():
        held: dict[int, int] = {}
        for post in chart.posts[place]:
            if not post.is_over:
                held[post.position] = held.get(post.position, 0) + 1
        chart.filled[place] = rules.filling(established, held)
    chart.below = list(chart.filled)
    for place in range(len(chart.units) - 1, 0, -1):
        above, here = chart.units[place].parent, chart.below[place]
        if above >= 0 and here is not None:
            chart.below[above] = here.plus(chart.below[above] or NOTHING_FILLED)
    # Above the reader's own part the sum would leave out what is not in sight.
    chart.below = [
        row if unit.sees_posts else None for row, unit in zip(chart.below, chart.units, strict=True)
    ]


def _count(chart: Chart, now: list[_Row]) -> None:
    """Spans of control, and who holds several posts (兼任): more than one in sight, or an additional one."""
    superiors = {row.pk: row.superior for row in chart.positions.values()}
    parents = [unit.parent for unit in chart.units]
    spans = rules.spans(((row[3], row[4], row[1]) for row in now), superiors, parents)
    chart.spans = {row[0]: spans[key] for row in now if (key := (row[3], row[4], row[1])) in spans}
    held = Counter(row[1] for row in now)
    chart.doubles = frozenset(row[1] for row in now if held[row[1]] > 1 or not row[5])


def _stand_in(chart: Chart) -> None:
    """Deputies in force on the day for posts in sight. One statement."""
    in_sight = {post.pk for posts in chart.posts for post in posts if not post.is_over}
    rows = Deputyship.objects.in_force(chart.day).filter(open_on(chart.day, "deputy__")).order_by("depth")
    for post, person, name, until in rows.values_list("post_id", "deputy_id", "deputy__name", "ends_on"):
        if post in in_sight:
            chart.deputies.setdefault(post, []).append(StandIn(person, name, until))


def _hidden(reader: Person, chart: Chart) -> frozenset[int]:
    """People on the chart whose own page the reader does not see today: former colleagues, deputies from elsewhere."""
    if not row_filter(Person, "view", reader):
        return frozenset()
    people = {post.person for posts in chart.posts for post in posts}
    deputies = {deputy.person for rows in chart.deputies.values() for deputy in rows}
    if chart.day == today() and chart.base is None:
        # Whoever holds a post in sight today is in sight.
        return frozenset(deputies - people)
    people |= deputies
    seen = Person.objects.permitted(reader, "view").filter(pk__in=people).values_list("pk", flat=True)
    return frozenset(people - set(seen))
