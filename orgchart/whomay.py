"""Who may do what to this one? For a person and for a position, by the same rules as the checks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from orgchart import facts as reading
from orgchart.authority import Decision
from orgchart.enums import Power
from orgchart.facts import Named
from orgchart.line import chart, codes_above, codes_below
from orgchart.models import Appointment, Deputyship, Person, Position
from orgchart.policies import ALL, EDIT_POSITION
from orgchart.reach import open_on
from orgchart.rights import who_text
from orgchart.rules.authority import decide
from orgchart.scope import read_scopes, scope_of, today


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may, and the sentence that says why."""

    person: Person
    sentence: str


@dataclass(frozen=True, slots=True)
class PowerHolders:
    """Who may use `power` on the person; of reports: to whom the person reports."""

    power: str
    label: str
    people: tuple[Candidate, ...]


def who_may_on(person: Person) -> list[PowerHolders]:
    """For every power, who may use it on `person` today. Twelve statements, however long the line is.

    Candidates are everybody up the line and whoever stands in there: no power reaches from anywhere else.
    """
    line = reading.read(today(), {person.pk})
    ids = _candidates(line, person.pk)
    named = reading.read(today(), {person.pk, *ids})
    named.people[person.pk] = person.name
    people = Person.objects.in_bulk(ids)
    candidates = [people[pk] for pk in ids if pk in people]
    return [_holders(named, power, person, candidates) for power in Power.values]


def _candidates(line: Named, person: int) -> list[int]:
    """The holders of the posts above and their deputies, the nearest first."""
    rank = _ranks(line, person)
    seats = [seat for seat in line.facts.seats if seat.person != person]
    seats.sort(key=lambda seat: (rank.get(seat.position, len(rank)), seat.appointment))
    found = dict.fromkeys(pk for seat in seats for pk in (seat.person, *seat.deputies))
    return [pk for pk in found if pk != person]


def _ranks(named: Named, person: int) -> dict[str, int]:
    """How far each position stands above the person, the nearest first."""
    rank: dict[str, int] = {}
    for seat in named.facts.of(person):
        for place, code in enumerate(codes_above(named.facts.superiors, seat.position)):
            rank.setdefault(code, place)
    return rank


def _holders(named: Named, power: str, person: Person, candidates: list[Person]) -> PowerHolders:
    found = []
    for other in candidates:
        asks, asked = (person, other) if power == Power.REPORT else (other, person)
        verdict = decide(named.facts, asks.pk, power, asked.pk)
        if verdict.allowed:
            answer = Decision(verdict, power, asks.pk, asked.pk, None, named)
            found.append(Candidate(other, answer.sentence()))
    label = _("Receive the person's reports") if power == Power.REPORT else str(Power(power).label)
    return PowerHolders(power, label, tuple(found))


@dataclass(frozen=True, slots=True)
class PositionHolders:
    """A position seen from outside.

    `rules`: the positions whose descriptions let their holders edit this one, with how far they reach;
    `editors`: who edits it today; `holders`: who gets its rights today. Both only as far as the reader sees people.
    """

    position: Position
    rules: tuple[tuple[Position, str], ...]
    editors: tuple[Candidate, ...]
    holders: tuple[Candidate, ...]


def who_may_edit(reader: Person, position: Position) -> PositionHolders:
    """Who may edit `position`, and who gets its rights. A fixed number of statements."""
    superiors = chart()
    granting = list(Position.objects.filter(rights__grants__has_key=EDIT_POSITION))
    rules = [(row, words) for row in granting if (words := _edit_reach(row, position, superiors))]
    codes = {row.code for row, _words in rules}
    people = _in_posts(reader, codes | {position.code})
    editors, holders = [], []
    for person in people:
        posts = scope_of(person).posts
        own = [post for post in posts if post.position_code == position.code]
        holders += [Candidate(person, who_text(post)) for post in own]
        # Nobody edits the description of a post that they hold or stand in for.
        editing = [post for post in posts if post.position_code in codes]
        if editing and not own:
            editors.append(Candidate(person, who_text(editing[0])))
    return PositionHolders(position, tuple(rules), tuple(editors), tuple(holders))


def _edit_reach(row: Position, position: Position, superiors: dict[str, str | None]) -> str:
    """How `row` reaches `position` with «position.edit», in words; empty when it does not."""
    if ALL in row.rights["grants"][EDIT_POSITION]["reach"]:
        return _("all positions but the own") if row.code != position.code else ""
    below = codes_below(superiors, row.code)
    return _("all positions below") if position.code in below else ""


def _in_posts(reader: Person, codes: set[str]) -> list[Person]:
    """People whom `reader` sees and who hold one of the positions today or stand in there, with their scopes."""
    posts = Appointment.objects.on(today()).filter(position__code__in=codes)
    acting = Deputyship.objects.in_force(today()).filter(post__in=posts.values("pk"))
    rows = Q(pk__in=posts.values("person_id")) | Q(pk__in=acting.values("deputy_id"))
    people = list(
        Person.objects.permitted(reader, "view").filter(rows, open_on(today())).order_by("employee_no")
    )
    read_scopes(people)
    return people


__all__ = ["Candidate", "PositionHolders", "PowerHolders", "who_may_edit", "who_may_on"]
