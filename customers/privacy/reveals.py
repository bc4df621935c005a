"""Who revealed what, when and why, for whoever looks after personal data; with what is unusual about it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.calendars import calendar_for
from core.calendarseed import DEFAULT
from core.keyset import Order, whole_number
from core.localtime import local_day_bounds, local_midnight, local_today, local_zone
from core.models import AuditEvent
from core.reveal import REVEALED, REVEALED_BATCH, REVEALED_BY_HANDLER
from core.workcalendar import Calendar
from customers.extensions import in_hand
from customers.policies import centres_with
from customers.privacy.subjects import Key, Subject, field_label, subjects_of, within
from customers.rules import grants, unusual
from orgchart.models import Appointment, Person
from orgchart.scope import today

WITH_REASON = (REVEALED, REVEALED_BATCH)
ORDER = Order(("id",), (whole_number,), descending=True)
PAGE_SIZE = 25
HISTORY = timedelta(days=28)
_SAME_CUSTOMER = timedelta(days=7)
_HOUR = timedelta(hours=1)
MOST_JUDGED = 2000
"""How many of the newest reveals are judged when only unusual ones are wanted."""
_MOST_AROUND = 20_000

WORDS: dict[str, Promise] = {
    unusual.OUTSIDE_HOURS: _("outside service hours"),
    unusual.MANY_IN_HOUR: _("many within an hour"),
    unusual.QUOTA_USED_UP: _("quota used up"),
    unusual.MANY_PEOPLE: _("same customer by many people"),
    unusual.FAR_ABOVE_OWN: _("far more than usual for this person"),
    unusual.FAR_ABOVE_OTHERS: _("far more than colleagues"),
    unusual.NO_CASE: _("no case of this customer in hand"),
    unusual.EMPTY_REASON: _("reason says nothing"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One reveal as the page shows it."""

    event: AuditEvent
    name: str
    subject: Subject | None
    what: str
    flags: tuple[str, ...]

    @property
    def by_handler(self) -> bool:
        """Whether the person handled a case and needed no reason."""
        return self.event.action == REVEALED_BY_HANDLER

    @property
    def label(self) -> str | Promise:
        """The subject without personal data; one that is gone keeps its number."""
        if self.event.action == REVEALED_BATCH:
            return _("A whole list, taken out in full")
        return self.subject.label if self.subject else self.event.subject_label

    @property
    def flag_words(self) -> list[Promise]:
        """What is unusual, in words."""
        return [WORDS[code] for code in self.flags]


@dataclass(frozen=True, slots=True)
class Total:
    """Reveals of one person within the filter."""

    person_id: int | None
    name: str
    with_reason: int
    by_handler: int
    last_at: datetime


def limits() -> unusual.Limits:
    """The thresholds of this installation."""
    given = settings.UNUSUAL_REVEALS
    return unusual.Limits(int(given["in_hour"]), int(given["people"]), given["times"], int(given["least"]))


def within_reach(person: Person) -> QuerySet[AuditEvent]:
    """Reveals that `person` looks after: by people whose posts of today lie in the centres, and of their files."""
    return of_centres(centres_with(person, grants.PRIVACY))


def of_centres(centres: Iterable[int]) -> QuerySet[AuditEvent]:
    """Reveals by people of these centres, and of these centres' files."""
    reached = list(centres)
    rows = AuditEvent.objects.filter(action__in=(*WITH_REASON, REVEALED_BY_HANDLER))
    if not reached:
        return rows.none()
    theirs = Q(unit__centre_id__in=reached)
    if (
        len(reached) > 1
    ):  # whoever looks after several centres stands above them, beside the department's people
        theirs |= Q(unit__centre=None)
    people = Appointment.objects.on(today()).filter(theirs).order_by().values("person_id")
    return rows.filter(Q(actor_id__in=people) | within(reached))


