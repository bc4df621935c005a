"""The call page: look-ups, saving, refusals that keep what was typed."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.test import Client

from core.models import AuditEvent
from customers.models import Customer
from customers.services import lookups
from tickets.models import Case
from tickets.tests import factories, world
from tickets.tests.conftest import Browser
from tickets.tests.world import World

CANARY = "13987654321"


@pytest.fixture(autouse=True)
def no_counts(settings: Any) -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter("lookups:*"):
        client.delete(key)


def typed(**values: Any) -> dict[str, Any]:
    given = {
        "key": "k-1", "phone": CANARY, "imei": world.imei(800_001), "customer_name": "欧阳明月", "kind": "repair",
        "model_id": factories.model().pk, "fault": factories.fault().code, "description": "黑屏",
        "next_step": "pass_on", "priority": "3", "channel": "phone",
    }  # fmt: skip
    return {**given, **values}


def post(client: Client, **values: Any) -> Any:
    return client.post("/calls/new/", typed(**values))


def test_a_call_becomes_a_case(office: World, browser: Browser) -> None:
    answer = post(browser("agent"))
    case = Case.objects.get()
    assert answer.headers["Location"] == case.get_absolute_url()
    assert (case.kind, case.status, case.customer.name, case.fault.code) == (
        "repair",
        "logged",
        "欧阳明月",
        "H01",
    )


def test_the_same_form_sent_twice_is_one_case(office: World, browser: Browser) -> None:
    client = browser("agent")
    first, second = post(client), post(client)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"phone": "12"}, "phone"), ({"imei": "490154203237519"}, "imei"), ({"imei": ""}, "imei"),
     ({"model_id": ""}, "model_id"),
     ({"fault": "没有这个"}, "fault"), ({"description": " "}, "description"), ({"customer_name": ""}, "customer_name"),
     ({"next_step": "resolved", "resolution": ""}, "resolution"), ({"customer_id": "999999"}, "phone")],
)  # fmt: skip
def test_a_refusal_keeps_everything_typed(
    office: World, browser: Browser, wrong: dict[str, str], field: str
) -> None:
    answer = post(browser("agent"), **{"resolution": "回答了", **wrong})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in body
    assert wrong.get("phone", CANARY) in body
    assert not Case.objects.exists()


@pytest.mark.parametrize("step", ["resolved", "keep"])
def test_next_steps(office: World, browser: Browser, step: str) -> None:
    post(browser("agent"), kind="inquiry", imei="", model_id="", next_step=step, resolution="已说明")
    assert Case.objects.get().status == {"resolved": "closed", "keep": "in_progress"}[step]


def test_a_known_phone_of_the_caller_is_chosen_without_typing_its_imei(
    office: World, browser: Browser
) -> None:
    known = factories.log(office.people["agent"])
    post(
        browser("agent"), phone=factories.PHONE, imei="", model_id="",
        customer_id=known.customer_id, device_id=known.device_id,
    )  # fmt: skip
    assert Case.objects.exclude(pk=known.pk).get().device == known.device


def test_a_device_out_of_sight_of_another_number_cannot_be_chosen(office: World, browser: Browser) -> None:
    known = factories.log(office.people["other"])
    assert post(browser("agent"), imei="", device_id=known.device_id).status_code == 422


def test_who_logs_no_cases_gets_403(office: World, browser: Browser) -> None:
    office.person("cashier", "cashier", "A-FIN")
    assert browser("cashier").get("/calls/new/").status_code == 403
    assert browser("cashier").post("/calls/lookup/", {"phone": CANARY}).status_code == 403


def test_the_panel_shows_other_centres_as_one_line(office: World, browser: Browser) -> None:
    theirs = factories.log(
        office.people["other"], phone=CANARY, customer_name="欧阳明月", description="秘密描述"
    )
    mine = factories.log(office.people["agent"], phone=CANARY, customer_id=theirs.customer_id)
    body = browser("agent").post("/calls/lookup/", {"phone": CANARY}).content.decode()
    assert mine.get_absolute_url() in body
    assert theirs.get_absolute_url() not in body
    assert "欧阳明月" not in body
    assert CANARY not in body
    assert 'class="elsewhere"' in body


def test_the_only_customer_is_chosen_already(office: World, browser: Browser) -> None:
    case = factories.log(office.people["agent"], phone=CANARY)
    body = browser("agent").post("/calls/lookup/", {"phone": CANARY}).content.decode()
    assert f'name="customer_id" value="{case.customer_id}" data-pick checked' in body


def test_an_imei_finds_the_device_and_its_owner(office: World, browser: Browser) -> None:
    case = factories.log(office.people["other"])
    body = browser("agent").post("/calls/lookup/", {"imei": case.device.imei}).content.decode()
    assert f'value="{case.customer_id}"' in body
    assert 'name="imei_state" value="known"' in body


def test_without_javascript_look_up_keeps_everything_typed(office: World, browser: Browser) -> None:
    factories.log(office.people["agent"], phone=CANARY)
    body = browser("agent").post("/calls/new/", typed(look_up="1", description="半句")).content.decode()
    assert "半句" in body
    assert "data-pick" in body
    assert Case.objects.count() == 1


def test_a_look_up_is_logged_without_the_number(office: World, browser: Browser) -> None:
    browser("agent").post("/calls/lookup/", {"phone": CANARY})
    event = AuditEvent.objects.get(action="customer.looked_up")
    assert event.actor_id == office.people["agent"].pk
    assert CANARY not in str(event.changes)


def test_an_unfinished_number_costs_no_look_up(office: World, browser: Browser) -> None:
    browser("agent").post("/calls/lookup/", {"phone": "1398"})
    assert not AuditEvent.objects.filter(action="customer.looked_up").exists()


def test_look_ups_are_limited_and_calls_can_still_be_logged(
    office: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "LIMIT", 2)
    client = browser("agent")
    for _index in range(2):
        client.post("/calls/lookup/", {"phone": CANARY})
    assert b"panel-warn" in client.post("/calls/lookup/", {"phone": CANARY}).content
    assert post(client).status_code == 302


def test_without_redis_look_ups_work(office: World, browser: Browser, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    factories.log(office.people["agent"], phone=CANARY)
    assert b"data-pick" in browser("agent").post("/calls/lookup/", {"phone": CANARY}).content


def test_no_address_holds_a_number_a_name_or_an_imei(office: World, browser: Browser) -> None:
    client, seen = browser("agent"), []
    for answer in (
        client.get("/calls/new/"), client.post("/calls/lookup/", {"phone": CANARY}), post(client),
        client.post("/search/", {"q": CANARY}), client.post("/search/", {"q": "欧阳明月"}),
    ):  # fmt: skip
        seen += [
            answer.request["PATH_INFO"] + answer.request["QUERY_STRING"],
            answer.headers.get("Location", ""),
        ]
    assert not [address for address in seen if CANARY in address or "欧阳" in address or "%E6" in address]
    assert Customer.objects.get().name == "欧阳明月"
