"""Named reads of the organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from orgchart import away, staffactions
from orgchart.devices import device_name
from orgchart.line import chart, codes_above
from orgchart.models import Appointment, Deputyship, Person, Position, Unit, UnitLink
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the reporting line: the position, and where and by whom it is held (nobody: vacant)."""

    position: Position
    unit: Unit | None
    holders: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that a person's page shows. `actions` is what the reader may do, of `staffactions.PAGE_ACTIONS`.

    `away` is the leave of today and to come, `deputies` who stands in without one, `standing_in` for whom the person
    stands in. `details`: the reader may know why somebody is away.
    """

    person: Person
    posts: tuple[Appointment, ...]
    line: tuple[Rung, ...]
    actions: frozenset[str]
    guided: tuple[staffactions.Guided, ...]
    away: tuple[away.Away, ...]
    deputies: tuple[Deputyship, ...]
    standing_in: tuple[Deputyship, ...]
    has_second_factor: bool

    @property
    def details(self) -> bool:
        """Whether the reader records leave or reads the file."""
        return bool(self.actions & {"record_leave", "view_file"})

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Names of the guided actions that are not the reader's, by the reason."""
        reasons: dict[str, list[str]] = {}
        for row in self.guided:
            if row.why:
                reasons.setdefault(row.why, []).append(row.label)
        return [(_(", ").join(labels), why) for why, labels in reasons.items()]

    @property
    def open_actions(self) -> tuple[staffactions.Guided, ...]:
        """Guided actions that the reader may do, an override by an administrator among them."""
        return tuple(row for row in self.guided if not row.why)

    @property
    def may_appoint(self) -> bool:
        """Whether posts can be ended or taken back."""
        return any(row.action == "appoint" for row in self.open_actions)

    @property
    def account_actions(self) -> frozenset[str]:
        """What may be done to the account itself."""
        return self.actions & {"reset_password", "reset_second_factor", "end_sessions"}


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
    actions = staffactions.allowed(reader, person)
    return PersonPage(
        person=person,
        posts=tuple(
            Appointment.objects.filter(person=person)
            .select_related("position", "unit")
            .order_by("-starts_on")
        ),
        line=line_of(person),
        actions=actions,
        guided=tuple(staffactions.guided(reader, person, actions)),
        away=tuple(away.open_leaves(person)),
        deputies=tuple(row for row in away.standing_in(person, for_others=False) if row.leave_id is None),
        standing_in=tuple(away.standing_in(person, for_others=True)),
        has_second_factor=Authenticator.objects.filter(
            user_id=person.pk, type=Authenticator.Type.TOTP
        ).exists(),
    )


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
