"""A joiner as one action: service, page, trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import person_actor
from core.audit import verify_chain
from core.errors import DomainError, Invalid, Refused
from core.models import AuditEvent
from orgchart import services
from orgchart.models import Appointment, Establishment, LoanedItem, Override, Person, Position, Unit
from orgchart.scope import scope_of, today
from orgchart.services import Newcomer, Thing
from orgchart.services.joining import Joined
from orgchart.tests.factories import SYSTEM, Organisation, person_with, technical_admin
from orgchart.tests.guided import look, take, texts

pytestmark = pytest.mark.django_db

WHO = Newcomer("新同事", "N001", "New.One", "new@example.com")


def position(code: str) -> Position:
    found: Position = Position.objects.get(code=code)
    return found


def join(actor: Person | None, unit: Unit, code: str = "service_agent", **more: Any) -> Joined:
    values = {"who": WHO, "position": position(code), "unit": unit, "starts_on": today(), **more}
    return services.join(actor=person_actor(actor) if actor else SYSTEM, **values)


@pytest.fixture
def personnel(org: Organisation) -> Person:
    return person_with("admin_hr_lead", org.personnel)


def establish(unit: Unit, code: str, count: int) -> None:
    Establishment.objects.create(
        unit=unit, position=position(code), count=count, starts_on=today() - timedelta(days=99)
    )


def test_account_post_password_and_things_in_one_go(org: Organisation, personnel: Person) -> None:
    things = [Thing("钥匙", "K-7"), Thing("工牌")]
    done = join(personnel, org.near.info, things=things)
    person = Person.objects.get(username="new.one")
    assert (person.name, person.employee_no, person.hired_on) == ("新同事", "N001", today())
    assert person.must_change_password
    assert person.check_password(done.password or "")
    assert [post.position_code for post in scope_of(person).posts] == ["service_agent"]
    assert list(LoanedItem.objects.filter(person=person).values_list("name", "serial_no", "handed_on")) == [
        ("钥匙", "K-7", today()), ("工牌", "", today())
    ]  # fmt: skip
    actions = ["person.created", "person.appointed", "file.item_handed", "file.item_handed"]
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True))[-4:] == actions
    assert verify_chain().ok


def test_a_first_day_in_the_past_is_a_late_entry(org: Organisation, personnel: Person) -> None:
    done = join(personnel, org.near.info, starts_on=today() - timedelta(days=3))
    assert done.post.was_late
    assert AuditEvent.objects.get(action="person.appointed").changes["late"] == [None, True]
    assert not join(personnel, org.near.info, who=Newcomer("乙", "N002", "two")).post.was_late


@pytest.mark.parametrize(("days", "given"), [(0, True), (6, True), (7, False), (30, False)])
def test_no_password_that_would_expire_before_the_first_day(
    org: Organisation, personnel: Person, days: int, given: bool
) -> None:
    done = join(personnel, org.near.info, starts_on=today() + timedelta(days=days))
    assert (done.password is not None) is given
    assert done.person.has_usable_password() is given


def test_rights_begin_on_the_first_day(org: Organisation, personnel: Person, time_machine: Any) -> None:
    first = today() + timedelta(days=5)
    done = join(personnel, org.near.info, starts_on=first)
    assert scope_of(Person.objects.get(pk=done.person.pk)).posts == ()
    time_machine.move_to(f"{first.isoformat()}T00:00:01+08:00")
    assert scope_of(Person.objects.get(pk=done.person.pk)).positions == {"service_agent"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"who": Newcomer("乙", "N001", "other")}, "employee_no_taken", "employee_no"),
        ({"who": Newcomer("乙", "N002", "NEW.one")}, "username_taken", "username"),
    ],
)
def test_numbers_and_names_are_given_once(
    org: Organisation, personnel: Person, change: dict[str, Any], code: str, field: str
) -> None:
    join(personnel, org.near.info)
    with pytest.raises(DomainError) as refused:
        join(personnel, org.near.info, **change)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_refusals_leave_nothing_behind(org: Organisation, personnel: Person) -> None:
    people, events = Person.objects.count(), AuditEvent.objects.count()
    person_with("info_lead", org.near.info)
    Appointment.objects.filter(position__code="info_lead").update(is_single=True)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"code": "info_lead"}, "post_is_held"),
        ({"code": "cashier"}, "wrong_unit"),
        ({"code": "centre_manager"}, "wrong_unit"),
        ({"who": Newcomer("乙", "N002", "b", hired_on=today() + timedelta(days=1))}, "hired_after_start"),
    ]
    for change, code in cases:
        with pytest.raises(DomainError, match=code):
            join(personnel, org.near.info, **change)
    assert (Person.objects.count(), AuditEvent.objects.count()) == (people + 1, events)


def test_who_may_enter_whom(org: Organisation) -> None:
    department = person_with("department_manager", org.department)
    join(department, org.near.info)
    for actor in (
        person_with("centre_manager", org.near.unit),
        person_with("info_lead", org.near.info),
        person_with("service_agent", org.near.info),
        technical_admin(),
    ):
        with pytest.raises(Refused, match="may_not_appoint"):
            join(actor, org.near.info, who=Newcomer("乙", "N002", "b"))


def test_an_administrator_needs_a_reason_that_the_superior_reads(org: Organisation) -> None:
    admin, lead = technical_admin(), person_with("info_lead", org.near.info)
    with pytest.raises(Invalid) as refused:
        join(admin, org.near.info, override="short")
    assert (refused.value.code, refused.value.field) == ("reason_too_short", "override")
    done = join(admin, org.near.info, override="人事组全体休假，今日到岗。")
    row = Override.objects.get()
    assert (row.action, row.subject, row.told, row.refusal["code"]) == (
        "staff.join", done.person, lead, "may_not_appoint"
    )  # fmt: skip


def test_established_posts_are_held_to_unless_confirmed(org: Organisation, personnel: Person) -> None:
    establish(org.near.info, "service_agent", 1)
    join(personnel, org.near.info)
    with pytest.raises(Invalid) as refused:
        join(personnel, org.near.info, who=Newcomer("乙", "N002", "b"))
    assert (refused.value.code, refused.value.field) == ("over_establishment", "over_establishment")
    join(personnel, org.near.info, who=Newcomer("乙", "N002", "b"), over_establishment=True)
    assert Appointment.objects.filter(unit=org.near.info, position__code="service_agent").count() == 2


# -- page ---------------------------------------------------------------------------------------------------


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "新同事", "employee_no": "N001", "username": "New.One", "email": "", "language": "zh-hans",
        "position": "service_agent", "unit": "C440000-INFO", "starts_on": today().isoformat(), "hired_on": "",
        "thing_1": "电脑", "serial_1": "PC-1", **more,
    }  # fmt: skip


@pytest.fixture
def desk(browser: Client, personnel: Person) -> Client:
    browser.force_login(personnel)
    return browser


def test_the_page_shows_what_follows_and_writes_nothing_yet(desk: Client, org: Organisation) -> None:
    lead = person_with("info_lead", org.near.info)
    establish(org.near.info, "service_agent", 2)
    people, events = Person.objects.count(), AuditEvent.objects.count()
    page = look(desk, "/staff/new/", form(starts_on=(today() - timedelta(days=2)).isoformat()))
    assert page.status_code == 200
    for words in ("new.one", lead.name, "2", org.near.info.label):
        assert words in texts(page)
    assert [one.tone for one in page.context["consequences"]].count("orange") == 1  # the late entry
    assert (Person.objects.count(), AuditEvent.objects.count()) == (people, events)


def test_the_password_is_shown_once_at_the_end(desk: Client, org: Organisation) -> None:
    answer = take(desk, "/staff/new/", form())
    person = Person.objects.get(employee_no="N001")
    assert answer["Location"] == f"/staff/{person.pk}/"
    shown = desk.get(answer["Location"])
    assert person.check_password(shown.context["one_time_password"])
    assert desk.get(answer["Location"]).context["one_time_password"] is None
    assert LoanedItem.objects.get(person=person).name == "电脑"


def test_what_was_changed_after_the_look_is_looked_at_again(desk: Client, org: Organisation) -> None:
    seen = look(desk, "/staff/new/", form()).context["seen"]
    again = desk.post("/staff/new/", form(unit="C510000-INFO", seen=seen))
    assert again.status_code == 200
    assert org.far.info.label in texts(again)
    assert not Person.objects.filter(employee_no="N001").exists()
    assert desk.post("/staff/new/", form(seen=seen)).status_code == 302


def test_the_confirmation_shows_only_when_it_is_needed(desk: Client, org: Organisation) -> None:
    assert look(desk, "/staff/new/", form()).context["form"].asked() == []
    establish(org.near.info, "service_agent", 0)
    page = look(desk, "/staff/new/", form())
    assert [bound.name for bound in page.context["form"].asked()] == ["over_establishment"]
    refused = desk.post("/staff/new/", form(seen=page.context["seen"]))
    assert refused.status_code == 422
    assert "over_establishment" in refused.context["form"].errors
    done = desk.post("/staff/new/", form(over_establishment="on", seen=refused.context["seen"]))
    assert done.status_code == 302


@pytest.mark.parametrize(
    ("cells", "field", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"employee_no": "N 1"}, "employee_no", 422),
        ({"username": "新"}, "username", 422),
        ({"starts_on": "1.2.2026"}, "starts_on", 422),
        ({"starts_on": "0001-01-01"}, "starts_on", 422),
        ({"position": "nobody"}, "position", 422),
        ({"unit": "C440000-FIN"}, "unit", 422),
        ({"position": "info_lead"}, "starts_on", 409),
    ],
)
def test_refusals_stand_at_their_field_and_keep_what_was_typed(
    desk: Client, org: Organisation, cells: dict[str, str], field: str, status: int
) -> None:
    person_with("info_lead", org.near.info)
    Appointment.objects.filter(position__code="info_lead").update(is_single=True)
    page = look(desk, "/staff/new/", form(**cells))
    assert page.status_code == status
    assert field in page.context["form"].errors
    assert "PC-1" in page.content.decode()


def test_the_page_is_refused_with_a_sentence(browser: Client, org: Organisation) -> None:
    browser.force_login(person_with("centre_manager", org.near.unit))
    assert browser.get("/staff/new/").status_code == 403
    assert not browser.get("/staff/").context["may_join"]
    admin = technical_admin()
    browser.force_login(admin)
    assert "override" in browser.get("/staff/new/").context["form"].fields
    answer = take(browser, "/staff/new/", form(override="人事组全体休假，今日到岗。"))
    assert answer.status_code == 302
    assert Override.objects.get().actor == admin


def test_statements_do_not_grow_with_the_staff(desk: Client, org: Organisation) -> None:
    def count() -> int:
        desk.get("/staff/new/")
        with CaptureQueriesContext(connection) as caught:
            assert look(desk, "/staff/new/", form()).status_code == 200
        return len(caught)

    before = count()
    for _number in range(20):
        person_with("service_agent", org.near.info)
    assert count() == before
