"""What belongs to another centre is nowhere: not on pages, in lists, counts, search, exports, API, or by a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.exports.registry import find
from core.models import AuditEvent
from kpi.queries import load_by_handler, numbers
from orgchart.models import Person
from tickets import exports, figures, queries
from tickets.enums import STEP_ACTIONS
from tickets.models import Case
from tickets.tests import doors, world

pytestmark = pytest.mark.django_db
MISSING = 900000999
INPUTS = {"assignee": 1, "reason": "x", "resolution": "x", "wait_reason": "parts", "device": "x", "note": "x"}


@pytest.fixture
def stage() -> world.World:
    made = world.build()
    made.person("agent", "service_agent", "A-INFO")
    made.person("lead", "info_lead", "A-INFO")
    made.person("manager", "centre_manager", "A")
    made.person("neighbour", "service_agent", "B-INFO")
    made.person("neighbour_lead", "info_lead", "B-INFO")
    made.person("neighbour_manager", "centre_manager", "B")
    made.person("neighbour_cashier", "cashier", "B-FIN")
    made.person("engineer", "repair_engineer", "A-TECH")
    return made


@pytest.fixture
def case(stage: world.World) -> Case:
    """A case of centre A."""
    owner = world.customer("欧阳测试", "13955556666")
    return world.case(
        unit=stage.units["A-INFO"],
        kind="repair",
        status="in_progress",
        logged_by=stage.people["agent"],
        assignee=stage.people["agent"],
        of=owner,
    )


STRANGERS = ("neighbour", "neighbour_lead", "neighbour_manager", "neighbour_cashier")


@pytest.fixture(params=STRANGERS)
def stranger(request: pytest.FixtureRequest, stage: world.World, case: Case) -> Client:
    """Everybody of centre B in turn."""
    return doors.signed_in(stage.people[request.param])


def _same(answer: Callable[[int], Any], case: Case) -> None:
    """The foreign case and the missing number get the same answer, once the numbers themselves are taken out."""
    there, missing = answer(case.number), answer(MISSING)
    assert there.status_code == missing.status_code == 404
    assert _plain(there, case.number) == _plain(missing, MISSING)


def _plain(response: Any, number: int) -> str:
    text = response.content.decode().replace(str(number), "N")
    token = response.wsgi_request.META.get("CSRF_COOKIE")
    lines = [
        line for line in text.splitlines() if "csrf" not in line.lower() and "request" not in line.lower()
    ]
    return "\n".join(lines).replace(token or "\0", "")


def test_page(stranger: Client, case: Case) -> None:
    _same(lambda number: stranger.get(f"/cases/{number}/"), case)


def test_api(stranger: Client, case: Case) -> None:
    _same(lambda number: stranger.get(f"/api/v1/cases/{number}/"), case)


@pytest.mark.parametrize("action", STEP_ACTIONS)
def test_steps(stage: world.World, case: Case, action: str) -> None:
    stranger = doors.signed_in(stage.people["neighbour_lead"])
    headers = {"If-Match": '"1"'}
    _same(lambda number: stranger.get(f"/cases/{number}/{action}/"), case)
    _same(lambda number: stranger.post(f"/cases/{number}/{action}/", {"version": 1, **INPUTS}), case)
    _same(
        lambda number: (
            stranger.post(f"/api/v1/cases/{number}/{action}/", {}, content_type=doors.JSON, headers=headers)
            if action not in ("assign",)
            else stranger.post(
                f"/api/v1/cases/{number}/{action}/", {"assignee": 1}, content_type=doors.JSON, headers=headers
            )
        ),
        case,
    )


def test_revealing(stranger: Client, case: Case) -> None:
    for field in ("phone", "name", "imei", "email", "caller"):
        _same(
            lambda number, field=field: stranger.post(f"/cases/{number}/reveal/{field}/", {"reason": "xx"}),
            case,
        )


def test_lists(stranger: Client, case: Case) -> None:
    for view in figures.FIGURES:
        assert str(case.number) not in stranger.get(f"/cases/?view={view}").content.decode().replace(" ", "")
        assert stranger.get(f"/api/v1/cases/?view={view}").json()["results"] == []


def test_filters_do_not_reach_further(stage: world.World, stranger: Client, case: Case) -> None:
    for query in (f"unit={case.unit_id}", f"unit={case.centre_id}", f"handler={case.assignee_id}"):
        answer = stranger.get(f"/api/v1/cases/?view=all&{query}")
        assert answer.status_code == 400 or answer.json()["results"] == []


@pytest.mark.parametrize("name", STRANGERS)
def test_counts(stage: world.World, case: Case, name: str) -> None:
    at = figures.Moment(_fresh(stage, name), timezone.now())
    counted = [number.value for block in numbers(at).values() for number in block]
    assert counted
    assert not any(counted)
    assert load_by_handler(at) == []


def test_counts_of_the_own_centre(stage: world.World, case: Case) -> None:
    at = figures.Moment(_fresh(stage, "manager"), timezone.now())
    assert next(number.value for number in numbers(at)["tiles"] if number.code == "open") == 1


def _fresh(stage: world.World, name: str) -> Person:
    person: Person = Person.objects.get(pk=stage.people[name].pk)
    return person


@pytest.mark.parametrize("name", STRANGERS)
def test_export_rows(stage: world.World, case: Case, name: str) -> None:
    table = find(exports.KIND).make(_fresh(stage, name), {"view": "all"})
    assert list(table.rows) == []


def test_export_rows_of_the_own_centre(stage: world.World, case: Case) -> None:
    assert len(list(find(exports.KIND).make(_fresh(stage, "lead"), {"view": "all"}).rows)) == 1


@pytest.mark.parametrize("text", ["欧阳测试", "{number}"])
def test_search_stays_in_scope(stranger: Client, case: Case, text: str) -> None:
    answer = stranger.post("/search/", {"q": text.format(number=case.number)}, follow=True)
    assert f"/cases/{case.number}/" not in answer.content.decode()


def test_exact_number_shows_one_line_without_the_case(stranger: Client, case: Case) -> None:
    text = stranger.post("/search/", {"q": "13955556666"}, follow=True).content.decode()
    assert f"/cases/{case.number}/" not in text
    assert str(case.number) not in text.replace(" ", "").replace(" ", "")
    assert "欧阳测试" not in text


def test_search_token_of_a_colleague_works_in_the_own_scope(stage: world.World, case: Case) -> None:
    mine = doors.signed_in(stage.people["agent"])
    address = mine.post("/search/", {"q": "欧阳测试"}).headers["Location"]
    assert f"/cases/{case.number}/" in mine.get(address).content.decode()
    theirs = doors.signed_in(stage.people["neighbour"])
    assert f"/cases/{case.number}/" not in theirs.get(address).content.decode()


def test_people_of_another_centre_are_not_offered(stage: world.World, case: Case) -> None:
    offered = set(queries.assignable_people(case).values_list("username", flat=True))
    assert offered & {"agent", "lead"}
    assert not offered & {"neighbour", "neighbour_lead", "engineer"}


def test_bell_of_somebody_else(stage: world.World, case: Case) -> None:
    lead = doors.signed_in(stage.people["lead"])
    doors.api_step(lead, case, "note", {"note": "@agent 请看一下"})
    from core.models import Notification

    (ring,) = Notification.objects.filter(recipient=stage.people["agent"])
    other = doors.signed_in(stage.people["neighbour"])
    assert other.get(f"/notifications/{ring.pk}/").status_code in (404, 405)
    assert other.post(f"/notifications/{ring.pk}/").status_code in (404, 405)


def test_handler_reveals_and_it_is_logged(stage: world.World, case: Case) -> None:
    mine = doors.signed_in(stage.people["agent"])
    before = AuditEvent.objects.count()
    answer = mine.post(f"/cases/{case.number}/reveal/phone/")
    assert "13955556666" in answer.content.decode().replace(" ", "")
    assert AuditEvent.objects.count() == before + 1
    assert AuditEvent.objects.order_by("-id")[0].actor_id == stage.people["agent"].pk


def test_field_that_the_case_does_not_have(stage: world.World, case: Case) -> None:
    mine = doors.signed_in(stage.people["agent"])
    for field in ("email", "nothing"):
        assert mine.post(f"/cases/{case.number}/reveal/{field}/").status_code == 404


def test_finance_reveals_nothing(stage: world.World, case: Case) -> None:
    cashier = doors.signed_in(stage.person("cashier", "cashier", "A-FIN"))
    assert cashier.get(f"/cases/{case.number}/").status_code == 200
    answer = cashier.post(f"/cases/{case.number}/reveal/phone/", {"reason": "对账需要"})
    assert answer.status_code == 403
    assert not AuditEvent.objects.filter(action__startswith="pii.").exists()


def test_mention_opens_one_case_and_no_more(stage: world.World, case: Case) -> None:
    second = world.case(unit=stage.units["A-INFO"], logged_by=stage.people["agent"])
    lead = doors.signed_in(stage.people["lead"])
    doors.api_step(lead, case, "note", {"note": "请 @neighbour 协助"})
    neighbour = doors.signed_in(stage.people["neighbour"])
    assert neighbour.get(f"/api/v1/cases/{case.number}/").status_code == 200
    assert neighbour.get(f"/api/v1/cases/{second.number}/").status_code == 404
