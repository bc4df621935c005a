"""Reading job descriptions: list, page, versions, missing signatures; who sees what, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from orgchart.descriptions import queries
from orgchart.descriptions.remarks import remark
from orgchart.descriptions.sheet import merged, sheet
from orgchart.enums import VersionState
from orgchart.models import Deputyship, Establishment, Position, PositionVersion, Signature
from orgchart.scope import today
from orgchart.services.projection import add_version
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with
from orgchart.tests.positionbodies import bodies, body

pytestmark = pytest.mark.django_db


def lines(response: Any) -> dict[str, queries.Line]:
    return {line.position.code: line for line in response.context["lines"]}


def propose(code: str, **changes: Any) -> PositionVersion:
    position = Position.objects.get(code=code)
    return add_version(position, {**body(code), **changes}, state=VersionState.PROPOSED, origin="file")


def sign(person: Any, code: str) -> Signature:
    version = PositionVersion.objects.get(position__code=code, state=VersionState.IN_FORCE)
    return Signature.objects.create(
        version=version,
        person=person,
        name=person.name,
        fingerprint=version.fingerprint,
        signed_at=timezone.now(),
    )


def statements(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


def crowd(org: Organisation, number: int) -> None:
    for person in PersonFactory.create_batch(number):
        appoint(person, "service_agent", org.near.info)


# -- the list -----------------------------------------------------------------------------------------------


def test_list_shows_every_position_to_everybody(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    assert set(lines(browser.get("/positions/"))) == set(bodies())


def test_list_counts_the_holders_in_sight_as_the_staff_list_does(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("info_lead", org.near.info))
    crowd(org, 3)
    person_with("service_agent", org.far.info)
    shown = lines(browser.get("/positions/"))["service_agent"].holders
    listed = browser.get("/staff/", {"position": "service_agent"}).context["page"].paginator.count
    assert shown == listed == 3


def test_list_counts_units_without_a_leader_as_vacancies(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("department_manager", org.department))
    assert lines(browser.get("/positions/"))["tech_lead"].vacant == 2
    person_with("tech_lead", org.near.tech)
    found = lines(browser.get("/positions/"))
    assert (found["tech_lead"].holders, found["tech_lead"].vacant) == (1, 1)


def test_list_counts_established_posts_that_nobody_fills(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("department_manager", org.department))
    position = Position.objects.get(code="cashier")
    Establishment.objects.create(unit=org.near.finance, position=position, count=3, starts_on=today())
    person_with("cashier", org.near.finance)
    assert lines(browser.get("/positions/"))["cashier"].vacant == 2


@pytest.mark.parametrize(
    ("query", "some", "others"),
    [
        ({"place": "group:tech"}, {"tech_lead", "repair_engineer"}, {"info_lead", "centre_manager"}),
        ({"place": "centre"}, {"centre_manager"}, {"tech_lead"}),
        ({"names": "posts"}, {"tech_lead"}, {"account_manager"}),
        ({"names": "names"}, {"account_manager"}, {"tech_lead"}),
        ({"show": "to_sign"}, {"service_agent"}, {"tech_lead"}),
    ],
)
def test_list_filters(
    org: Organisation, browser: Client, query: dict[str, str], some: set[str], others: set[str]
) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    found = set(lines(browser.get("/positions/", query)))
    assert some <= found
    assert not others & found


def test_list_marks_a_proposal_for_whoever_decides_alone(org: Organisation, browser: Client) -> None:
    propose("tech_lead", note="又一种说法")
    for reader, waits in (
        (person_with("admin_hr_lead", org.personnel), True),
        (person_with("service_agent", org.near.info), False),
        (person_with("tech_lead", org.near.tech), False),
    ):
        browser.force_login(reader)
        assert lines(browser.get("/positions/"))["tech_lead"].position.waits is waits


# -- the page -----------------------------------------------------------------------------------------------


def test_page_holds_the_whole_description_in_the_language_of_the_reader(
    org: Organisation, browser: Client
) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    text, described = browser.get("/positions/finance_lead/").content.decode(), body("finance_lead")
    for duty in described["duties"]:
        assert duty["zh"] in text
        assert all(item["zh"] in text for item in (*duty["items"], *duty["metrics"]))
    assert "对直接下级调配、奖励、惩处的建议权；对直接下级任用、解聘的提名权" in text
    assert described["purpose"]["en"] not in text
    browser.cookies["django_language"] = "en"
    english = browser.get("/positions/finance_lead/", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_page_shows_lines_confidence_and_the_other_reading(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    text = browser.get("/positions/centre_manager/").content.decode()
    rivals = [item for item in body("centre_manager")["duties"] if item["rival"]]
    assert "L435" in text
    assert rivals
    from django.utils.html import escape

    assert escape(remark(rivals[0]["rival"])) in text


def test_page_of_a_position_that_is_not_there(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    for path in (
        "no_such/",
        "no_such/edit/",
        "no_such/print/",
        "no_such.pdf",
        "no_such/sign/",
        "tech_lead/versions/9/",
    ):
        assert browser.get(f"/positions/{path}").status_code == 404


def test_page_lists_holders_in_sight_with_signature_and_deputy(org: Organisation, browser: Client) -> None:
    lead, stranger = person_with("tech_lead", org.near.tech), person_with("tech_lead", org.far.tech)
    deputy = person_with("repair_engineer", org.near.tech)
    Deputyship.objects.create(post=lead.appointments.get(), deputy=deputy, starts_on=today(), ends_on=today())
    sign(lead, "tech_lead")
    browser.force_login(person_with("service_agent", org.near.info))
    page = browser.get("/positions/tech_lead/")
    holding = page.context["page"].holdings[0]
    assert [h.appointment.person for h in page.context["page"].holdings] == [lead]
    assert holding.signature is not None
    assert [row.deputy for row in holding.deputies] == [deputy]
    assert stranger.name not in page.content.decode()


def test_page_lists_some_holders_and_counts_all(org: Organisation, browser: Client) -> None:
    crowd(org, queries.SHOWN_HOLDERS + 2)
    browser.force_login(person_with("info_lead", org.near.info))
    page = browser.get("/positions/service_agent/").context["page"]
    assert (len(page.holdings), page.holder_count) == (queries.SHOWN_HOLDERS, queries.SHOWN_HOLDERS + 2)


def test_page_says_who_may_edit_and_why(org: Organisation, browser: Client) -> None:
    lead = person_with("tech_lead", org.near.tech)
    personnel = person_with("admin_hr_lead", org.personnel)
    answers = {}
    for reader in (lead, personnel, person_with("cashier", org.near.finance)):
        browser.force_login(reader)
        answers[reader.pk] = browser.get("/positions/tech_lead/").context["edit"]
    assert [answer.code for answer in answers.values()] == ["own_position", "granted", "no_grant"]
    assert "行政人事组长" in answers[lead.pk].sentence


def test_links_of_the_page_lead_somewhere(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    for path in ("", "print/", "edit/", "versions/1/"):
        assert browser.get(f"/positions/service_agent/{path}").status_code == 200


# -- versions -----------------------------------------------------------------------------------------------


def test_version_page_compares_with_the_one_before_and_with_any_other(
    org: Organisation, browser: Client
) -> None:
    position = Position.objects.get(code="cashier")
    for note in ("二", "三"):
        add_version(position, {**body("cashier"), "note": note}, state=VersionState.IN_FORCE)
    browser.force_login(person_with("cashier", org.near.finance))
    before = browser.get("/positions/cashier/versions/3/").context
    other = browser.get("/positions/cashier/versions/3/", {"against": "1"}).context
    assert [(d.old, d.new) for d in before["differences"]] == [("二", "三")]
    assert [(str(d.old), d.new) for d in other["differences"]] == [(body("cashier")["note"], "三")]
    assert browser.get("/positions/cashier/versions/1/").context["comparison"].other is None


def test_proposal_is_in_sight_of_whoever_decides_alone(org: Organisation, browser: Client) -> None:
    number = propose("tech_lead", note="又一种说法").number
    for reader, status in (
        (person_with("admin_hr_lead", org.personnel), 200),
        (person_with("tech_lead", org.near.tech), 404),
        (person_with("service_agent", org.near.info), 404),
    ):
        browser.force_login(reader)
        for path in (
            f"/versions/{number}/",
            f"/print/?version={number}",
            f".pdf?version={number}",
        ):
            assert browser.get(f"/positions/tech_lead{path}").status_code == status


def test_a_proposal_for_the_own_post_is_decided_by_others(org: Organisation, browser: Client) -> None:
    number = propose("admin_hr_lead", note="又一种说法").number
    for reader, status in (
        (person_with("admin_hr_lead", org.personnel), 404),
        (person_with("department_manager", org.department), 200),
    ):
        browser.force_login(reader)
        assert browser.get(f"/positions/admin_hr_lead/versions/{number}/").status_code == status


def test_signatures_of_strangers_are_out_of_sight(org: Organisation, browser: Client) -> None:
    near, far = person_with("cashier", org.near.finance), person_with("cashier", org.far.finance)
    sign(near, "cashier")
    sign(far, "cashier")
    browser.force_login(near)
    shown = browser.get("/positions/cashier/versions/1/").context["signatures"]
    assert [signature.person for signature in shown] == [near]


# -- who has not signed -------------------------------------------------------------------------------------


def test_missing_signatures_are_shown_to_superiors_and_personnel(org: Organisation, browser: Client) -> None:
    agent, far = person_with("service_agent", org.near.info), person_with("service_agent", org.far.info)
    lead, personnel = person_with("info_lead", org.near.info), person_with("admin_hr_lead", org.personnel)
    expected = {lead.pk: {agent.pk}, personnel.pk: {agent.pk, far.pk, lead.pk}, agent.pk: set()}
    for reader in (lead, personnel, agent):
        browser.force_login(reader)
        found = browser.get("/positions/unsigned/").context["page"].object_list
        assert {row.person_id for row in found} == expected[reader.pk]
    sign(agent, "service_agent")
    browser.force_login(lead)
    assert not browser.get("/positions/unsigned/").context["page"].object_list


def test_missing_signatures_by_position(org: Organisation, browser: Client) -> None:
    person_with("service_agent", org.near.info)
    person_with("cashier", org.near.finance)
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    found = browser.get("/positions/unsigned/", {"position": "cashier"}).context["page"].object_list
    assert [row.position.code for row in found] == ["cashier"]


# -- laying out ---------------------------------------------------------------------------------------------


def test_rights_of_one_degree_are_joined_as_in_the_document() -> None:
    texts = ["对直接下级调配的建议权", "对直接下级奖励的建议权", "对直接下级惩处的建议权"]
    assert merged(texts) == "对直接下级调配、奖励、惩处的建议权"
    assert merged(["甲", "乙"]) == "甲；乙"
    assert merged(["只有一项"]) == "只有一项"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", sorted(bodies()))
def test_every_description_can_be_laid_out(code: str, language: str) -> None:
    described = body(code)
    with translation.override(language):
        laid_out = sheet(described, {})
    assert laid_out.title == described["en" if language == "en" else "zh"]
    assert len(laid_out.duties) == len(described["duties"])
    assert len(laid_out.grants) == len(described["grants"])
    assert not any(line.label == line.action for line in laid_out.grants)


# -- cost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "expected"), [("orgchart.tests.urls", [9, 9, 8, 8]), ("aftersales.urls", [10, 10, 9, 9])]
)
def test_statements_do_not_grow(
    org: Organisation, browser: Client, settings: Any, pages: str, expected: list[int]
) -> None:
    settings.ROOT_URLCONF = pages
    browser.force_login(person_with("department_manager", org.department))
    paths = (
        "/positions/",
        "/positions/service_agent/",
        "/positions/unsigned/",
        "/positions/service_agent/versions/1/",
    )
    crowd(org, 1)
    one = {path: statements(browser, path) for path in paths}
    crowd(org, 29)
    thirty = {path: statements(browser, path) for path in paths}
    assert one == thirty
    assert list(one.values()) == expected
