"""The row filters of cases and the plain question about one case give the same answers."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from core.policy import row_filter
from orgchart.models import Appointment, Deputyship, Person, Position, Unit
from orgchart.scope import today
from tickets.authority import decide, who_may
from tickets.enums import Action
from tickets.models import Case
from tickets.rules.powers import ACTIONS
from tickets.tests import world

pytestmark = pytest.mark.django_db
ASKED = [action for action in ACTIONS if action != Action.LOG]
WITH_HANDLER = ("assigned", "in_progress", "waiting", "resolved")


class RandomDesk:
    """People in any post anywhere, some standing in for others, and cases in any hands."""

    def __init__(self, seed: int, people: int = 22, cases: int = 40) -> None:
        chance = Random(seed)
        desk = world.build()
        units: list[Unit] = [unit for unit in desk.units.values() if unit.centre_id]
        positions = list(Position.objects.all())
        for position in chance.sample(positions, 6):  # some grants are for one kind of case alone
            for grant in position.rights["grants"].values():
                grant["kinds"] = chance.choice([[], ["repair"], ["inquiry"]])
            position.save(update_fields=["rights"])
        self.people = [desk.account(f"p{number}") for number in range(people)]
        places = list(desk.units.values())
        for person in self.people:
            for _ in range(chance.choice([0, 1, 1, 1, 2])):
                Appointment.objects.get_or_create(
                    person=person, position=chance.choice(positions), unit=chance.choice(places),
                    is_primary=False, starts_on=world.LONG_AGO,
                )  # fmt: skip
        posts = list(Appointment.objects.all())
        for post in chance.sample(posts, 8):
            deputy = chance.choice([person for person in self.people if person.pk != post.person_id])
            start = today() + timedelta(days=chance.choice([-5, 0, 1]))
            Deputyship.objects.create(
                post=post,
                deputy=deputy,
                starts_on=start,
                ends_on=start + timedelta(days=chance.choice([0, 4, 30])),
            )
        customer, phone = world.customer(), None
        phone = world.device(customer)
        for _ in range(cases):
            kind = chance.choice(["inquiry", "repair"])
            world.case(
                unit=chance.choice(units), kind=kind, status=chance.choice(WITH_HANDLER), of=customer,
                logged_by=chance.choice(self.people), assignee=chance.choice(self.people),
                readers=tuple(chance.sample(self.people, 2)), phone=phone if kind == "repair" else None,
            )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_row_filters_and_plain_question_agree(seed: int) -> None:
    desk, asked, wrong = RandomDesk(seed), 0, []
    cases = list(Case.objects.select_related("unit", "centre"))
    for person in Person.objects.filter(pk__in=[p.pk for p in desk.people]):
        for action in ASKED:
            rows = set(Case.objects.filter(row_filter(Case, action, person)).values_list("pk", flat=True))
            for case in cases:
                asked += 1
                if decide(person, action, case).allowed != (case.pk in rows):
                    wrong.append((person.username, action, case.pk))
    assert asked == 22 * len(ASKED) * 40
    assert wrong == []


def test_who_may_names_exactly_those_who_may() -> None:
    desk = RandomDesk(5)
    people = list(Person.objects.filter(pk__in=[p.pk for p in desk.people]))
    for case in Case.objects.select_related("unit", "centre")[:12]:
        for answer in who_may(case):
            expected = {
                person.pk for person in people
                if Case.objects.filter(row_filter(Case, answer.action, person), pk=case.pk).exists()
            }  # fmt: skip
            assert {person.pk for person, _ in answer.people} == expected, answer.action
