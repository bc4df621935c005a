"""Leave and deputies as pages show them: who is away when, who stands in, and which days nobody does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from orgchart.models import Appointment, Deputyship, Leave, Person, Unit
from orgchart.reach import open_on
from orgchart.rules.staffing import Span, gaps, overlap
from orgchart.scope import today

AHEAD = timedelta(days=30)
"""How far the page of who is away looks ahead."""


_WITH = ("post__person", "post__position", "post__unit", "deputy", "via__deputy", "leave")


@dataclass(frozen=True, slots=True)
class Cover:
    """One post of somebody who is away. `missing` are days of the leave on which nobody stands in.

    `needed`: the post leads, so that decisions wait while nobody stands in.
    """

    post: Appointment
    deputies: tuple[Deputyship, ...]
    missing: tuple[Span, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Away:
    """A leave with the posts that lie in it."""

    leave: Leave
    covers: tuple[Cover, ...]
    now: bool

    @property
    def is_uncovered(self) -> bool:
        """Whether a post that needs a deputy has none on some day."""
        return any(cover.needed and cover.missing for cover in self.covers)


def deputies_of(posts: Iterable[int], first: date, last: date | None) -> dict[int, list[Deputyship]]:
    """Deputyships by post that touch these days and are no deeper than allowed. One statement."""
    rows = Deputyship.objects.touching(first, last).filter(
        post_id__in=set(posts), is_cancelled=False, depth__lte=settings.DEPUTY_DEPTH
    )
    found: dict[int, list[Deputyship]] = defaultdict(list)
    for row in rows.select_related(*_WITH).order_by("starts_on", "depth", "pk"):
        found[row.post_id].append(row)
    return found


def cover_all(leaves: list[Leave], first: date, last: date | None) -> list[Away]:
    """Each leave with its posts and their deputies; what lies outside `first` … `last` does not count.

    A deputy who is away too stands in for nobody on those days. Three statements.
    """
    people = {leave.person_id for leave in leaves}
    posts = Appointment.objects.touching(first, last).filter(person_id__in=people)
    by_person: dict[int, list[Appointment]] = defaultdict(list)
    for post in posts.select_related("position", "unit").order_by("-is_primary", "starts_on", "pk"):
        by_person[post.person_id].append(post)
    deputies = deputies_of((post.pk for held in by_person.values() for post in held), first, last)
    busy = _absences({row.deputy_id for rows in deputies.values() for row in rows}, first, last)
    window = (first, last)
    return [_away(leave, by_person[leave.person_id], deputies, busy, window) for leave in leaves]


def _absences(people: set[int], first: date, last: date | None) -> dict[int, list[Span]]:
    """When each of the people is away. One statement."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = Leave.objects.touching(first, last).filter(person_id__in=people, is_cancelled=False)
    for person, begin, end in rows.values_list("person_id", "starts_on", "ends_on"):
        found[person].append((begin, end))
    return found


def _away(
    leave: Leave,
    posts: list[Appointment],
    deputies: dict[int, list[Deputyship]],
    busy: dict[int, list[Span]],
    window: Span,
) -> Away:
    days = overlap((leave.starts_on, leave.ends_on), window)
    covers = []
    for post in posts:
        span = overlap(days, (post.starts_on, post.ends_on)) if days else None
        if span is None:
            continue
        rows = tuple(row for row in deputies.get(post.pk, ()) if overlap(span, (row.starts_on, row.ends_on)))
        spans = [
            there for row in rows for there in gaps(row.starts_on, row.ends_on, busy.get(row.deputy_id, ()))
        ]
        missing = tuple(gaps(span[0], span[1], spans))
        covers.append(Cover(post, rows, missing, post.position.is_leader))
    day = today()
    now = leave.starts_on <= day and (leave.ends_on is None or leave.ends_on >= day)
    return Away(leave, tuple(covers), now)


