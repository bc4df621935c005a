"""A transfer as one action: service, pages, API, and the queue on three days around it."""

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
from core.errors import Conflict, DomainError, Invalid, Refused
from core.models import AuditEvent, Notification
from orgchart import extensions, services
from orgchart.models import Appointment, Deputyship, Establishment, Override, Person, Position, Unit
from orgchart.policies import may
from orgchart.scope import scope_of, today
from orgchart.services import StandIn
from orgchart.tests.factories import SYSTEM, Organisation, appoint, person_with, technical_admin
from orgchart.tests.guided import look, take, texts
from tickets.models import Case
from tickets.tests import world
from tickets.tests.world import World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def position(code: str) -> Position:
    found: Position = Position.objects.get(code=code)
    return found


def fresh(person: Person) -> Person:
    """As the next request reads the person."""
    found: Person = Person.objects.get(pk=person.pk)
    return found


def move(actor: Person | None, person: Person, code: str, unit: Unit, **more: Any) -> Appointment:
    values: dict[str, Any] = {"starts_on": today(), **more}
    return services.transfer(
        actor=person_actor(actor) if actor else SYSTEM,
        person=person,
        position=position(code),
        unit=unit,
        **values,
    )


def history(person: Person) -> list[tuple[str, str, date, date | None, bool]]:
    rows = Appointment.objects.filter(person=person).order_by("starts_on", "pk")
    columns = rows.values_list("position__code", "unit__code", "starts_on", "ends_on", "is_primary")
    return list(columns)


@pytest.fixture
def personnel(org: Organisation) -> Person:
    return person_with("admin_hr_lead", org.personnel)


@pytest.fixture
def agent(org: Organisation) -> Person:
    return person_with("service_agent", org.near.info)


# -- service ------------------------------------------------------------------------------------------------


def test_the_old_post_ends_the_day_before(org: Organisation, personnel: Person, agent: Person) -> None:
    start = today() - timedelta(days=30)
    move(personnel, agent, "repair_engineer", org.far.tech)
    assert history(agent) == [
        ("service_agent", "C440000-INFO", start, today() - DAY, True),
        ("repair_engineer", "C510000-TECH", today(), None, True),
    ]
    assert scope_of(fresh(agent)).positions == {"repair_engineer"}


def test_a_leading_post_has_one_holder(org: Organisation, personnel: Person, agent: Person) -> None:
    row = move(personnel, agent, "tech_lead", org.far.tech)
    assert row.is_single
    other = person_with("service_agent", org.near.info)
    with pytest.raises(Conflict, match="post_is_held"):
        move(personnel, other, "tech_lead", org.far.tech)


def test_the_trail_says_from_where_to_where(org: Organisation, personnel: Person, agent: Person) -> None:
    move(personnel, agent, "repair_engineer", org.far.tech, reason="本人申请")
    event = AuditEvent.objects.get(action="person.transferred")
    assert (event.actor_id, event.subject_id, event.reason) == (personnel.pk, agent.pk, "本人申请")
    assert event.changes == {
        "post": ["service_agent @ C440000-INFO", "repair_engineer @ C510000-TECH"],
        "starts_on": [None, today().isoformat()],
        "late": [None, False],
    }
    assert Notification.objects.get(code="orgchart.transferred").recipient_id == agent.pk


def test_a_late_entry_says_so(org: Organisation, personnel: Person, agent: Person) -> None:
    first = today() - timedelta(days=3)
    row = move(personnel, agent, "repair_engineer", org.far.tech, starts_on=first)
    assert row.was_late
    assert history(agent)[0][3] == first - DAY
    assert AuditEvent.objects.get(action="person.transferred").changes["late"] == [None, True]


def test_a_transfer_to_come_changes_nothing_yet(org: Organisation, personnel: Person, agent: Person) -> None:
    first = today() + timedelta(days=9)
    move(personnel, agent, "repair_engineer", org.far.tech, starts_on=first)
    assert scope_of(fresh(agent)).positions == {"service_agent"}
    assert [row[3] for row in history(agent)] == [first - DAY, None]


