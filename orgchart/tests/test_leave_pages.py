"""Leave and deputies: pages, the queue while a leader is away, and who did what in whose place."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import person_actor
from core.errors import Invalid, Refused
from core.models import AuditEvent
from orgchart import away, services
from orgchart.models import Deputyship, Leave, Person
from orgchart.rules.staffing import gaps, overlap
from orgchart.scope import scope_of, today
from orgchart.services import StandIn
from orgchart.tests.factories import SYSTEM, Organisation, appoint, person_with, technical_admin
from orgchart.tests.guided import look, take, texts
from tickets.models import Case
from tickets.tests import world
from tickets.tests.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
D = date(2026, 11, 24)


def fresh(person: Person) -> Person:
    """As the next request reads the person."""
    found: Person = Person.objects.get(pk=person.pk)
    return found


def day(offset: int) -> str:
    return (today() + offset * DAY).isoformat()


# -- rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], [(0, 9)]),
        ([(0, 9)], []),
        ([(-5, None)], []),
        ([(0, 3), (6, 9)], [(4, 5)]),
        ([(6, 20), (-3, 2)], [(3, 5)]),
        ([(2, 5), (3, 4)], [(0, 1), (6, 9)]),
        ([(20, 30)], [(0, 9)]),
        ([(5, None)], [(0, 4)]),
    ],
)
def test_days_that_nobody_covers(covered: list[tuple[int, int | None]], left: list[tuple[int, int]]) -> None:
    spans = [(D + first * DAY, None if last is None else D + last * DAY) for first, last in covered]
    assert gaps(D, D + 9 * DAY, spans) == [(D + first * DAY, D + last * DAY) for first, last in left]


def test_days_without_end() -> None:
    assert gaps(D, None, [(D, D + DAY)]) == [(D + 2 * DAY, None)]
    assert gaps(D, None, [(D, None)]) == []
    assert overlap((D, None), (D - DAY, D + DAY)) == (D, D + DAY)
    assert overlap((D, None), (D - 2 * DAY, D - DAY)) is None


# -- people -------------------------------------------------------------------------------------------------


@pytest.fixture
def boss(org: Organisation) -> Person:
    return person_with("centre_manager", org.near.unit)


@pytest.fixture
def lead(org: Organisation) -> Person:
    return person_with("info_lead", org.near.info)


@pytest.fixture
def mate(org: Organisation) -> Person:
    return person_with("tech_lead", org.near.tech)


@pytest.fixture
def desk(browser: Client, boss: Person) -> Client:
    browser.force_login(boss)
    return browser


def leave_form(lead: Person, deputy: Person | None = None, **more: Any) -> dict[str, Any]:
    post = lead.appointments.get()
    named = {f"deputy_post{post.pk}": str(deputy.pk) if deputy else "", f"other_post{post.pk}": ""}
    return {"kind": "annual", "starts_on": day(0), "ends_on": day(4), "note": "", **named, **more}


# -- record, end, cancel ------------------------------------------------------------------------------------


def test_leave_is_recorded_with_a_deputy(desk: Client, lead: Person, mate: Person) -> None:
    url = f"/staff/{lead.pk}/leave/new/"
    page = look(desk, url, leave_form(lead, mate))
    assert mate.name in texts(page)
    assert not Leave.objects.exists()
    assert take(desk, url, leave_form(lead, mate))["Location"] == f"/staff/{lead.pk}/leave/"
    row = Deputyship.objects.get()
    assert (row.deputy, row.starts_on, row.ends_on, row.leave) == (
        mate, today(), today() + 4 * DAY, Leave.objects.get()
    )  # fmt: skip
    assert scope_of(fresh(mate)).positions == {"tech_lead", "info_lead"}


def test_nobody_is_no_deputy_and_is_pointed_out(desk: Client, lead: Person) -> None:
    url = f"/staff/{lead.pk}/leave/new/"
    page = look(desk, url, leave_form(lead))
    assert [one.tone for one in page.context["consequences"]] == ["blue", "orange"]
    take(desk, url, leave_form(lead))
    shown = desk.get(f"/staff/{lead.pk}/leave/").context["open"][0]
    assert shown.is_uncovered
    assert [cover.missing for cover in shown.covers] == [((today(), today() + 4 * DAY),)]


def test_somebody_else_is_named_by_employee_number(desk: Client, org: Organisation, lead: Person) -> None:
    agent = person_with("service_agent", org.near.branch)
    stranger = person_with("service_agent", org.far.info)
    post = lead.appointments.get()
    url = f"/staff/{lead.pk}/leave/new/"
    wrong = look(desk, url, leave_form(lead, **{f"other_post{post.pk}": stranger.employee_no}))
    assert (wrong.status_code, f"other_post{post.pk}" in wrong.context["form"].errors) == (422, True)
    take(desk, url, leave_form(lead, **{f"other_post{post.pk}": agent.employee_no}))
    assert Deputyship.objects.get().deputy == agent


def test_refusals_stand_at_the_field_of_the_post(
    desk: Client, org: Organisation, lead: Person, mate: Person
) -> None:
    url, field = f"/staff/{lead.pk}/leave/new/", f"deputy_post{lead.appointments.get().pk}"
    own = look(desk, url, leave_form(lead, lead))
    assert (own.status_code, field in own.context["form"].errors) == (422, True)
    backwards = look(desk, url, leave_form(lead, ends_on=day(-1)))
    assert (backwards.status_code, "ends_on" in backwards.context["form"].errors) == (422, True)
    take(desk, url, leave_form(lead, mate))
    twice = look(desk, url, leave_form(lead, mate))
    assert (twice.status_code, "starts_on" in twice.context["form"].errors) == (409, True)


def test_back_early_and_cancelled(desk: Client, lead: Person, mate: Person) -> None:
    take(desk, f"/staff/{lead.pk}/leave/new/", leave_form(lead, mate, starts_on=day(-3)))
    row = Leave.objects.get()
    url = f"/staff/{lead.pk}/leave/{row.pk}/end/"
    assert look(desk, url, {"back_on": day(9)}).status_code == 422
    assert mate.name in texts(look(desk, url, {"back_on": day(0)}))
    take(desk, url, {"back_on": day(0)})
    row.refresh_from_db()
    assert (row.ends_on, row.is_cancelled) == (today() - DAY, False)
    assert scope_of(fresh(mate)).positions == {"tech_lead"}
    assert desk.get(url).status_code == 404
    take(desk, f"/staff/{lead.pk}/leave/new/", leave_form(lead, mate, starts_on=day(5), ends_on=day(6)))
    later = Leave.objects.get(starts_on=today() + 5 * DAY)
    take(desk, f"/staff/{lead.pk}/leave/{later.pk}/end/", {"back_on": day(5)})
    later.refresh_from_db()
    assert later.is_cancelled
    assert Deputyship.objects.get(leave=later).is_cancelled
    assert len(desk.get(f"/staff/{lead.pk}/leave/").context["past"]) == 2


def test_a_deputy_without_a_leave_begins_and_ends(desk: Client, lead: Person, mate: Person) -> None:
    url = f"/staff/{lead.pk}/deputies/new/"
    cells = {
        "seat": f"post{lead.appointments.get().pk}", "deputy_it": str(mate.pk), "other_it": "", "starts_on": day(0),
        "ends_on": "", "reason": "培训",
    }  # fmt: skip
    assert look(desk, url, {**cells, "deputy_it": str(lead.pk)}).status_code == 422
    assert take(desk, url, cells).status_code == 302
    row = Deputyship.objects.get()
    assert scope_of(fresh(mate)).is_deputy
    twice = look(desk, url, cells)
    assert (twice.status_code, "starts_on" in twice.context["form"].errors) == (409, True)
    end = f"/staff/{lead.pk}/deputies/{row.pk}/end/"
    take(desk, end, {"last_day": day(-1)})
    assert not scope_of(fresh(mate)).is_deputy
    assert desk.get(end).status_code == 404


def test_the_deputy_of_a_deputy_and_no_further(
    desk: Client, org: Organisation, lead: Person, mate: Person, settings: Any
) -> None:
    third, fourth = person_with("network_admin", org.near.unit), person_with("tech_support", org.near.unit)
    take(desk, f"/staff/{lead.pk}/leave/new/", leave_form(lead, mate))
    first = Deputyship.objects.get()
    own = mate.appointments.get()
    form = {
        **leave_form(mate, ends_on=day(1)), f"other_post{own.pk}": third.employee_no,
        f"deputy_via{first.pk}": "other", f"other_via{first.pk}": third.employee_no,
    }  # fmt: skip
    take(desk, f"/staff/{mate.pk}/leave/new/", form)
    second = Deputyship.objects.get(via=first)
    assert (second.depth, second.post, second.ends_on) == (2, first.post, today() + DAY)
    assert scope_of(fresh(third)).positions == {"network_admin", "info_lead", "tech_lead"}
    away_again = {
        **leave_form(third, ends_on=day(1)), f"deputy_via{second.pk}": "other",
        f"other_via{second.pk}": fourth.employee_no,
    }  # fmt: skip
    refused = look(desk, f"/staff/{third.pk}/leave/new/", away_again)
    assert (refused.status_code, f"other_via{second.pk}" in refused.context["form"].errors) == (422, True)
    assert refused.context["form"].errors.as_data()[f"other_via{second.pk}"][0].code == "deputy_too_deep"


def test_a_deputy_who_is_away_too_leaves_a_gap(desk: Client, lead: Person, mate: Person) -> None:
    services.record_leave(
        actor=SYSTEM, person=mate, kind="trip", starts_on=today() + DAY, ends_on=today() + 2 * DAY
    )
    page = look(desk, f"/staff/{lead.pk}/leave/new/", leave_form(lead, mate))
    assert [one.tone for one in page.context["consequences"]] == ["blue", "green", "orange"]
    take(desk, f"/staff/{lead.pk}/leave/new/", leave_form(lead, mate))
    shown = away.open_leaves(lead)[0]
    assert shown.covers[0].missing == ((today() + DAY, today() + 2 * DAY),)


def test_proposals_are_near_and_there(org: Organisation, boss: Person, lead: Person, mate: Person) -> None:
    gone = person_with("finance_lead", org.near.finance)
    services.record_leave(actor=SYSTEM, person=gone, kind="sick", starts_on=today(), ends_on=None)
    agent = person_with("service_agent", org.near.info)
    person_with("service_agent", org.far.info)
    personnel = person_with("admin_hr_lead", org.personnel)
    found = [one.person for one in away.proposals(personnel, lead.appointments.get(), today(), today())]
    assert found == [mate, agent, boss]
    above = [one.person for one in away.proposals(personnel, boss.appointments.get(), today(), today())]
    assert above[:2] == sorted([lead, mate], key=lambda person: person.employee_no)


# -- who may ------------------------------------------------------------------------------------------------


def test_who_records_the_leave_of_whom(org: Organisation, boss: Person, lead: Person) -> None:
    agent = person_with("service_agent", org.near.info)
    values: dict[str, Any] = {"kind": "annual", "ends_on": today()}
    for number, actor in enumerate((lead, boss, person_with("admin_hr_lead", org.personnel))):
        services.record_leave(
            actor=person_actor(actor), person=agent, starts_on=today() - (number + 5) * DAY,
            kind="annual", ends_on=today() - (number + 5) * DAY,
        )  # fmt: skip
    for actor, code in (
        (agent, "about_oneself"),
        (person_with("info_lead", org.far.info), "may_not_record_leave"),
        (person_with("service_agent", org.near.info), "may_not_record_leave"),
        (technical_admin(), "may_not_record_leave"),
    ):
        with pytest.raises(Refused, match=code):
            services.record_leave(actor=person_actor(actor), person=agent, starts_on=today(), **values)


def test_pages_of_others(browser: Client, org: Organisation, lead: Person, mate: Person) -> None:
    services.record_leave(
        actor=SYSTEM, person=lead, kind="sick", starts_on=today(), ends_on=None, note="住院"
    )
    for reader, page, form, details in (
        (mate, 200, 403, False),
        (lead, 200, 403, True),
        (person_with("centre_manager", org.near.unit), 200, 200, True),
        (person_with("info_lead", org.far.info), 404, 404, None),
    ):
        browser.force_login(reader)
        answer = browser.get(f"/staff/{lead.pk}/leave/")
        assert answer.status_code == page
        for path in ("leave/new/", "deputies/new/"):
            assert browser.get(f"/staff/{lead.pk}/{path}").status_code == form
        if page == 200:
            assert ("住院" in answer.content.decode()) is details
            assert bool(answer.context["why_not"]) is (form == 403)
            assert ("Sick" in str(answer.content) or "病假" in answer.content.decode()) is details


def test_the_persons_page_says_that_but_not_why(browser: Client, lead: Person, mate: Person) -> None:
    services.record_leave(
        actor=SYSTEM, person=lead, kind="sick", starts_on=today(), ends_on=None, note="住院"
    )
    browser.force_login(mate)
    page = browser.get(f"/staff/{lead.pk}/")
    assert page.context["page"].away[0].now
    assert not page.context["page"].details
    assert "住院" not in page.content.decode()


# -- who is away --------------------------------------------------------------------------------------------


def test_who_is_away_in_sight(
    browser: Client, org: Organisation, boss: Person, lead: Person, mate: Person
) -> None:
    agent, stranger = person_with("service_agent", org.near.info), person_with("info_lead", org.far.info)
    for person, first, last in (
        (lead, 0, 2), (agent, 1, None), (mate, 31, 40), (stranger, 0, 0), (boss, -5, -1)
    ):  # fmt: skip
        services.record_leave(
            actor=SYSTEM, person=person, kind="annual", starts_on=today() + first * DAY,
            ends_on=None if last is None else today() + last * DAY,
        )  # fmt: skip
    browser.force_login(boss)
    page = browser.get("/leave/")
    assert [row.leave.person for row in page.context["page"].object_list] == [lead, agent]
    assert (page.context["now"], page.context["uncovered"]) == (1, 1)
    missing = browser.get("/leave/", {"missing": "on"})
    assert [row.leave.person for row in missing.context["page"].object_list] == [lead]
    other = browser.get("/leave/", {"unit": org.near.tech.pk})
    assert other.context["page"].object_list == []
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    assert len(browser.get("/leave/").context["page"].object_list) == 3


def test_statements_of_who_is_away_do_not_grow(browser: Client, org: Organisation, boss: Person) -> None:
    def add(number: int) -> None:
        for _number in range(number):
            agent, deputy = (person_with("service_agent", org.near.info) for _ in "ab")
            services.record_leave(
                actor=SYSTEM, person=agent, kind="annual", starts_on=today(), ends_on=today(),
                stand_ins=[StandIn(agent.appointments.get(), deputy)],
            )  # fmt: skip

    def count(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(path).status_code == 200
        return len(caught)

    browser.force_login(boss)
    add(1)
    someone = Leave.objects.get().person
    paths = ("/leave/", f"/staff/{someone.pk}/leave/")
    before = [count(path) for path in paths]
    add(20)
    assert [count(path) for path in paths] == before == [9, 14]


# -- while the leader is away -------------------------------------------------------------------------------

FIRST, LAST = date(2026, 11, 25), date(2026, 11, 27)
BEFORE, DURING, LATE, AFTER = (
    "2026-11-24T15:59:59Z", "2026-11-24T16:00:01Z", "2026-11-27T15:59:00Z", "2026-11-27T16:00:01Z"
)  # fmt: skip


@pytest.fixture
def office(settings: Any) -> World:
    """The technical leader of A is away from Wednesday to Friday; the agent of the information group stands in."""
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    made = world.build()
    boss = made.person("boss", "centre_manager", "A")
    leader, deputy = (
        made.person("leader", "tech_lead", "A-TECH"),
        made.person("deputy", "branch_head", "A-BR"),
    )
    made.person("engineer", "repair_engineer", "A-TECH")
    made.person("agent", "service_agent", "A-INFO")
    Person.objects.update(language="en")
    with time_machine.travel("2026-11-20T02:00:00Z"):
        client = Client()
        client.force_login(boss)
        form = leave_form(leader, deputy, starts_on=FIRST.isoformat(), ends_on=LAST.isoformat())
        assert take(client, f"/staff/{leader.pk}/leave/new/", form).status_code == 302
    return made


@pytest.mark.parametrize(("moment", "acts"), [(BEFORE, False), (DURING, True), (LATE, True), (AFTER, False)])
def test_the_deputy_sees_the_queue_from_the_first_day_to_the_last(
    office: World, moment: str, acts: bool
) -> None:
    case = world.case(unit=office.units["A-TECH"], kind="repair", logged_by=office.people["agent"])
    with time_machine.travel(moment):
        deputy = fresh(office.people["deputy"])
        assert Case.objects.permitted(deputy).filter(pk=case.pk).exists() is acts
        client = Client()
        client.force_login(deputy)
        assert client.get(f"/cases/{case.number}/").status_code == (200 if acts else 404)
        menu = client.get("/account/").content.decode()
        assert (f"You stand in for {office.people['leader'].name}" in menu) is acts
        # The holder goes on seeing the queue: being away takes no right.
        assert Case.objects.permitted(fresh(office.people["leader"])).filter(pk=case.pk).exists()


def test_what_the_deputy_does_is_recorded_as_b_for_a(office: World) -> None:
    case = world.case(unit=office.units["A-TECH"], kind="repair", logged_by=office.people["agent"])
    deputy, leader, engineer = (office.people[name] for name in ("deputy", "leader", "engineer"))
    with time_machine.travel(DURING):
        client = Client()
        client.force_login(fresh(deputy))
        answer = client.post(
            f"/cases/{case.number}/assign/", {"assignee": engineer.pk, "version": case.version}
        )
        assert answer.status_code == 302
        page = client.get(f"/cases/{case.number}/").content.decode()
    event = AuditEvent.objects.get(action="case.assigned")
    assert (event.actor_id, event.for_id) == (deputy.pk, leader.pk)
    assert f"{deputy.name} for {leader.name}" in page


def test_back_early_takes_the_queue_from_the_deputy(office: World) -> None:
    case = world.case(unit=office.units["A-TECH"], kind="repair", logged_by=office.people["agent"])
    row = Leave.objects.get()
    with time_machine.travel("2026-11-26T02:00:00Z"):
        client = Client()
        client.force_login(office.people["boss"])
        take(client, f"/staff/{office.people['leader'].pk}/leave/{row.pk}/end/", {"back_on": "2026-11-26"})
        assert not Case.objects.permitted(fresh(office.people["deputy"])).filter(pk=case.pk).exists()


# -- API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def api(settings: Any, boss: Person) -> Client:
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(boss)
    return client


def send(api: Client, person: Person, body: dict[str, Any], key: str) -> Any:
    return api.post(
        f"/api/v1/staff/{person.pk}/leave/", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip


def test_leave_by_api(api: Client, lead: Person, mate: Person) -> None:
    post = lead.appointments.get()
    body = {
        "kind": "annual", "starts_on": day(0), "ends_on": day(2), "stand_ins": [{"post": post.pk, "deputy": mate.pk}]
    }  # fmt: skip
    first = send(api, lead, body, "k")
    assert (first.status_code, first.json()["is_uncovered"]) == (201, False)
    assert send(api, lead, body, "k").json() == first.json()
    assert Leave.objects.count() == Deputyship.objects.count() == 1
    again = send(api, lead, body, "k2")
    assert (again.status_code, again.json()["code"]) == (409, "leave_overlaps")


def test_refused_leave_by_api(api: Client, org: Organisation, lead: Person, mate: Person) -> None:
    post, other = lead.appointments.get(), mate.appointments.get()
    stranger = person_with("service_agent", org.far.info)
    body = {"kind": "annual", "starts_on": day(0), "ends_on": day(2)}
    cases: list[tuple[dict[str, Any], int, str, str]] = [
        ({"kind": "party"}, 422, "invalid", "kind"),
        ({"ends_on": day(-1)}, 422, "ends_before_start", "ends_on"),
        ({"stand_ins": [{"post": other.pk, "deputy": mate.pk}]}, 422, "unknown_post", "stand_ins.0.post"),
        (
            {"stand_ins": [{"post": post.pk, "deputy": stranger.pk}]},
            422,
            "unknown_person",
            "stand_ins.0.deputy",
        ),
        ({"stand_ins": [{"post": post.pk, "deputy": lead.pk}]}, 422, "own_deputy", "stand_ins.0.deputy"),
    ]
    for number, (change, status, code, field) in enumerate(cases):
        answer = send(api, lead, {**body, **change}, f"r{number}")
        assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (
            status,
            code,
            [field],
        )
    assert not Leave.objects.exists()
    api.force_login(mate)
    refused = send(api, lead, body, "x")
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_record_leave")


def test_a_leave_that_outlasts_the_post_is_covered_as_far_as_it_goes(
    boss: Person, lead: Person, mate: Person
) -> None:
    post = lead.appointments.get()
    services.end_appointment(actor=SYSTEM, appointment=post, last_day=today() + DAY)
    services.record_leave(
        actor=person_actor(boss), person=lead, kind="annual", starts_on=today(), ends_on=today() + 9 * DAY,
        stand_ins=[StandIn(post, mate)],
    )  # fmt: skip
    assert Deputyship.objects.get().ends_on == today() + DAY


def test_a_post_that_is_over_needs_no_deputy(boss: Person, lead: Person, mate: Person) -> None:
    post = lead.appointments.get()
    services.end_appointment(actor=SYSTEM, appointment=post, last_day=today() - DAY)
    appoint(lead, "service_agent", post.unit, starts_on=today())
    with pytest.raises(Invalid) as refused:
        services.record_leave(
            actor=person_actor(boss), person=lead, kind="annual", starts_on=today(), ends_on=today(),
            stand_ins=[StandIn(post, mate)],
        )  # fmt: skip
    assert (refused.value.code, refused.value.context["post"]) == ("deputy_outside_post", post.pk)
