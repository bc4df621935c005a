"""A deputy has what the holder has, from the first day to the last, and the trail says "B for A"."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from core.actors import person_actor
from core.errors import Refused
from core.models import AuditEvent
from orgchart.models import Appointment, Person
from orgchart.services import StandIn, name_deputy, record_leave
from orgchart.tests.factories import SYSTEM
from tickets import timeline
from tickets.authority import decide
from tickets.models import Case
from tickets.queries import leaders_of
from tickets.services import Step, perform
from tickets.tests import world
from tickets.tests.doors import api_step, signed_in
from tickets.tests.world import World

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 25), date(2026, 11, 27)
BEFORE, DURING, AFTER = "2026-11-24T15:59:59Z", "2026-11-24T16:00:00Z", "2026-11-27T16:00:00Z"


@pytest.fixture
def desk() -> World:
    """The technical leader of A is away from Wednesday to Friday; a colleague of the information group stands in."""
    made = world.build()
    leader = made.person("leader", "tech_lead", "A-TECH")
    made.person("engineer", "repair_engineer", "A-TECH")
    deputy = made.person("deputy", "repair_engineer", "A-TECH")
    record_leave(
        actor=SYSTEM, person=leader, kind="annual", starts_on=FIRST, ends_on=LAST,
        stand_ins=[StandIn(leader.appointments.get(), deputy)],
    )  # fmt: skip
    made.person("agent", "service_agent", "A-INFO")
    return made


def repair(desk: World, **values: object) -> Case:
    values.setdefault("assignee", desk.people["engineer"])
    return world.case(
        unit=desk.units["A-TECH"],
        kind="repair",
        logged_by=desk.people["agent"],
        **values,  # type: ignore[arg-type]
    )


def person(desk: World, name: str) -> Person:
    """A fresh instance, as a request has."""
    return Person.objects.get(pk=desk.people[name].pk)


def assign(desk: World, case: Case) -> Case:
    return perform(
        actor=person_actor(person(desk, "deputy")), number=case.number, action="assign", version=None,
        step=Step(assignee=desk.people["engineer"].pk),
    )  # fmt: skip


@pytest.mark.parametrize(("at", "allowed"), [(BEFORE, False), (DURING, True), (AFTER, False)])
def test_the_right_lasts_as_long_as_the_leave(desk: World, at: str, allowed: bool) -> None:
    case = repair(desk, status="logged")
    with time_machine.travel(at, tick=False):
        if not allowed:
            with pytest.raises(Refused):
                assign(desk, case)
            return
        assign(desk, case)
    event = AuditEvent.objects.get(action="case.assigned")
    assert (event.actor_id, event.for_id) == (desk.people["deputy"].pk, desk.people["leader"].pk)
    assert (event.actor_label, event.for_label) == ("deputy", "leader")


def test_what_the_deputy_may_anyway_is_not_done_for_the_holder(desk: World) -> None:
    case = repair(desk, status="assigned", assignee=desk.people["deputy"])
    with time_machine.travel(DURING, tick=False):
        perform(
            actor=person_actor(person(desk, "deputy")), number=case.number, action="accept", version=None
        )  # fmt: skip
    assert AuditEvent.objects.get(action="case.accepted").for_id is None


def test_the_deputy_takes_the_steps_of_cases_in_the_holders_hands(desk: World) -> None:
    case = repair(desk, status="assigned", assignee=desk.people["leader"])
    with time_machine.travel(DURING, tick=False):
        answer = api_step(signed_in(person(desk, "deputy")), case, "accept", {})
    assert answer.status_code == 200
    assert AuditEvent.objects.get(action="case.accepted").for_id == desk.people["leader"].pk


def test_the_timeline_says_b_for_a(desk: World) -> None:
    case = repair(desk, status="logged")
    with time_machine.travel(DURING, tick=False):
        assign(desk, case)
    entries, _ = timeline.of_case(Case.objects.prefetch_related("notes").get(pk=case.pk))
    assert str(entries[-1].person) in ("演示deputy 代 演示leader", "演示deputy for 演示leader")


def test_the_sentence_names_the_holder_and_the_last_day(desk: World) -> None:
    case = repair(desk, status="logged")
    with time_machine.travel(DURING, tick=False):
        answer = decide(person(desk, "deputy"), "assign", case)
        assert answer.allowed
        assert "2026-11-27" in answer.sentence()
        assert "演示leader" in answer.sentence()


def test_a_deputys_deputy_acts_while_both_are_away(desk: World) -> None:
    second = desk.person("second", "exchange_engineer", "A-TECH")
    leader_post = Appointment.objects.get(person=desk.people["leader"])
    via = leader_post.deputyships.get()
    name_deputy(actor=SYSTEM, post=leader_post, deputy=second, starts_on=FIRST, ends_on=FIRST, via=via)
    case = repair(desk, status="logged")
    with time_machine.travel(DURING, tick=False):
        assert Case.objects.permitted(person(desk, "second"), "assign").filter(pk=case.pk).exists()
    with time_machine.travel("2026-11-26T04:00:00Z", tick=False):
        assert not Case.objects.permitted(person(desk, "second"), "assign").filter(pk=case.pk).exists()
    via.is_cancelled = True
    via.save()
    with time_machine.travel(DURING, tick=False):
        assert not Case.objects.permitted(person(desk, "second"), "assign").filter(pk=case.pk).exists()


def test_the_bell_of_a_leader_rings_at_the_deputy_too(desk: World) -> None:
    with time_machine.travel(DURING, tick=False):
        assert leaders_of(desk.units["A-TECH"].pk) == [desk.people["leader"].pk, desk.people["deputy"].pk]
    with time_machine.travel(AFTER, tick=False):
        assert leaders_of(desk.units["A-TECH"].pk) == [desk.people["leader"].pk]