def test_additional_posts_end_only_when_chosen(org: Organisation, personnel: Person, agent: Person) -> None:
    kept = appoint(agent, "repair_engineer", org.near.tech, is_primary=False)
    ended = appoint(agent, "cashier", org.near.finance, is_primary=False)
    strange = appoint(
        person_with("cashier", org.far.finance), "accountant", org.far.finance, is_primary=False
    )
    move(personnel, agent, "service_agent", org.far.info, end_posts=[ended.pk, strange.pk])
    rows = {row.pk: row.ends_on for row in Appointment.objects.filter(pk__in=[kept.pk, ended.pk, strange.pk])}
    assert rows == {kept.pk: None, ended.pk: today() - DAY, strange.pk: None}
    assert AuditEvent.objects.get(action="person.transferred").changes["ended"] == [
        ["cashier @ C440000-FIN"], []
    ]  # fmt: skip


def test_deputies_of_the_old_post_stop_and_the_own_deputyships_go_on(
    org: Organisation, personnel: Person
) -> None:
    lead, deputy = person_with("info_lead", org.near.info), person_with("service_agent", org.near.info)
    boss = person_with("centre_manager", org.near.unit)
    for post, who in ((lead.appointments.get(), deputy), (boss.appointments.get(), lead)):
        services.name_deputy(actor=SYSTEM, post=post, deputy=who, starts_on=today() - DAY, ends_on=None)
    move(personnel, lead, "info_lead", org.far.info)
    assert scope_of(fresh(deputy)).positions == {"service_agent"}
    assert scope_of(fresh(lead)).positions == {"info_lead", "centre_manager"}
    assert Deputyship.objects.get(deputy=deputy).ends_on == today() - DAY


def test_a_deputy_stands_in_until_the_day_before_a_transfer_to_come(
    org: Organisation, personnel: Person, time_machine: Any
) -> None:
    lead, deputy = person_with("info_lead", org.near.info), person_with("service_agent", org.near.info)
    services.name_deputy(
        actor=SYSTEM, post=lead.appointments.get(), deputy=deputy, starts_on=today(), ends_on=None
    )
    first = today() + timedelta(days=3)
    move(personnel, lead, "info_lead", org.far.info, starts_on=first)
    for day, codes in ((first - DAY, {"service_agent", "info_lead"}), (first, {"service_agent"})):
        time_machine.move_to(f"{day.isoformat()}T09:00:00+08:00")
        assert scope_of(fresh(deputy)).positions == codes


def test_the_new_post_ends_where_the_old_one_would_have(
    org: Organisation, personnel: Person, agent: Person
) -> None:
    last = today() + timedelta(days=40)
    services.close_account(actor=SYSTEM, person=agent, last_day=last)
    row = move(personnel, fresh(agent), "repair_engineer", org.far.tech)
    assert row.ends_on == last
    with pytest.raises(Invalid, match="after_last_day"):
        move(personnel, fresh(agent), "service_agent", org.far.info, starts_on=last + DAY)


def test_a_transfer_between_two_entered_ones_fits_in(
    org: Organisation, personnel: Person, agent: Person
) -> None:
    late = today() + timedelta(days=20)
    move(personnel, agent, "service_agent", org.far.info, starts_on=late)
    move(personnel, agent, "repair_engineer", org.near.tech, starts_on=today() + timedelta(days=5))
    assert [(row[0], row[3]) for row in history(agent)] == [
        ("service_agent", today() + timedelta(days=4)),
        ("repair_engineer", late - DAY),
        ("service_agent", None),
    ]


def test_refused_transfers(org: Organisation, personnel: Person, agent: Person) -> None:
    person_with("info_lead", org.near.info)
    Appointment.objects.filter(position__code="info_lead").update(is_single=True)
    start = agent.appointments.get().starts_on
    cases: list[tuple[tuple[str, Unit], dict[str, Any], str, str | None]] = [
        (("service_agent", org.near.info), {}, "no_change", "position"),
        (("info_lead", org.near.info), {}, "post_is_held", "starts_on"),
        (("centre_manager", org.near.info), {}, "wrong_unit", "unit"),
        (("cashier", org.near.tech), {}, "wrong_unit", "unit"),
        (("service_agent", org.far.info), {"starts_on": start}, "appointments_overlap", "starts_on"),
        (("service_agent", org.far.info), {"starts_on": start - DAY}, "appointments_overlap", "starts_on"),
    ]
    before, events = history(agent), AuditEvent.objects.count()
    for place, more, code, field in cases:
        with pytest.raises(DomainError) as refused:
            move(personnel, agent, *place, **more)
        assert (refused.value.code, refused.value.field) == (code, field)
    services.close_account(actor=SYSTEM, person=agent, last_day=today(), at_once=True)
    with pytest.raises(Conflict, match="account_closed"):
        move(None, agent, "service_agent", org.far.info)
    assert [row[:3] for row in history(agent)] == [row[:3] for row in before]
    assert not AuditEvent.objects.filter(action="person.transferred").exists()
    assert AuditEvent.objects.count() > events


