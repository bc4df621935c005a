"""What a staff list is judged against, read in a fixed number of statements however long the list is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

from orgchart.line import chart
from orgchart.models import Appointment, Person, Position, Qualification, Unit, UnitLink
from orgchart.rules.stafflist import Directory, Held, Known, PositionFact, UnitFact


def directory(cells: Iterable[Mapping[str, str]]) -> Directory:
    """The directory for these rows. Seven statements."""
    rows = list(cells)
    numbers = {row.get(column, "").strip() for row in rows for column in ("employee_no", "superior")} - {""}
    names = {row.get("username", "").strip().lower() for row in rows} - {""}
    people = list(Person.objects.filter(Q(employee_no__in=numbers) | Q(username__in=names)))
    return Directory(
        positions=_positions(),
        units=_units(),
        people=_people(people),
        usernames={person.username: person.employee_no for person in people},
        posts=_posts([person.pk for person in people]),
        superiors=chart(),
    )


def _positions() -> list[PositionFact]:
    return [
        PositionFact(
            row.code, (row.title, row.title_en), row.unit_kind, row.group_kind, row.is_leader, row.is_post
        )
        for row in Position.objects.defer("rights", "note")
    ]


def _units() -> list[UnitFact]:
    above: dict[str, set[str]] = defaultdict(set)
    for low, high in UnitLink.objects.values_list("descendant__code", "ancestor__code"):
        above[low].add(high)
    return [
        UnitFact(
            row.code,
            (row.name, row.name_en),
            row.kind,
            row.group_kind,
            row.is_active,
            frozenset(above[row.code]),
        )
        for row in Unit.objects.all()
    ]


def _people(people: list[Person]) -> dict[str, Known]:
    levels: dict[int, set[str]] = defaultdict(set)
    proofs = Qualification.objects.filter(person__in=[person.pk for person in people], kind="education")
    for person, level in proofs.values_list("person_id", "level"):
        levels[person].add(level)
    return {
        person.employee_no: Known(
            person.employee_no, person.name, person.username, person.email, person.hired_on,
            frozenset(levels[person.pk]),
        )
        for person in people
    }  # fmt: skip


def _posts(people: list[int]) -> list[Held]:
    """Posts of these people, and everybody's leading posts, for those have one holder at a time."""
    rows = Appointment.objects.filter(Q(person_id__in=people) | Q(position__is_leader=True))
    columns = rows.values_list(
        "person__employee_no",
        "person__name",
        "position__code",
        "unit__code",
        "starts_on",
        "ends_on",
        "is_primary",
    )
    return [Held(*row) for row in columns.order_by("starts_on", "pk")]
