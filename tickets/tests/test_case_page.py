"""The case page: what it shows, to whom, and at what cost."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import outbox
from core.actors import person_actor
from core.models import AuditEvent
from tickets.enums import Action
from tickets.models import Case, CaseNote
from tickets.services import workflow
from tickets.tests import factories
from tickets.tests.conftest import Browser
from tickets.tests.world import World

STATEMENTS = 11


def resolved(office: World, **values: object) -> Case:
    people = office.people
    case = factories.log(people["agent"], **values)
    factories.take(people["leader"], case, Action.ASSIGN, assignee=people["engineer"].pk)
    factories.take(people["engineer"], case, Action.ACCEPT)
    factories.take(people["engineer"], case, Action.WAIT, wait_reason="parts", note="电池缺货")
    factories.take(people["engineer"], case, Action.RESUME)
    return factories.take(people["engineer"], case, Action.RESOLVE, resolution="换电池")


def test_the_story_is_told_in_order_with_names(office: World, browser: Browser) -> None:
    case = resolved(office)
    body = browser("agent").get(case.get_absolute_url()).content.decode()
    places = [body.index(part) for part in ("演示leader", "电池缺货", "换电池")[:2]]
    assert places == sorted(places)
    assert "演示engineer" in body


def test_customer_data_is_masked(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], customer_name="欧阳明月", customer_email="ming@example.com")
    body = browser("agent").get(case.get_absolute_url()).content.decode()
    for plain in ("欧阳明月", factories.PHONE, "ming@example.com", case.device.imei):
        assert plain not in body


def test_buttons_are_the_steps_that_are_possible_now(office: World, browser: Browser) -> None:
    case = resolved(office)
    body = browser("agent").get(case.get_absolute_url()).content.decode()
    offered = {action for action in Action.values if f"/cases/{case.number}/{action}/" in body}
    assert offered == {"close", "reopen", "note"}


def test_a_notice_shows_how_far_it_is(office: World, browser: Browser) -> None:
    case = resolved(office, customer_email="ming@example.com")
    factories.take(office.people["agent"], case, Action.CLOSE)
    client = browser("agent")
    assert b"delivered" not in client.get(case.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en").content
    outbox.drain()
    assert "已送达" in client.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["other"])
def test_it_does_not_exist_for_a_neighbour_centre(office: World, browser: Browser, name: str) -> None:
    case = factories.log(office.people["agent"])
    client = browser(name)
    for path in ("", "note/", "assign/", "reveal/phone/", "reveal/nothing/", "nonsense/"):
        assert client.get(f"{case.get_absolute_url()}{path}").status_code == 404


def test_other_open_cases_of_the_device_are_shown(office: World, browser: Browser) -> None:
    first = factories.log(office.people["agent"])
    second = factories.log(office.people["agent"], imei=first.device.imei, customer_id=first.customer_id)
    assert second.get_absolute_url() in browser("agent").get(first.get_absolute_url()).content.decode()


@pytest.mark.parametrize("lines", [1, 25, 100])
def test_statements_do_not_grow_with_the_story(
    office: World, browser: Browser, django_assert_num_queries: object, lines: int
) -> None:
    case = resolved(office)
    now = timezone.now()
    CaseNote.objects.bulk_create(
        CaseNote(case=case, author=office.people["agent"], text=f"备注{index}", created_at=now)
        for index in range(lines)
    )
    for _index in range(lines):
        workflow.audit.record(actor=person_actor(office.people["agent"]), action="case.resumed", subject=case)
    client = browser("agent")
    client.get("/cases/")
    with django_assert_num_queries(STATEMENTS):  # type: ignore[operator]
        client.get(case.get_absolute_url())


def test_the_handler_sees_a_field_with_one_click(office: World, browser: Browser) -> None:
    case = resolved(office)
    answer = browser("engineer").post(f"{case.get_absolute_url()}reveal/phone/", HTTP_HX_REQUEST="true")
    assert factories.PHONE in answer.content.decode()
    assert AuditEvent.objects.filter(
        action="pii.revealed_by_handler", actor_id=office.people["engineer"].pk
    ).exists()


def test_others_give_a_reason(office: World, browser: Browser) -> None:
    case, client = factories.log(office.people["agent"]), browser("agent")
    path = f"{case.get_absolute_url()}reveal/phone/"
    assert factories.PHONE not in client.get(path).content.decode()
    assert client.post(path).status_code == 422
    assert factories.PHONE in client.post(path, {"reason": "客户要求回电"}).content.decode()
    assert not AuditEvent.objects.filter(changes__icontains=factories.PHONE).exists()