def test_who_transfers_whom(org: Organisation, personnel: Person, agent: Person) -> None:
    department = person_with("department_manager", org.department)
    assert move(department, agent, "service_agent", org.far.info)
    manager = person_with("centre_manager", org.near.unit)
    for actor in (person_with("info_lead", org.near.info), manager, technical_admin()):
        with pytest.raises(Refused, match="may_not_appoint"):
            move(actor, agent, "repair_engineer", org.near.tech)
    for actor in (personnel, department):
        with pytest.raises(Refused, match="about_oneself"):
            move(actor, actor, "service_agent", org.near.info)
    with pytest.raises(Refused, match="may_not_appoint"):
        move(department, manager, "department_manager", org.department)
    assert not may(agent, "appoint", manager)


def test_a_deputy_transfers_in_the_place_of_the_holder_but_not_the_holder(
    org: Organisation, personnel: Person, agent: Person
) -> None:
    deputy = person_with("department_supervisor", org.department)
    services.name_deputy(
        actor=SYSTEM, post=personnel.appointments.get(), deputy=deputy, starts_on=today(), ends_on=None
    )
    move(fresh(deputy), agent, "repair_engineer", org.far.tech)
    event = AuditEvent.objects.get(action="person.transferred")
    assert (event.actor_id, event.for_id, event.for_label) == (deputy.pk, personnel.pk, personnel.username)
    with pytest.raises(Refused, match="may_not_appoint"):
        move(fresh(deputy), personnel, "department_supervisor", org.department)


def test_an_override_is_kept_and_told(org: Organisation, agent: Person) -> None:
    admin, lead = technical_admin(), person_with("info_lead", org.near.info)
    move(admin, agent, "repair_engineer", org.near.tech, override="人事组全体休假，今日必须到岗。")
    row = Override.objects.get()
    assert (row.action, row.subject, row.told) == ("staff.transfer", agent, lead)
    assert Notification.objects.filter(code="orgchart.override", recipient=lead).exists()
    assert AuditEvent.objects.filter(action="override.staff.transfer", actor_id=admin.pk).exists()
    with pytest.raises(Refused, match="about_oneself"):
        move(admin, admin, "service_agent", org.near.info, override="人事组全体休假，今日必须到岗。")


def test_established_posts_are_held_to_unless_confirmed(
    org: Organisation, personnel: Person, agent: Person
) -> None:
    Establishment.objects.create(
        unit=org.far.info, position=position("service_agent"), count=0, starts_on=today() - DAY
    )
    with pytest.raises(Invalid, match="over_establishment"):
        move(personnel, agent, "service_agent", org.far.info)
    assert move(personnel, agent, "service_agent", org.far.info, over_establishment=True)


@pytest.fixture
def open_work() -> Any:
    """Every person has open work, as a higher app says; nobody sees what it is."""
    before = list(extensions._work)
    extensions._work[:] = [lambda person: 3]
    yield
    extensions._work[:] = before


def test_open_work_has_to_be_acknowledged(
    org: Organisation, personnel: Person, agent: Person, open_work: None
) -> None:
    with pytest.raises(Invalid) as refused:
        move(personnel, agent, "service_agent", org.far.info)
    assert (refused.value.code, refused.value.field) == ("open_cases", "cases_stay")
    assert move(personnel, agent, "service_agent", org.far.info, cases_stay=True)


# -- taking back --------------------------------------------------------------------------------------------