def narrowed(rows: QuerySet[AuditEvent], wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Only the reveals that a filter asks for: `person` (id), `first` and `last` day, `how` (reason or handler)."""
    if wanted.get("person"):
        rows = rows.filter(actor_id=wanted["person"])
    if wanted.get("first"):
        rows = rows.filter(at__gte=local_midnight(wanted["first"]))
    if wanted.get("last"):
        rows = rows.filter(at__lt=local_day_bounds(wanted["last"])[1])
    actions = {"reason": WITH_REASON, "handler": (REVEALED_BY_HANDLER,)}
    return rows.filter(action__in=actions[wanted["how"]]) if wanted.get("how") else rows


def named(rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """With the name of whoever revealed as `person_name`, without a statement of its own."""
    found: QuerySet[AuditEvent] = _named(rows)
    return found


def _named(rows: Any) -> Any:
    names = Person.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
    return rows.annotate(person_name=Subquery(names))


def totals(rows: QuerySet[Any]) -> list[Total]:
    """Reveals by person, most first. One statement."""
    grouped = (
        _named(rows)
        .order_by()
        .values("actor_id", "person_name")
        .annotate(
            with_reason=Count("pk", filter=Q(action__in=WITH_REASON)),
            by_handler=Count("pk", filter=Q(action=REVEALED_BY_HANDLER)),
            last_at=Max("at"),
        )
        .order_by("-with_reason", "-by_handler", "actor_id")
    )
    return [
        Total(
            row["actor_id"], row["person_name"] or "–", row["with_reason"], row["by_handler"], row["last_at"]
        )
        for row in grouped
    ]


@dataclass(slots=True)
class Surroundings:
    """What is compared with: reveals a person and day, and single ones of the last days, all within reach."""

    days: dict[int, dict[date, int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    around: list[tuple[int | None, datetime, str, str, int | None]] = field(default_factory=list)
    subjects: dict[Key, Subject] = field(default_factory=dict)
    hands: frozenset[tuple[int, int]] | None = None
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def at_work(self, subject: Subject | None, at: datetime) -> bool:
        """Whether the subject's centre was open; each calendar is read once."""
        code = subject.calendar if subject else DEFAULT
        if code not in self.calendars:
            self.calendars[code] = calendar_for(code)
        return self.calendars[code].is_open(at)


def judged(rows: Sequence[Any], reach: QuerySet[AuditEvent]) -> tuple[list[Line], Surroundings]:
    """`rows` (from `named`) with what is unusual about each. Four statements, whatever their number."""
    known = _surroundings(rows, reach)
    times = _times(known)
    return [_line(event, known, times) for event in rows], known


def _surroundings(rows: Sequence[Any], reach: QuerySet[AuditEvent]) -> Surroundings:
    known = Surroundings()
    if not rows:
        return known
    first, last = min(row.at for row in rows), max(row.at for row in rows)
    _count_days(known, reach, first, last)
    near = reach.filter(at__gte=first - _SAME_CUSTOMER, at__lte=last).order_by("-id")[:_MOST_AROUND]
    known.around = list(near.values_list("actor_id", "at", "action", "subject_type", "subject_id"))
    keys = {(kind, pk) for *_rest, kind, pk in known.around if pk is not None}
    known.subjects = subjects_of(
        keys | {(row.subject_type, row.subject_id) for row in rows if row.subject_id}
    )
    pairs = {(row.actor_id, _whose(row, known)) for row in rows}
    known.hands = in_hand(frozenset((a, c) for a, c in pairs if a is not None and c is not None))
    return known


def _count_days(known: Surroundings, reach: QuerySet[AuditEvent], first: datetime, last: datetime) -> None:
    since = local_midnight(local_today(first) - HISTORY)
    until = local_day_bounds(local_today(last))[1]
    days = TruncDate("at", tzinfo=local_zone())
    rows = _named(reach.filter(at__gte=since, at__lt=until)).order_by().annotate(day=days)
    for row in rows.values("actor_id", "person_name", "day").annotate(count=Count("pk")):
        known.days.setdefault(row["actor_id"], {})[row["day"]] = row["count"]
        known.names[row["actor_id"]] = row["person_name"] or ""


@dataclass(slots=True)
class _Times:
    """The single reveals, sorted so that a moment is found by halving."""

    own: dict[int | None, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    with_reason: dict[int | None, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    of_customer: dict[int | None, list[tuple[datetime, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def _times(known: Surroundings) -> _Times:
    times = _Times()
    for actor, at, action, kind, pk in reversed(known.around):
        times.own[actor].append(at)
        if action == REVEALED:
            times.with_reason[actor].append(at)
        subject = known.subjects.get((kind, pk or 0))
        if subject and subject.customer_id and actor is not None:
            times.of_customer[subject.customer_id].append((at, actor))
    for moments in (*times.own.values(), *times.with_reason.values()):
        moments.sort()
    return times


def _whose(event: AuditEvent, known: Surroundings) -> int | None:
    subject = known.subjects.get((event.subject_type, event.subject_id or 0))
    return subject.customer_id if subject else None


def _between(moments: Sequence[datetime], after: datetime, until: datetime) -> int:
    return bisect_right(moments, until) - bisect_right(moments, after)


def _line(event: Any, known: Surroundings, times: _Times) -> Line:
    subject = known.subjects.get((event.subject_type, event.subject_id or 0))
    flags = unusual.unusual(_facts(event, subject, known, times), limits())
    return Line(event, event.person_name or event.actor_label, subject, field_label(event), flags)


def _facts(event: Any, subject: Subject | None, known: Surroundings, times: _Times) -> unusual.Facts:
    day, at = local_today(event.at), event.at
    midnight = local_midnight(day) - timedelta(microseconds=1)
    whose = subject.customer_id if subject else None
    lookers = {who for when, who in times.of_customer.get(whose, ()) if at - _SAME_CUSTOMER < when <= at}
    counts = known.days.get(event.actor_id, {})
    before = [count for when, count in counts.items() if day - HISTORY <= when < day]
    others = [days[day] for actor, days in known.days.items() if actor != event.actor_id and day in days]
    known_hand = known.hands is not None and whose is not None
    return unusual.Facts(
        by_handler=event.action == REVEALED_BY_HANDLER,
        reason=event.reason,
        at_work=known.at_work(subject, at),
        in_hour=_between(times.own[event.actor_id], at - _HOUR, at),
        with_reason=_between(times.with_reason[event.actor_id], midnight, at),
        quota=settings.REVEAL_DAILY_QUOTA,
        people=len(lookers),
        own_day=counts.get(day, 0),
        own_average=sum(before) / len(before) if before else None,
        others_median=float(median(others)) if others else None,
        in_hand=(event.actor_id, whose) in (known.hands or ()) if known_hand else None,
    )


def unusual_lines(rows: QuerySet[AuditEvent], reach: QuerySet[AuditEvent]) -> tuple[list[Line], Surroundings]:
    """The unusual ones among the newest MOST_JUDGED of `rows`, newest first."""
    newest = list(named(rows).order_by("-id")[:MOST_JUDGED])
    lines, known = judged(newest, reach)
    return [line for line in lines if line.flags], known


def in_order(rows: QuerySet[AuditEvent], reach: QuerySet[AuditEvent], size: int = 500) -> Iterator[Line]:
    """All of them judged, newest first, `size` at a time."""
    last: int | None = None
    while True:
        part = rows if last is None else rows.filter(pk__lt=last)
        chunk = list(named(part).order_by("-id")[:size])
        if not chunk:
            return
        yield from judged(chunk, reach)[0]
        last = chunk[-1].pk
