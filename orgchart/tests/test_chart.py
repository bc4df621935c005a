"""The organisation chart: what it says of units and people, on which day, and to whom."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgchart import chartwords, facts
from orgchart.enums import UnitKind
from orgchart.models import Appointment, Establishment, Person, Position
from orgchart.rules.authority import superior_of
from orgchart.scope import today
from orgchart.services import name_deputy, rebuild_links
from orgchart.services.units import create_unit
from orgchart.tests.charts import DAY, at, names, read
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