def test_a_transfer_to_come_can_be_cancelled(org: Organisation, personnel: Person) -> None:
    lead, deputy = person_with("info_lead", org.near.info), person_with("service_agent", org.near.info)
    leave = services.record_leave(
        actor=SYSTEM, person=lead, kind="annual", starts_on=today() + DAY, ends_on=today() + timedelta(days=9),
        stand_ins=[StandIn(lead.appointments.get(), deputy)],
    )  # fmt: skip
    extra = appoint(lead, "cashier", org.near.finance, is_primary=False)
    before, standing_in = (
        history(lead),
        list(Deputyship.objects.values_list("starts_on", "ends_on", "is_cancelled")),
    )
    row = move(
        personnel,
        lead,
        "info_lead",
        org.far.info,
        starts_on=today() + timedelta(days=5),
        end_posts=[extra.pk],
    )
    assert history(lead) != before
    services.cancel_transfer(
        actor=person_actor(personnel), appointment=row, reopen_posts=[extra.pk], reason="取消"
    )
    assert history(lead) == before
    assert list(Deputyship.objects.values_list("starts_on", "ends_on", "is_cancelled")) == standing_in
    assert leave.deputyships.get().deputy == deputy
    assert AuditEvent.objects.get(action="person.transfer_cancelled").reason == "取消"


def test_what_has_begun_cannot_be_cancelled(org: Organisation, personnel: Person, agent: Person) -> None:
    row = move(personnel, agent, "service_agent", org.far.info)
    with pytest.raises(Conflict, match="already_begun"):
        services.cancel_transfer(actor=person_actor(personnel), appointment=row)


def test_cancelling_is_refused_when_the_old_post_was_given_away(org: Organisation, personnel: Person) -> None:
    lead = person_with("info_lead", org.near.info)
    Appointment.objects.filter(person=lead).update(is_single=True)
    first = today() + timedelta(days=5)
    row = move(personnel, lead, "info_lead", org.far.info, starts_on=first)
    move(personnel, person_with("service_agent", org.near.info), "info_lead", org.near.info, starts_on=first)
    with pytest.raises(Conflict, match="post_is_held"):
        services.cancel_transfer(actor=person_actor(personnel), appointment=row)
    assert Appointment.objects.filter(pk=row.pk).exists()


# -- the queue on three days --------------------------------------------------------------------------------

FIRST = date(2026, 11, 25)
BEFORE, ON, AFTER = "2026-11-24T15:59:59Z", "2026-11-24T16:00:01Z", "2026-11-26T04:00:00Z"


@pytest.fixture
def two_groups() -> World:
    """The technical leader of A goes to B on 25 November; an engineer takes over in A on the same day."""
    made = world.build()
    leader, engineer = (
        made.person("leader", "tech_lead", "A-TECH"),
        made.person("engineer", "repair_engineer", "A-TECH"),
    )
    made.person("agent", "service_agent", "A-INFO")
    Appointment.objects.filter(person=leader).update(is_single=True)
    with time_machine.travel("2026-11-20T02:00:00Z"):
        services.transfer(
            actor=SYSTEM,
            person=leader,
            position=position("tech_lead"),
            unit=made.units["B-TECH"],
            starts_on=FIRST,
        )
        services.transfer(
            actor=SYSTEM,
            person=engineer,
            position=position("tech_lead"),
            unit=made.units["A-TECH"],
            starts_on=FIRST,
        )
    return made


@pytest.mark.parametrize(("moment", "moved"), [(BEFORE, False), (ON, True), (AFTER, True)])
def test_the_newcomer_sees_the_queue_that_day_and_the_former_one_does_not(
    two_groups: World, moment: str, moved: bool
) -> None:
    people, units = two_groups.people, two_groups.units
    queue_a = world.case(unit=units["A-TECH"], kind="repair", logged_by=people["agent"])
    queue_b = world.case(unit=units["B-TECH"], kind="repair", logged_by=people["agent"])
    in_hand = world.case(
        unit=units["A-TECH"],
        kind="repair",
        logged_by=people["agent"],
        assignee=people["leader"],
        status="in_progress",
    )
    with time_machine.travel(moment):
        leader, engineer = fresh(people["leader"]), fresh(people["engineer"])
        seen = {case.pk for case in Case.objects.permitted(leader)}
        assert seen == ({queue_b.pk, in_hand.pk} if moved else {queue_a.pk, in_hand.pk})
        # What is in hand can still be worked on in the new post.
        assert Case.objects.permitted(leader, "resolve").get() == in_hand
        assigns = {case.pk for case in Case.objects.permitted(engineer, "assign")}
        assert assigns == ({queue_a.pk, in_hand.pk} if moved else set())
        assert may(engineer, "record_leave", leader) is False


