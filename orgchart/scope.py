"""What a person reaches today: the one answer from which every row filter of the trade is made.

Rights always use today in Asia/Shanghai. A closed, leaving or technical account has no posts of the trade. A deputy has
the posts of those whose place is taken, as long as the deputyship lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from orgchart.enums import UnitKind
from orgchart.models import Appointment, Deputyship, Person, UnitLink

WHOLE_CENTRES = frozenset({UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.CENTRE})
_CACHE = "_scope"


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment of today, the person's own or one that the person stands in for.

    `centre_ids` holds the centres at or below the unit for a post at company, department or centre;
    `unit_ids_below` the unit itself and all below it for a post in a group, branch or outlet. The other is empty.
    `holder_id` is whose post it is; `acting_for` that person when it is another's, with `acting_until` the last day
    (None: open). `since` is the first day of the appointment. `rights` are the position's, see `Position.rights`.
    """

    appointment_id: int
    position_code: str
    title: str
    unit_id: int
    unit_label: str
    unit_kind: str
    group_kind: str
    centre_id: int | None
    unit_ids_below: frozenset[int]
    centre_ids: frozenset[int]
    holder_id: int
    since: date
    rights: Mapping[str, Any]
    acting_for: Person | None = None
    acting_until: date | None = None

    def grant(self, action: str) -> Mapping[str, Any] | None:
        """What the position's description grants for `action`: {"reach", "kinds", "limit", "clause"}, or None."""
        found: Mapping[str, Any] | None = self.rights.get("grants", {}).get(action)
        return found

    def reach(self, action: str) -> tuple[str, ...]:
        """How far the position reaches with `action`; empty: not at all."""
        grant = self.grant(action)
        return tuple(grant["reach"]) if grant else ()

    def has_power(self, power: str) -> bool:
        """Whether the description holds this power of 主要权力."""
        return str(power) in self.rights.get("powers", {})


@dataclass(frozen=True, slots=True)
class Scope:
    """All posts of a person on `day`: own ones, the primary one first, then those that the person stands in for."""

    day: date
    posts: tuple[Post, ...]

    @property
    def positions(self) -> frozenset[str]:
        """Codes of the positions held."""
        return frozenset(post.position_code for post in self.posts)

    @property
    def is_deputy(self) -> bool:
        """Whether the person stands in for somebody."""
        return any(post.acting_for is not None for post in self.posts)

    def with_grant(self, action: str) -> list[Post]:
        """The posts that grant `action` at all."""
        return [post for post in self.posts if post.reach(action)]

    def holder_for(self, action: str) -> Person | None:
        """In whose place the person does `action`, granted at all: None when an own post grants it (or none does)."""
        # Own posts come first, so the first one that grants the action decides.
        return next((post.acting_for for post in self.with_grant(action)), None)

    @property
    def centre_ids(self) -> frozenset[int]:
        """Every centre in which at least one post lies, or which lies below one."""
        own = {post.centre_id for post in self.posts if post.centre_id is not None}
        return frozenset(own).union(*(post.centre_ids for post in self.posts))


def today() -> date:
    """The day that rights are taken from (Asia/Shanghai)."""
    return timezone.localdate()


def account_is_open(person: Person, day: date) -> bool:
    """Whether the account may be used on `day`; `leaves_on` is the last working day."""
    return bool(person.is_active) and (person.leaves_on is None or person.leaves_on >= day)


def _below(appointments: Iterable[Appointment]) -> dict[int, list[tuple[int, str]]]:
    """Per unit: (id, kind) of itself and every unit below it. One statement."""
    links = UnitLink.objects.filter(ancestor_id__in={row.unit_id for row in appointments})
    found: dict[int, list[tuple[int, str]]] = {}
    for ancestor, descendant, kind in links.values_list("ancestor_id", "descendant_id", "descendant__kind"):
        found.setdefault(ancestor, []).append((descendant, kind))
    return found