def away_in_sight(reader: Person, unit: Unit | None = None) -> list[Away]:
    """Who of the people in sight is away today or within the next 30 days, the nearest first. Four statements."""
    first, last = today(), today() + AHEAD
    people = Person.objects.permitted(reader, "view").filter(open_on(first))
    if unit is not None:
        posts = Appointment.objects.touching(first, last).filter(
            person_id=OuterRef("pk"), unit__above__ancestor_id=unit.pk
        )
        people = people.filter(Exists(posts))
    rows = Leave.objects.touching(first, last).filter(is_cancelled=False, person__in=people)
    leaves = list(rows.select_related("person").order_by("starts_on", "person__employee_no"))
    return cover_all(leaves, first, last)


def leaves_of(person: Person) -> list[Leave]:
    """Every leave of the person, cancelled ones too, the newest first. One statement."""
    return list(
        Leave.objects.filter(person_id=person.pk).select_related("recorded_by").order_by("-starts_on", "-pk")
    )


def open_leaves(person: Person) -> list[Away]:
    """Leave of today and to come, with who stands in. Four statements."""
    rows = Leave.objects.touching(today(), None).filter(person_id=person.pk, is_cancelled=False)
    return cover_all(list(rows.select_related("person").order_by("starts_on")), today(), None)


def standing_in(person: Person, *, for_others: bool) -> QuerySet[Deputyship]:
    """Deputyships of today and to come: where the person stands in, or who stands in for the person."""
    rows = Deputyship.objects.touching(today(), None).filter(
        Q(post__ends_on__isnull=True) | Q(post__ends_on__gte=today()),
        is_cancelled=False,
        depth__lte=settings.DEPUTY_DEPTH,
    )
    rows = rows.filter(deputy_id=person.pk) if for_others else rows.filter(post__person_id=person.pk)
    found: QuerySet[Deputyship] = rows.select_related(*_WITH)
    return found.order_by("starts_on", "depth", "pk")


# -- whom to propose ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody who could stand in, with the post that makes it sensible."""

    person: Person
    post: Appointment


MOST_PROPOSED = 12


def proposals(reader: Person, post: Appointment, starts_on: date, ends_on: date | None) -> list[Proposal]:
    """Colleagues who could stand in for `post`, the likeliest first, among those whom the reader sees. Two statements.

    First who leads a unit directly below, then who holds the same position at the unit, the leaders of sister units,
    others at the unit, and the unit above. Whoever is away on one of the days is left out.
    """
    unit, position = post.unit, post.position
    sight = Person.objects.permitted(reader, "view").filter(open_on(max(starts_on, today())))
    away = Leave.objects.touching(starts_on, ends_on).filter(
        person_id=OuterRef("person_id"), is_cancelled=False
    )
    near = Q(unit_id=unit.pk) | Q(unit__parent_id=unit.pk, position__is_leader=True)
    if unit.parent_id is not None:
        near |= Q(unit_id=unit.parent_id) | Q(unit__parent_id=unit.parent_id, position__is_leader=True)
    held = Appointment.objects.on(max(starts_on, today())).filter(near, person__in=sight)
    rows = (
        held.exclude(person_id=post.person_id)
        .filter(~Exists(away))
        .select_related("person", "position", "unit")
    )
    ranked = sorted(rows, key=lambda row: (_rank(row, unit, position.pk), row.person.employee_no))
    best = {row.person_id: Proposal(row.person, row) for row in reversed(ranked)}
    order = list(dict.fromkeys(row.person_id for row in ranked))
    return [best[pk] for pk in order[:MOST_PROPOSED]]


def _rank(row: Appointment, unit: Unit, position: int) -> int:
    """Lower is likelier."""
    if row.unit.parent_id == unit.pk and row.position.is_leader:
        return 0
    if row.unit_id == unit.pk:
        return 1 if row.position_id == position else 3
    return 2 if row.unit.parent_id == unit.parent_id else 4