# -- pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(browser: Client, personnel: Person) -> Client:
    browser.force_login(personnel)
    return browser


def form(**more: Any) -> dict[str, Any]:
    return {"position": "repair_engineer", "unit": "C510000-TECH", "starts_on": today().isoformat(), **more}


def test_the_page_shows_what_follows(desk: Client, org: Organisation) -> None:
    lead, deputy = (
        person_with("info_lead", org.near.info, name="旧组长"),
        person_with("service_agent", org.near.info),
    )
    boss, engineer = person_with("centre_manager", org.near.unit), person_with("tech_lead", org.far.tech)
    services.name_deputy(
        actor=SYSTEM, post=lead.appointments.get(), deputy=deputy, starts_on=today(), ends_on=None
    )
    services.name_deputy(
        actor=SYSTEM, post=boss.appointments.get(), deputy=lead, starts_on=today(), ends_on=None
    )
    services.record_leave(
        actor=SYSTEM, person=lead, kind="annual", starts_on=today() + DAY, ends_on=today() + timedelta(days=3)
    )
    before = history(lead)
    follows = texts(look(desk, f"/staff/{lead.pk}/transfer/", form()))
    for name in (deputy.name, boss.name, engineer.name, org.far.tech.label, (today() + DAY).isoformat()):
        assert name in follows
    assert history(lead) == before


def test_taken_on_the_page_it_shows_on_the_persons_page(
    desk: Client, org: Organisation, agent: Person
) -> None:
    first = (today() - timedelta(days=2)).isoformat()
    answer = take(desk, f"/staff/{agent.pk}/transfer/", form(starts_on=first))
    assert answer["Location"] == f"/staff/{agent.pk}/"
    page = desk.get(answer["Location"]).content.decode()
    assert "post-late" in page
    assert org.far.tech.label in page


def test_the_open_work_is_shown_and_acknowledged(
    desk: Client, org: Organisation, agent: Person, open_work: None
) -> None:
    url = f"/staff/{agent.pk}/transfer/"
    page = look(desk, url, form())
    assert "3" in texts(page)
    assert [bound.name for bound in page.context["form"].asked()] == ["cases_stay"]
    assert desk.post(url, form(seen=page.context["seen"])).status_code == 422
    assert take(desk, url, form(), cases_stay="on").status_code == 302


def test_refusals_stand_at_their_field(desk: Client, org: Organisation, agent: Person) -> None:
    person_with("tech_lead", org.far.tech)
    Appointment.objects.filter(position__code="tech_lead").update(is_single=True)
    url = f"/staff/{agent.pk}/transfer/"
    for cells, field, status in (
        ({"position": "service_agent", "unit": "C440000-INFO"}, "position", 422),
        ({"position": "tech_lead"}, "starts_on", 409),
        ({"unit": "C510000-FIN"}, "unit", 422),
        ({"starts_on": ""}, "starts_on", 422),
    ):
        page = look(desk, url, form(**cells))
        assert (page.status_code, field in page.context["form"].errors) == (status, True)
        assert page.context["consequences"] is None


def test_additional_posts_are_chosen_on_the_page(desk: Client, org: Organisation, agent: Person) -> None:
    extra = appoint(agent, "cashier", org.near.finance, is_primary=False)
    take(desk, f"/staff/{agent.pk}/transfer/", form(end_posts=[extra.pk]))
    extra.refresh_from_db()
    assert extra.ends_on == today() - DAY


def test_a_transfer_to_come_is_taken_back_on_the_page(desk: Client, org: Organisation, agent: Person) -> None:
    before = history(agent)
    take(desk, f"/staff/{agent.pk}/transfer/", form(starts_on=(today() + timedelta(days=4)).isoformat()))
    row = agent.appointments.get(starts_on__gt=today())
    url = f"/staff/{agent.pk}/posts/{row.pk}/cancel/"
    assert url in desk.get(f"/staff/{agent.pk}/").content.decode()
    assert take(desk, url, {"reason": ""}).status_code == 302
    assert history(agent) == before
    assert desk.get(url).status_code == 404


