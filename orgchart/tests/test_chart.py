"""The organisation chart: what it says of units and people, on which day, and to whom."""

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
from orgchart import chartdata, chartwords, facts
from orgchart.chartdata import Chart
from orgchart.enums import UnitKind
from orgchart.models import Appointment, Establishment, Person, Position, Unit
from orgchart.rules.authority import superior_of
from orgchart.scope import forget_scope, today
from orgchart.services import close_unit, move_unit, name_deputy, rebuild_links
from orgchart.services.units import create_unit
from orgchart.tests.factories import (
    SYSTEM,
    Organisation,
    PersonFactory,
    appoint,
    make_centre,
    person_with,
    technical_admin,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def at(chart: Chart, unit: Unit) -> int:
    """The place of the unit in the chart."""
    return next(place for place, row in enumerate(chart.units) if row.pk == unit.pk)


def names(chart: Chart) -> set[str]:
    """Everybody who is named in it as the holder of a post."""
    return {post.name for posts in chart.posts for post in posts}


def read(reader: Person, day: date | None = None, base: date | None = None, **more: Any) -> Chart:
    forget_scope(reader)
    return chartdata.read(reader, day or today(), base, **more)


# -- what it says ---------------------------------------------------------------------------------------------------


def test_a_leading_post_has_a_holder_or_is_vacant(org: Organisation) -> None:
    lead = person_with("info_lead", org.near.info)
    chart = read(lead)
    assert [post.name for post in chart.leaders(at(chart, org.near.info))] == [lead.name]
    assert chart.is_vacant(at(chart, org.near.tech))
    assert not chart.is_vacant(at(chart, org.near.info))
    assert not chart.is_vacant(at(chart, org.near.outlet)), "nobody leads an outlet"


def test_a_leading_post_that_is_not_established_is_not_vacant(org: Organisation) -> None:
    reader = person_with("centre_manager", org.near.unit)
    position = Position.objects.get(code="tech_lead")
    Establishment.objects.create(unit=org.near.tech, position=position, count=0, starts_on=today())
    chart = read(reader)
    assert not chart.is_vacant(at(chart, org.near.tech))


def test_several_posts_of_one_person_are_marked(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    appoint(manager, "tech_lead", org.near.tech, is_primary=False)
    helper = PersonFactory()
    appoint(helper, "service_agent", org.near.info, is_primary=False)
    single = person_with("service_agent", org.near.info)
    doubles = read(manager).doubles
    assert {manager.pk, helper.pk} == doubles
    assert single.pk not in doubles


def test_a_deputy_is_named_until_the_last_day(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    deputy = person_with("tech_lead", org.near.tech)
    post = Appointment.objects.get(person=manager)
    last = today() + 5 * DAY
    name_deputy(actor=SYSTEM, post=post, deputy=deputy, starts_on=today(), ends_on=last)
    stands_in = read(manager).deputies[post.pk]
    assert [(row.name, row.until) for row in stands_in] == [(deputy.name, last)]
    assert read(manager, last + DAY).deputies == {}
    assert read(manager, today() - DAY).deputies == {}


def test_the_dotted_line_leads_to_sales(org: Organisation) -> None:
    create_unit(
        actor=SYSTEM,
        code="SALES",
        kind=UnitKind.OUTSIDE,
        name="销售部门",
        name_en="Sales",
        parent=org.company,
    )
    person_with("service_agent", org.near.info)
    lead = person_with("info_lead", org.near.info)
    chart = read(lead)
    assert chart.dotted(at(chart, org.near.info)) == ["SALES"]
    assert chart.dotted(at(chart, org.near.tech)) == []


def test_the_span_of_control_is_the_line_of_the_powers(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    people = [
        person_with("info_lead", org.near.info),
        *(person_with("service_agent", org.near.info) for _ in range(3)),
        *(person_with("repair_engineer", org.near.tech) for _ in range(2)),
        person_with("branch_head", org.near.branch),
    ]
    chart = read(manager)
    spans = {
        post.person: chart.spans[post.pk] for row in chart.posts for post in row if post.pk in chart.spans
    }
    walked = facts.read(today(), None).facts
    above = [superior_of(walked, person.pk) for person in people]
    expected = {
        pk: [seat.person for seat in above if seat].count(pk)
        for pk in {seat.person for seat in above if seat}
    }
    assert spans == expected
    assert expected[manager.pk] == 4, "two engineers answer to the manager while their lead is vacant"


def test_establishment_against_filled_says_over_and_under(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    for _ in range(3):
        person_with("service_agent", org.near.info)
    codes = {"service_agent": 2, "info_lead": 1}
    for code, count in codes.items():
        position = Position.objects.get(code=code)
        Establishment.objects.create(unit=org.near.info, position=position, count=count, starts_on=today())
    chart = read(manager)
    place = at(chart, org.near.info)
    assert chart.filled[place] == (3, 3, 1, 1)
    assert chart.below[at(chart, org.near.unit)] == (3, 3, 1, 1)
    said = [text for _, text in chartwords.state_of(chart.filled[place], chartwords.words())]  # type: ignore[arg-type]
    assert said == ["缺编 1", "超编 1"] or len(said) == 2
    assert read(manager, today() - DAY).filled[place] is None


# -- who sees it ----------------------------------------------------------------------------------------------------


def test_people_of_a_neighbour_never_appear(org: Organisation, browser: Client) -> None:
    reader = person_with("centre_manager", org.near.unit)
    strangers = [
        person_with("centre_manager", org.far.unit, name="邻省经理"),
        person_with("service_agent", org.far.info, name="邻省信息员"),
        person_with("department_manager", org.department, name="部门经理"),
    ]
    position = Position.objects.get(code="centre_manager")
    Establishment.objects.create(unit=org.far.unit, position=position, count=7, starts_on=today() - DAY)
    browser.force_login(reader)
    address = f"?with={today() - 400 * DAY}"
    paths = ("/chart/", "/chart/data/", f"/chart/{address}", f"/chart/data/{address}")
    pages = [browser.get(path) for path in paths]
    for page in pages:
        text = page.content.decode()
        assert reader.name in text
        assert not [stranger.name for stranger in strangers if stranger.name in text]
    chart = read(reader)
    far = at(chart, org.far.unit)
    assert (chart.units[far].sees_posts, chart.is_vacant(far), chart.filled[far], chart.below[far]) == (
        False,
        False,
        None,
        None,
    )
    assert org.far.info.pk not in {unit.pk for unit in chart.units}


def test_department_manager_and_administrator_see_everybody(org: Organisation) -> None:
    people = [person_with("service_agent", org.near.info), person_with("service_agent", org.far.info)]
    for reader in (person_with("department_manager", org.department), technical_admin()):
        assert {person.name for person in people} <= names(read(reader))


def test_a_part_out_of_sight_does_not_exist(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    for address in ("/chart/", "/chart/data/"):
        assert browser.get(address, {"unit": org.near.tech.pk}).status_code == 200
        for unit in (org.far.tech.pk, 999_999, "x", "1" * 30):
            assert browser.get(address, {"unit": unit}).status_code == 404


def test_a_part_holds_the_unit_and_what_lies_below(org: Organisation) -> None:
    reader = person_with("centre_manager", org.near.unit)
    head = person_with("branch_head", org.near.branch)
    chart = read(reader, root=org.near.branch.pk)
    assert [unit.pk for unit in chart.units] == [org.near.branch.pk, org.near.outlet.pk]
    assert [unit.parent for unit in chart.units] == [-1, 0]
    assert names(chart) == {head.name}


# -- on which day ---------------------------------------------------------------------------------------------------


@pytest.fixture
def transferred(org: Organisation) -> Person:
    """Worked near until ten days ago and far since."""
    person = PersonFactory(name="调动人")
    turn = today() - 10 * DAY
    appoint(person, "service_agent", org.near.info, starts_on=turn - 50 * DAY, ends_on=turn - DAY)
    appoint(person, "service_agent", org.far.info, starts_on=turn)
    return person


def test_a_transfer_shows_on_either_side_on_its_days_alone(org: Organisation, transferred: Person) -> None:
    near, far = person_with("centre_manager", org.near.unit), person_with("centre_manager", org.far.unit)
    turn = today() - 10 * DAY
    seen = {
        (reader, day): transferred.name in names(read(reader, day))
        for reader in (near, far)
        for day in (turn - 51 * DAY, turn - DAY, turn, today())
    }
    assert [seen[near, day] for day in (turn - 51 * DAY, turn - DAY, turn, today())] == [
        False,
        True,
        False,
        False,
    ]
    assert [seen[far, day] for day in (turn - 51 * DAY, turn - DAY, turn, today())] == [
        False,
        False,
        True,
        True,
    ]


def test_a_former_colleague_is_named_without_a_page(
    org: Organisation, transferred: Person, browser: Client
) -> None:
    near = person_with("centre_manager", org.near.unit)
    before = today() - 11 * DAY
    assert read(near, before).hidden == {transferred.pk}
    browser.force_login(near)
    text = browser.get("/chart/", {"on": before.isoformat()}).content.decode()
    assert transferred.name in text
    assert f"/staff/{transferred.pk}/" not in text


def test_who_left_is_on_the_chart_of_the_days_before(org: Organisation) -> None:
    reader = person_with("centre_manager", org.near.unit)
    gone = PersonFactory(is_active=False, leaves_on=today() - 5 * DAY)
    appoint(gone, "service_agent", org.near.info, ends_on=today() - 5 * DAY)
    assert gone.name in names(read(reader, today() - 5 * DAY))
    assert gone.name not in names(read(reader, today() - 4 * DAY))


def test_a_unit_stands_where_it_stood_on_the_day(org: Organisation) -> None:
    reader = person_with("department_manager", org.department)
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
        before, after = read(reader, start), read(reader)
        assert before.units[before.units[at(before, org.near.branch)].parent].pk == org.near.unit.pk
        assert after.units[after.units[at(after, org.near.branch)].parent].pk == org.far.unit.pk
        compared = read(reader, today(), start)
        told = [(row.kind, row.label, row.before, row.after) for row in compared.unit_changes]
        assert told == [("unit_moved", org.near.branch.label, org.near.unit.label, org.far.unit.label)]


def test_a_closed_unit_is_on_the_chart_of_the_days_before(org: Organisation) -> None:
    reader = person_with("department_manager", org.department)
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        close_unit(actor=SYSTEM, unit=org.near.outlet)
        shown = [
            org.near.outlet.pk in {unit.pk for unit in read(reader, day).units}
            for day in (start, start + 2 * DAY, today())
        ]
        assert shown == [True, True, False]
        compared = read(reader, today(), start)
        assert [row.kind for row in compared.unit_changes] == ["unit_went"]
        assert compared.units[at(compared, org.near.outlet)].mark == "unit_went"


def test_a_unit_that_a_person_opened_later_is_not_there_before(org: Organisation) -> None:
    admin = technical_admin()
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        facts = {"kind": UnitKind.OUTLET, "name": "新网点", "name_en": "New", "parent": org.near.branch}
        new = create_unit(actor=person_actor(admin), code="NEW", **facts)
        assert new.pk not in {unit.pk for unit in read(admin, start).units}
        assert [row.kind for row in read(admin, today(), start).unit_changes] == ["unit_came"]


# -- two days compared ----------------------------------------------------------------------------------------------


def test_differences_are_told_in_words(org: Organisation, transferred: Person, browser: Client) -> None:
    reader = person_with("department_manager", org.department, name="读者", starts_on=date(2020, 1, 1))
    old, new = PersonFactory(name="前任"), PersonFactory(name="继任")
    turn = today() - 5 * DAY
    appoint(old, "centre_manager", org.near.unit, ends_on=turn - DAY)
    appoint(new, "centre_manager", org.near.unit, starts_on=turn)
    appoint(new, "tech_lead", org.near.tech, starts_on=turn, is_primary=False)
    browser.force_login(reader)
    page = browser.get(
        "/chart/", {"with": (today() - 20 * DAY).isoformat()}, headers={"Accept-Language": "en"}
    )
    lines = {(line.word, line.person) for line in page.context["lines"]}
    marks = chartwords.mark_words()
    assert {(marks["moved"], transferred.pk), (marks["went"], old.pk), (marks["came"], new.pk)} <= lines
    holders = {row.unit: (row.before, row.after) for row in page.context["chart"].new_holders}
    chart = page.context["chart"]
    assert holders[at(chart, org.near.unit)] == (("前任",), ("继任",))
    assert holders[at(chart, org.near.tech)] == ((), ("继任",))
    packed = json.loads(browser.get("/chart/data/", {"with": (today() - 20 * DAY).isoformat()}).content)
    assert packed["base"] == (today() - 20 * DAY).isoformat()
    assert f"{org.near.unit.label}" in page.content.decode()


def test_a_post_taken_on_and_given_up(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit, starts_on=today() - 60 * DAY)
    head = person_with("branch_head", org.near.branch, starts_on=today() - 60 * DAY)
    over = {"starts_on": today() - 50 * DAY, "ends_on": today() - 30 * DAY}
    appoint(manager, "info_lead", org.near.info, is_primary=False, **over)
    appoint(head, "tech_lead", org.near.tech, is_primary=False, starts_on=today() - 10 * DAY)
    found = {(change.kind, change.person) for change in read(manager, today(), today() - 40 * DAY).changes}
    assert found == {("gave_up", manager.pk), ("took_on", head.pk)}


def test_nothing_is_different_between_equal_days(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    chart = read(manager, today(), today() - 5 * DAY)
    assert (chart.changes, chart.new_holders, chart.unit_changes) == ([], [], [])


def test_a_renewed_appointment_is_no_difference(org: Organisation) -> None:
    manager = PersonFactory()
    appoint(
        manager, "centre_manager", org.near.unit, starts_on=today() - 50 * DAY, ends_on=today() - 10 * DAY
    )
    appoint(manager, "centre_manager", org.near.unit, starts_on=today() - 9 * DAY)
    chart = read(manager, today(), today() - 20 * DAY)
    assert (chart.changes, chart.new_holders) == ([], [])


def test_who_moves_out_of_sight_has_gone_and_nothing_says_where(
    org: Organisation, transferred: Person
) -> None:
    near = person_with("centre_manager", org.near.unit, starts_on=today() - 60 * DAY)
    chart = read(near, today(), today() - 20 * DAY)
    assert [(change.kind, change.after) for change in chart.changes] == [("went", None)]
    assert all("C510000-INFO" not in line.text for line in chartwords.differences(chart))


# -- the page -------------------------------------------------------------------------------------------------------


def test_a_day_that_is_none_is_refused_at_its_field(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("centre_manager", org.near.unit))
    for wrong in ("31.12.2026", "2026-02-30", "1066-01-01"):
        page = browser.get("/chart/", {"on": wrong})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["on"])
        assert wrong in page.content.decode()
        data = browser.get("/chart/data/", {"with": wrong})
        assert (data.status_code, list(data.json()["fields"])) == (422, ["with"])


def test_a_search_travels_in_the_body_and_finds_what_is_in_sight(org: Organisation, browser: Client) -> None:
    reader = person_with("centre_manager", org.near.unit)
    wanted = person_with("service_agent", org.near.info, name="欧阳近处")
    person_with("service_agent", org.far.info, name="欧阳远方")
    browser.force_login(reader)
    answer = browser.post("/chart/", {"name": "欧阳", "on": today().isoformat(), "unit": ""})
    assert "欧阳" not in answer["Location"]
    assert f"on={today()}" in answer["Location"]
    found = browser.get(answer["Location"]).context["hits"]
    assert [post.person for post, _, _ in found.people] == [wanted.pk]
    units = browser.get(browser.post("/chart/", {"name": "b1"})["Location"]).context["hits"].units
    assert [unit.pk for unit in units] == [org.near.branch.pk, org.near.outlet.pk]
    assert browser.post("/chart/", {"name": " "})["Location"] == "/chart/?"


def test_the_old_address_leads_to_the_chart(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    assert browser.get("/units/")["Location"] == "/chart/"


# -- what it costs --------------------------------------------------------------------------------------------------


def statements(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


def grow(org: Organisation) -> None:
    """Ten more centres with people in them."""
    centres = [
        make_centre(org.department, f"C9{number}0000", "110000", links=False) for number in range(10, 20)
    ]
    rebuild_links()
    for centre in centres:
        person_with("centre_manager", centre.unit)
        person_with("service_agent", centre.info)
    for _ in range(10):
        person_with("service_agent", org.near.info)


@pytest.mark.parametrize(
    ("position", "expected"),
    [("department_manager", [9, 9, 10, 10]), ("centre_manager", [9, 9, 11, 11])],
)
def test_statements_do_not_grow_with_the_organisation(
    org: Organisation, browser: Client, position: str, expected: list[int]
) -> None:
    unit = org.department if position == "department_manager" else org.near.unit
    browser.force_login(person_with(position, unit))
    ago = (today() - 20 * DAY).isoformat()
    paths = ("/chart/", "/chart/data/", f"/chart/?on={ago}", f"/chart/?with={ago}")
    assert [statements(browser, path) for path in paths] == expected
    grow(org)
    assert [statements(browser, path) for path in paths] == expected


def test_the_whole_company_fits_into_300_kb(org: Organisation, browser: Client) -> None:
    fill(org)
    browser.force_login(person_with("department_manager", org.department))
    for language in ("zh-hans", "en"):
        Person.objects.update(language=language)
        page, data = browser.get("/chart/"), browser.get("/chart/data/")
        counted = len(json.loads(data.content)["units"]), Appointment.objects.count()
        assert counted[0] > 840
        assert counted[1] > 2000
        assert len(page.content) + len(data.content) <= 300_000


def fill(org: Organisation) -> None:
    """34 centres, 102 branches, 600 outlets and 2,000 people, in bulk."""
    from bench.organisation import fill as fill_organisation

    fill_organisation()
