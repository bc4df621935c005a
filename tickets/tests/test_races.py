"""Races, over the doors and real connections. Each test has a twin with the lock off, which must fail."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client

from core.models import AuditEvent, Effect
from tickets.models import Case, CaseQuerySet, Notice
from tickets.rules.numbers import case_number
from tickets.services import intake, workflow
from tickets.tests import doors, world
from tickets.tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 64
CASES = "/api/v1/cases/"
PAUSE = 0.05
CALL = {"kind": "inquiry", "description": "如何设置呼叫转移", "customer_name": "测试客户"}


@pytest.fixture
def clients() -> list[Client]:
    """64 sessions of eight agents."""
    made = world.build()
    agents = [made.person(f"agent{number}", "service_agent", "A-INFO") for number in range(8)]
    browsers = [doors.signed_in(agents[number % 8]) for number in range(AT_ONCE)]
    for browser in browsers:
        browser.raise_request_exception = False
    return browsers


@pytest.fixture
def resolved(clients: list[Client]) -> Case:
    """A resolved case whose customer can be told."""
    from orgchart.models import Person, Unit

    agent = Person.objects.get(username="agent0")
    of = world.customer(email="customer@example.com")
    unit = Unit.objects.get(code="A-INFO")
    return world.case(unit=unit, logged_by=agent, status="resolved", assignee=agent, of=of)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause between reading and writing, so that the race is there whatever the machine."""
    quick = workflow.transition

    def slow(kind: str, action: str, status: str) -> Any:
        time.sleep(PAUSE)
        return quick(kind, action, status)

    monkeypatch.setattr(workflow, "transition", slow)


@pytest.fixture
def lock_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading without taking the row lock."""
    monkeypatch.setattr(CaseQuerySet, "select_for_update", lambda self, **options: self)


def _close(client: Client, case: Case) -> Callable[[], Any]:
    return lambda: doors.api_step(client, case, "close", {})


def _close_on_page(client: Client, case: Case) -> Callable[[], Any]:
    return lambda: doors.page_step(client, case, "close", {})


def _check_one_close(case: Case, answers: list[Any], taken: int, refused: int) -> None:
    assert Counter(answer.status_code for answer in answers) == {taken: 1, refused: AT_ONCE - 1}
    case.refresh_from_db()
    assert (case.status, case.version) == ("closed", 2)
    assert AuditEvent.objects.filter(action="case.closed", subject_id=case.pk).count() == 1
    assert Notice.objects.filter(case=case).count() == Effect.objects.count() == 1


def test_64_closings_are_one_close(clients: list[Client], resolved: Case, slowly: None) -> None:
    answers = at_once([_close(client, resolved) for client in clients], AT_ONCE)
    _check_one_close(resolved, answers, 200, 412)
    closer = AuditEvent.objects.get(action="case.closed").actor_label
    for answer in answers:
        if answer.status_code == 412:
            there = answer.json()["current"]
            assert (there["version"], there["status"]) == (2, "closed")
            assert there["last_change"]["by"] == closer
            assert there["last_change"]["at"]


def test_64_closings_on_the_page(clients: list[Client], resolved: Case, slowly: None) -> None:
    answers = at_once([_close_on_page(client, resolved) for client in clients], AT_ONCE)
    _check_one_close(resolved, answers, 302, 409)


def test_64_closings_with_the_lock_off(
    clients: list[Client], resolved: Case, slowly: None, lock_off: None
) -> None:
    answers = at_once([_close(client, resolved) for client in clients], AT_ONCE)
    with pytest.raises(AssertionError):
        _check_one_close(resolved, answers, 200, 412)
    assert AuditEvent.objects.filter(action="case.closed").count() > 1


def _log(client: Client, key: str, number: int) -> Callable[[], Any]:
    call = {**CALL, "phone": f"139{number:08d}"}
    return lambda: client.post(CASES, call, content_type=doors.JSON, headers={"Idempotency-Key": key})


def _log_many(clients: list[Client], count: int) -> list[Any]:
    jobs = [_log(clients[index % AT_ONCE], f"k-{index}", index) for index in range(count)]
    return at_once(jobs, AT_ONCE)


def _check_numbers(answers: list[Any]) -> None:
    assert Counter(answer.status_code for answer in answers) == {201: len(answers)}
    numbers = [answer.json()["number"] for answer in answers]
    assert len(set(numbers)) == Case.objects.count() == len(answers)
    for first in range(AT_ONCE):
        one_worker = numbers[first::AT_ONCE]
        assert one_worker == sorted(one_worker)


@pytest.mark.parametrize("count", [192, pytest.param(1_000, marks=pytest.mark.soak)])
def test_numbers_are_distinct_and_rise(clients: list[Client], count: int) -> None:
    _check_numbers(_log_many(clients, count))


def test_numbers_taken_as_highest_plus_one(clients: list[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def highest_plus_one() -> int:
        highest = Case.objects.aggregate(highest=Max("number"))["highest"] or 100_000_004
        time.sleep(PAUSE)
        return case_number(highest // 10 + 1)

    monkeypatch.setattr(intake, "_next_number", highest_plus_one)
    with pytest.raises(AssertionError):
        _check_numbers(_log_many(clients, AT_ONCE))


def _repeat_keys(clients: list[Client], count: int, keys: int) -> list[Any]:
    """`count` requests under `keys` keys; each key belongs to one agent and comes from several sessions at once."""
    jobs = []
    for index in range(count):
        key = index % keys
        browser = clients[(key % 8) + 8 * (index % 8)]
        jobs.append(_log(browser, f"key-{key}", key))
    return at_once(jobs, AT_ONCE)


@pytest.mark.parametrize(("count", "keys"), [(192, 10), pytest.param(1_000, 50, marks=pytest.mark.soak)])
def test_repeated_keys_make_one_case_each(clients: list[Client], count: int, keys: int) -> None:
    answers = _repeat_keys(clients, count, keys)
    assert {answer.status_code for answer in answers} <= {201, 409}
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == Case.objects.count() == keys


def test_key_still_running_is_409(clients: list[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first request is at work the second one waits for a moment, then says so."""
    from core import idempotency

    monkeypatch.setattr(idempotency, "WAIT_MILLISECONDS", 100)
    quick = intake.log_case
    monkeypatch.setattr("tickets.services.log_case", lambda **given: (time.sleep(1), quick(**given))[1])
    answers = at_once([_log(clients[0], "same", 1), _log(clients[8], "same", 1)], 2)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Case.objects.count() == 1


def test_two_steps_at_once_lose_nothing(clients: list[Client], resolved: Case) -> None:
    """32 notes and 32 reopenings of the same version: one of the 64 is taken."""
    jobs = [
        (lambda client=client, turn=turn: doors.api_step(client, resolved, *_NOTE_OR_REOPEN[turn % 2]))
        for turn, client in enumerate(clients)
    ]
    answers = at_once(jobs, AT_ONCE)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: AT_ONCE - 1}
    assert AuditEvent.objects.filter(subject_id=resolved.pk, subject_type="tickets.case").count() == 1


_NOTE_OR_REOPEN = (("note", {"note": "客户来电"}), ("reopen", {"reason": "问题再次出现"}))
