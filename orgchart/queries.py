"""Named reads of the organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from orgchart.devices import device_name
from orgchart.line import chart, codes_above
from orgchart.models import Appointment, Person, Position, Unit, UnitLink
from orgchart.policies import ACCOUNT_ACTIONS
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the reporting line: the position, and where and by whom it is held (nobody: vacant)."""

    position: Position
    unit: Unit | None
    holders: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that a person's page shows. `actions` are the account actions that the reader may do."""

    person: Person
    posts: tuple[Appointment, ...]
    line: tuple[Rung, ...]
    actions: frozenset[str]
    has_second_factor: bool


@dataclass(slots=True)
class Branch:
    """A unit of the tree: its leader post, who holds it, how many people work there, the units below."""

    unit: Unit
    leader_post: Position | None
    leaders: list[Person] = field(default_factory=list)
    staff: int = 0
    children: list[Branch] = field(default_factory=list)

    @property
    def is_vacant(self) -> bool:
        """Whether the unit has a leader post that nobody holds."""
        return self.leader_post is not None and not self.leaders


def posts_on(day: date) -> QuerySet[Appointment]:
    """Appointments in force on `day` with person, position and unit."""
    rows: QuerySet[Appointment] = Appointment.objects.on(day).select_related("person", "position", "unit")
    return rows


def _open_people(rows: Iterable[Appointment]) -> list[Appointment]:
    return [row for row in rows if row.person.is_active]


def line_of(person: Person, day: date | None = None) -> tuple[Rung, ...]:
    """The line above the person's primary post, nearest first, vacant posts included. Four statements."""
    day = day or today()
    post = posts_on(day).filter(person_id=person.pk).order_by("-is_primary", "pk").first()
    if post is None:
        return ()
    codes = list(codes_above(chart(), post.position.code))
    positions = {position.code: position for position in Position.objects.filter(code__in=codes)}
    above = UnitLink.objects.filter(descendant_id=post.unit_id).values("ancestor_id")
    holders = _open_people(
        posts_on(day).filter(position__code__in=codes, unit_id__in=above).exclude(person=person)
    )
    return tuple(
        _rung(positions[code], [row for row in holders if row.position.code == code]) for code in codes
    )


def _rung(position: Position, rows: list[Appointment]) -> Rung:
    return Rung(position, rows[0].unit if rows else None, tuple(row.person for row in rows))


def superiors_of(person: Person, day: date | None = None) -> tuple[Person, ...]:
    """Holders of the nearest post above that is not vacant; empty for the top of the line."""
    return next((rung.holders for rung in line_of(person, day) if rung.holders), ())


def people_in(
    unit: Unit, day: date | None = None, positions: Iterable[str] | None = None
) -> QuerySet[Person]:
    """Open accounts with a post at the unit or below on `day`, optionally in some positions only."""
    day = day or today()
    rows = Appointment.objects.on(day).filter(person_id=OuterRef("pk"), unit__above__ancestor_id=unit.pk)
    if positions is not None:
        rows = rows.filter(position__code__in=list(positions))
    open_accounts = Q(leaves_on=None) | Q(leaves_on__gte=day)
    found: QuerySet[Person] = Person.objects.filter(open_accounts, Exists(rows), is_active=True)
    return found


def staff(
    reader: Person, *, unit: Unit | None = None, position: str = "", name: str = ""
) -> QuerySet[Person]:
    """Open accounts that `reader` sees, with the posts of today, by employee number. Two statements."""
    current = Prefetch("appointments", queryset=posts_on(today()), to_attr="current_posts")
    people: QuerySet[Person] = Person.objects.permitted(reader, "view").filter(is_active=True)
    if unit is not None or position:
        posts = Appointment.objects.on(today()).filter(person_id=OuterRef("pk"))
        posts = posts.filter(unit__above__ancestor_id=unit.pk) if unit is not None else posts
        posts = posts.filter(position__code=position) if position else posts
        people = people.filter(Exists(posts))
    if name:
        people = people.filter(Q(name__icontains=name) | Q(employee_no__iexact=name))
    return people.order_by("employee_no").prefetch_related(current)


def person_page(reader: Person, person: Person) -> PersonPage:
    """What `reader` gets to see of `person`; the caller has checked that the person is visible."""
    actions = (
        action
        for action in ACCOUNT_ACTIONS
        if person.is_active and Person.objects.permitted(reader, action).filter(pk=person.pk).exists()
    )
    return PersonPage(
        person=person,
        posts=tuple(
            Appointment.objects.filter(person=person)
            .select_related("position", "unit")
            .order_by("-starts_on")
        ),
        line=line_of(person),
        actions=frozenset(actions),
        has_second_factor=Authenticator.objects.filter(
            user_id=person.pk, type=Authenticator.Type.TOTP
        ).exists(),
    )


def unit_tree(reader: Person) -> list[Branch]:
    """The tree of the units that `reader` sees, with leaders, vacancies and heads. Three statements."""
    posts = {
        (post.unit_kind, post.group_kind): post
        for post in Position.objects.filter(is_leader=True, is_post=True)
    }
    units = list(Unit.objects.permitted(reader, "view").filter(is_active=True).order_by("code"))
    branches = {unit.pk: Branch(unit, posts.get((unit.kind, unit.group_kind))) for unit in units}
    for row in _open_people(posts_on(today()).filter(unit_id__in=list(branches))):
        branch = branches[row.unit_id]
        branch.staff += 1
        if row.position.is_leader:
            branch.leaders.append(row.person)
    return _grow(units, branches)


def _grow(units: list[Unit], branches: dict[int, Branch]) -> list[Branch]:
    roots: list[Branch] = []
    for unit in units:
        parent = branches.get(unit.parent_id or 0)
        (parent.children if parent else roots).append(branches[unit.pk])
    return roots


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session of the person and the device that it runs on."""

    session: UserSession
    device: str


def sessions_of(person: Person) -> list[OwnSession]:
    """The person's own sessions, the newest first; those that have ended already are dropped."""
    alive = UserSession.objects.purge_and_list(person)
    newest_first = sorted(alive, key=lambda session: session.last_seen_at, reverse=True)
    return [OwnSession(session, device_name(session.user_agent)) for session in newest_first]


def vacancies(tree: Iterable[Branch]) -> int:
    """How many leader posts of the tree nobody holds."""
    return sum(branch.is_vacant + vacancies(branch.children) for branch in tree)