def test_an_additional_post_begins_and_ends(desk: Client, org: Organisation, agent: Person) -> None:
    cells = {"position": "cashier", "unit": "C440000-FIN", "starts_on": today().isoformat(), "ends_on": ""}
    assert take(desk, f"/staff/{agent.pk}/posts/new/", cells).status_code == 302
    row = agent.appointments.get(is_primary=False)
    assert take(
        desk, f"/staff/{agent.pk}/posts/{row.pk}/end/", {"last_day": (today() + DAY).isoformat(), "reason": ""}
    )["Location"] == f"/staff/{agent.pk}/"  # fmt: skip
    row.refresh_from_db()
    assert row.ends_on == today() + DAY
    early = look(
        desk,
        f"/staff/{agent.pk}/posts/{row.pk}/end/",
        {"last_day": (today() - DAY).isoformat(), "reason": ""},
    )
    assert (early.status_code, "last_day" in early.context["form"].errors) == (422, True)
    cells |= {"position": "accountant", "starts_on": (today() + DAY).isoformat()}
    take(desk, f"/staff/{agent.pk}/posts/new/", cells)
    later = agent.appointments.get(position__code="accountant")
    assert take(desk, f"/staff/{agent.pk}/posts/{later.pk}/cancel/", {"reason": ""}).status_code == 302
    assert not agent.appointments.filter(pk=later.pk).exists()


def test_ending_the_last_post_is_pointed_out(desk: Client, org: Organisation, agent: Person) -> None:
    row = agent.appointments.get()
    page = look(
        desk, f"/staff/{agent.pk}/posts/{row.pk}/end/", {"last_day": today().isoformat(), "reason": ""}
    )
    assert [one.tone for one in page.context["consequences"]] == ["blue", "orange"]


def test_pages_of_others_are_refused_or_do_not_exist(
    browser: Client, org: Organisation, agent: Person
) -> None:
    paths = [f"/staff/{agent.pk}/transfer/", f"/staff/{agent.pk}/posts/new/"]
    paths.append(f"/staff/{agent.pk}/posts/{agent.appointments.get().pk}/end/")
    for reader, status in (
        (person_with("info_lead", org.near.info), 403),
        (agent, 403),
        (person_with("info_lead", org.far.info), 404),
    ):
        browser.force_login(reader)
        for path in paths:
            assert [browser.get(path).status_code, browser.post(path, form()).status_code] == [status, status]
    stranger = person_with("service_agent", org.near.info).appointments.get()
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    assert browser.get(f"/staff/{agent.pk}/posts/{stranger.pk}/end/").status_code == 404


def test_the_person_page_says_why_not(browser: Client, org: Organisation, agent: Person) -> None:
    Person.objects.update(language="en")
    browser.force_login(person_with("info_lead", org.near.info, language="en"))
    page = browser.get(f"/staff/{agent.pk}/").context["page"]
    refused = {row.url_name: row.why for row in page.guided if row.why}
    assert set(refused) == {"orgchart:transfer", "orgchart:add_post"}
    assert "Information group leader" in refused["orgchart:transfer"]
    browser.force_login(agent)
    whys = [why for _labels, why in browser.get(f"/staff/{agent.pk}/").context["page"].refused]
    assert whys == ["No: nobody decides about their own posts, leave, file or account."]


def test_an_administrator_transfers_by_override_on_the_page(
    browser: Client, org: Organisation, agent: Person
) -> None:
    admin = technical_admin()
    browser.force_login(admin)
    url = f"/staff/{agent.pk}/transfer/"
    assert look(browser, url, form()).status_code == 422
    assert take(browser, url, form(override="人事组全体休假，今日必须到岗。")).status_code == 302
    assert Override.objects.get().action == "staff.transfer"


def test_statements_do_not_grow_with_the_staff(desk: Client, org: Organisation, agent: Person) -> None:
    def count() -> int:
        look(desk, f"/staff/{agent.pk}/transfer/", form())
        with CaptureQueriesContext(connection) as caught:
            assert look(desk, f"/staff/{agent.pk}/transfer/", form()).status_code == 200
        return len(caught)

    before = count()
    for _number in range(20):
        person_with("service_agent", org.near.info)
    assert count() == before


