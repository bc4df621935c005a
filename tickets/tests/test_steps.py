"""One page for each step: success, refusal, nothing to say, somebody was faster."""

from __future__ import annotations

import pytest
from django.test import Client

from tickets.enums import Action
from tickets.models import Case
from tickets.tests import factories, world
from tickets.tests.conftest import Browser
from tickets.tests.world import World

GOOD = {
    "assign": ("leader", "logged", {"assignee": "engineer"}, "assigned"),
    "accept": ("engineer", "assigned", {}, "in_progress"),
    "hand_back": ("engineer", "in_progress", {"reason": "不是我的机型"}, "logged"),
    "wait": ("engineer", "in_progress", {"wait_reason": "parts", "wait_until": "2099-12-01"}, "waiting"),
    "resume": ("engineer", "waiting", {}, "in_progress"),
    "resolve": ("engineer", "in_progress", {"resolution": "换屏"}, "resolved"),
    "close": ("agent", "resolved", {"note": "已电话告知"}, "closed"),
    "reopen": ("agent", "closed", {"reason": "又坏了"}, "logged"),
    "cancel": ("agent", "logged", {"reason": "重复登记"}, "cancelled"),
    "note": ("agent", "closed", {"note": "客户来电感谢"}, "closed"),
}
LACKING = {action: row for action, row in GOOD.items() if action not in ("accept", "resume", "close")}


def make(office: World, status: str, kind: str = "repair") -> Case:
    return world.case(
        unit=office.units["A-TECH"], logged_by=office.people["agent"], status=status, kind=kind,
        assignee=office.people["engineer"],
    )  # fmt: skip


def send(office: World, client: Client, case: Case, action: str, values: dict[str, str]) -> object:
    typed = {"version": str(case.version), **values}
    if "assignee" in typed:
        typed["assignee"] = str(office.people[typed["assignee"]].pk)
    return client.post(f"/cases/{case.number}/{action}/", typed)


@pytest.mark.parametrize("action", sorted(GOOD))
def test_a_step_is_asked_for_and_taken(office: World, browser: Browser, action: str) -> None:
    name, before, values, after = GOOD[action]
    case, client = make(office, before), browser(name)
    assert client.get(f"/cases/{case.number}/{action}/").status_code == 200
    answer = send(office, client, case, action, values)
    assert answer.headers["Location"] == case.get_absolute_url()  # type: ignore[attr-defined]
    assert Case.objects.get(pk=case.pk).status == after


@pytest.mark.parametrize("action", sorted(LACKING))
def test_without_what_must_be_filled_in_nothing_happens(office: World, browser: Browser, action: str) -> None:
    name, before, _values, _after = GOOD[action]
    case = make(office, before)
    answer = send(office, browser(name), case, action, {})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert Case.objects.get(pk=case.pk).version == case.version


def test_an_inquiry_becomes_a_repair(office: World, browser: Browser) -> None:
    case, client = make(office, "logged", "inquiry"), browser("agent")
    imei = world.imei(700_001)
    wrong = send(office, client, case, "convert", {"device": "123"})
    assert wrong.status_code == 422  # type: ignore[attr-defined]
    send(
        office,
        client,
        case,
        "convert",
        {"device": imei, "model_id": str(factories.model().pk), "fault": factories.fault().code},
    )
    assert (Case.objects.get(pk=case.pk).kind, Case.objects.get(pk=case.pk).device.imei) == ("repair", imei)


def test_a_refusal_of_the_service_stands_at_its_field(office: World, browser: Browser) -> None:
    case = make(office, "in_progress")
    answer = send(
        office, browser("engineer"), case, "wait", {"wait_reason": "parts", "wait_until": "2001-01-01"}
    )
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert b"id_wait_until_error" in answer.content  # type: ignore[attr-defined]


def test_who_sees_the_case_but_has_no_power_gets_403(office: World, browser: Browser) -> None:
    case = make(office, "logged")
    assert browser("agent").get(f"/cases/{case.number}/assign/").status_code == 403
    assert send(office, browser("agent"), case, "assign", {"assignee": "engineer"}).status_code == 403  # type: ignore[attr-defined]


def test_a_step_that_the_status_does_not_allow_is_409(office: World, browser: Browser) -> None:
    case = make(office, "closed")
    assert browser("leader").get(f"/cases/{case.number}/assign/").status_code == 409


def test_an_unknown_step_is_404(office: World, browser: Browser) -> None:
    case = make(office, "logged")
    for action in ("nonsense", "log", "view", "reveal"):
        assert browser("agent").get(f"/cases/{case.number}/{action}/").status_code == 404


def test_who_was_slower_sees_both_and_can_send_again(office: World, browser: Browser) -> None:
    case, client = make(office, "in_progress"), browser("engineer")
    factories.take(office.people["agent"], case, Action.NOTE, note="客户催")
    answer = send(office, client, case, "resolve", {"resolution": "换了主板"})
    body = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "换了主板" in body
    assert "演示agent" in body
    fresh = Case.objects.get(pk=case.pk)
    assert f'name="version" value="{fresh.version}"' in body
    send(office, client, fresh, "resolve", {"resolution": "换了主板"})
    assert Case.objects.get(pk=case.pk).status == "resolved"


def test_a_step_somebody_else_took_is_not_offered_again(office: World, browser: Browser) -> None:
    case = make(office, "resolved")
    factories.take(office.people["agent"], case, Action.CLOSE)
    answer = send(office, browser("agent"), case, "close", {"note": "x"})
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert b"<textarea" not in answer.content  # type: ignore[attr-defined]


def test_in_a_dialog_success_leads_to_the_page(office: World, browser: Browser) -> None:
    case = make(office, "assigned")
    answer = browser("engineer").post(
        f"/cases/{case.number}/accept/",
        {"version": case.version},
        HTTP_HX_REQUEST="true",
        HTTP_HX_TARGET="div#app-dialog-body",
    )
    assert answer.headers["HX-Redirect"] == case.get_absolute_url()


def test_the_notice_is_shown_before_it_goes_out(office: World, browser: Browser) -> None:
    case = make(office, "resolved")
    case.customer.email = "kunde@example.com"
    case.customer.save()
    assert "已处理" in browser("agent").get(f"/cases/{case.number}/close/").content.decode()