def _post(row: Appointment, below: list[tuple[int, str]], reader_id: int) -> Post:
    whole = row.unit.kind in WHOLE_CENTRES
    centres = frozenset(pk for pk, kind in below if kind == UnitKind.CENTRE)
    acting = row.person_id != reader_id
    return Post(
        appointment_id=row.pk,
        position_code=row.position.code,
        title=row.position.label,
        unit_id=row.unit_id,
        unit_label=row.unit.label,
        unit_kind=row.unit.kind,
        group_kind=row.unit.group_kind,
        centre_id=row.unit.centre_id,
        unit_ids_below=frozenset() if whole else frozenset(pk for pk, _ in below),
        centre_ids=centres if whole else frozenset(),
        holder_id=row.person_id,
        since=row.starts_on,
        rights=row.position.rights,
        acting_for=row.person if acting else None,
        acting_until=getattr(row, "acting_until", None) if acting else None,
    )


def _acting(people: Iterable[int], day: date) -> QuerySet[Deputyship]:
    """Deputyships of these people in force on `day`, for holders whose account is open."""
    rows: QuerySet[Deputyship] = Deputyship.objects.in_force(day).filter(
        deputy_id__in=list(people), post__person__is_active=True
    )
    return rows


def _read(person: Person, day: date) -> Scope:
    if not account_is_open(person, day):
        return Scope(day, ())
    whose = Q(person_id=person.pk)
    if person.has_stood_in:
        standing_in = Deputyship.objects.entered_for(day).filter(deputy_id=person.pk)
        whose |= Q(pk__in=standing_in.values("post"))
    rows = list(
        Appointment.objects.on(day)
        .filter(whose)
        .select_related("position", "unit")
        .order_by("-is_primary", "starts_on", "pk")
    )
    if any(row.person_id != person.pk for row in rows):
        rows = _with_holders(rows, person.pk, day)
    below = _below(rows) if rows else {}
    return Scope(day, tuple(_post(row, below.get(row.unit_id, []), person.pk) for row in rows))


def _with_holders(rows: list[Appointment], deputy: int, day: date) -> list[Appointment]:
    """Own posts first, then those of others that count; asked only of a deputy, because most people are none."""
    acting = {
        row.post_id: row for row in _acting([deputy], day).select_related("post__person").order_by("-depth")
    }
    own: list[Any] = [row for row in rows if row.person_id == deputy]
    others: list[Any] = [row for row in rows if row.person_id != deputy and row.pk in acting]
    for row in others:
        row.person, row.acting_until = acting[row.pk].post.person, acting[row.pk].ends_on
    return own + others


def read_scopes(people: Iterable[Person]) -> None:
    """Read the scopes of many people at once, in three statements, and keep them on the instances."""
    day = today()
    opened = {person.pk: person for person in people if account_is_open(person, day)}
    posts = Appointment.objects.on(day).select_related("position", "unit", "person")
    held: dict[int, list[Appointment]] = {pk: [] for pk in opened}
    for row in posts.filter(person_id__in=opened).order_by("-is_primary", "starts_on", "pk"):
        held[row.person_id].append(row)
    chosen = ("post__position", "post__unit", "post__person")
    for deputyship in _acting(opened, day).select_related(*chosen).order_by("depth", "pk"):
        post: Any = copy(deputyship.post)
        post.acting_until = deputyship.ends_on
        if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day):
            held[deputyship.deputy_id].append(post)
    below = _below([row for rows in held.values() for row in rows])
    for pk, person in opened.items():
        posts_of = tuple(_post(row, below.get(row.unit_id, []), pk) for row in held[pk])
        setattr(person, _CACHE, Scope(day, posts_of))


def scope_of(person: Person) -> Scope:
    """The scope of `person` today, in two statements, three for a deputy; kept on the instance, so once per request."""
    day = today()
    kept: Scope | None = getattr(person, _CACHE, None)
    if kept is None or kept.day != day:
        kept = _read(person, day)
        setattr(person, _CACHE, kept)
    return kept


def forget_scope(person: Person) -> None:
    """Read the scope anew on the next question; for services that change appointments."""
    if hasattr(person, _CACHE):
        delattr(person, _CACHE)