# -- API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def api(settings: Any, personnel: Person) -> Client:
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(personnel)
    return client


def send(api: Client, path: str, body: dict[str, Any], key: str | None = "k1") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(
        f"/api/v1/staff/{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_transfer_by_api_once_per_key(api: Client, org: Organisation, agent: Person) -> None:
    body = {"position": "repair_engineer", "unit": "C510000-TECH", "starts_on": today().isoformat()}
    first = send(api, f"{agent.pk}/transfer/", body)
    assert first.status_code == 201
    assert first.json()["position"]["code"] == "repair_engineer"
    assert send(api, f"{agent.pk}/transfer/", body).json() == first.json()
    assert len(history(agent)) == 2
    other = send(api, f"{agent.pk}/transfer/", {**body, "unit": "C440000-TECH"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_refusals_by_api(api: Client, org: Organisation, agent: Person) -> None:
    body = {"position": "repair_engineer", "unit": "C510000-TECH", "starts_on": today().isoformat()}
    cases: list[tuple[dict[str, Any], int, str, list[str]]] = [
        ({"position": "service_agent", "unit": "C440000-INFO"}, 422, "no_change", ["position"]),
        ({"unit": "C510000-FIN"}, 422, "wrong_unit", ["unit"]),
        ({"unit": "NOWHERE"}, 422, "unknown_unit", ["unit"]),
        ({"position": "king"}, 422, "unknown_position", ["position"]),
        ({"starts_on": "2026-02-30"}, 422, "invalid", ["starts_on"]),
        ({"salary": 1}, 422, "invalid", ["salary"]),
    ]
    for number, (change, status, code, fields) in enumerate(cases):
        answer = send(api, f"{agent.pk}/transfer/", {**body, **change}, f"r{number}")
        assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (
            status,
            code,
            fields,
        )
    assert send(api, f"{agent.pk}/transfer/", body, None).json()["code"] == "key_missing"
    assert send(api, "999999/transfer/", body).status_code == 404
    api.force_login(person_with("info_lead", org.near.info))
    refused = send(api, f"{agent.pk}/transfer/", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_appoint")


def test_list_and_detail_by_api(api: Client, org: Organisation, personnel: Person, agent: Person) -> None:
    lead = person_with("info_lead", org.near.info)
    services.record_leave(
        actor=SYSTEM, person=lead, kind="sick", starts_on=today(), ends_on=today(),
        stand_ins=[StandIn(lead.appointments.get(), agent)],
    )  # fmt: skip
    listed = api.get("/api/v1/staff/?unit=C440000-INFO&limit=1").json()
    assert [row["employee_no"] for row in listed["results"]] == [min(agent.employee_no, lead.employee_no)]
    rest = api.get(listed["next"]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    away = api.get("/api/v1/staff/?away=1").json()["results"]
    assert [row["id"] for row in away] == [lead.pk]
    detail = api.get(f"/api/v1/staff/{lead.pk}/").json()
    assert (detail["leaves"][0]["kind"], detail["deputies"][0]["deputy"]["id"]) == ("sick", agent.pk)
    assert {row["action"]: row["allowed"] for row in detail["actions"]}["transfer"] is True
    api.force_login(agent)
    seen = api.get(f"/api/v1/staff/{lead.pk}/").json()
    assert seen["leaves"][0]["kind"] is None
    assert {row["action"]: bool(row["why"]) for row in seen["actions"]}["transfer"] is True
    for query in ("name=x", "unit=NOWHERE", "position=king", "away=2", "cursor=x"):
        assert api.get(f"/api/v1/staff/?{query}").status_code == 400


def test_statements_of_the_list_by_api(api: Client, org: Organisation, agent: Person) -> None:
    def count() -> int:
        api.get("/api/v1/staff/?limit=100")
        with CaptureQueriesContext(connection) as caught:
            assert api.get("/api/v1/staff/?limit=100").status_code == 200
        return len(caught)

    before = count()
    for _number in range(25):
        person_with("service_agent", org.near.info)
    assert count() == before == 6
