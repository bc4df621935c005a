"""Repeated requests get the first answer, once."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core import idempotency
from core.errors import Conflict, DomainError, Invalid
from core.idempotency import replayable
from core.models import IdempotencyKey, WorkCalendar
from core.periodic import clean_up
from core.tests.people import make_person
from core.tests.threads import at_once


def making(code: str) -> Any:
    """Something with an effect that shows when it ran twice."""

    def run() -> dict[str, Any]:
        WorkCalendar.objects.create(code=f"{code}-{WorkCalendar.objects.count()}", name=code)
        return {"code": code, "at": timezone.now()}

    return run


def made(code: str) -> int:
    return WorkCalendar.objects.filter(name=code).count()


@pytest.mark.django_db
def test_a_repetition_gets_the_first_answer_and_does_nothing() -> None:
    person = make_person()
    first = replayable(person, "make", "k1", {"a": 1}, making("one"))
    assert replayable(person, "make", "k1", {"a": 1}, making("one")) == first
    assert made("one") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "key", "other_owner"), [("make", "k1", True), ("make", "k2", False), ("other", "k1", False)]
)
def test_keys_belong_to_their_owner_and_purpose(purpose: str, key: str, other_owner: bool) -> None:
    person = make_person()
    replayable(person, "make", "k1", {"a": 1}, making("one"))
    replayable(make_person() if other_owner else person, purpose, key, {"a": 1}, making("one"))
    assert made("one") == 2


@pytest.mark.django_db
def test_another_content_under_the_same_key_is_refused() -> None:
    person = make_person()
    replayable(person, "make", "k1", {"a": 1}, making("one"))
    with pytest.raises(Invalid) as refusal:
        replayable(person, "make", "k1", {"a": 2}, making("one"))
    assert (refusal.value.code, refusal.value.status) == ("idempotency_mismatch", 422)


@pytest.mark.django_db
def test_the_order_of_fields_does_not_matter() -> None:
    person = make_person()
    replayable(person, "make", "k1", {"a": 1, "b": 2}, making("one"))
    replayable(person, "make", "k1", {"b": 2, "a": 1}, making("one"))
    assert made("one") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [Invalid("bad", "Bad."), RuntimeError("crash")])
def test_a_failure_leaves_neither_effect_nor_key(failure: Exception) -> None:
    def fail() -> dict[str, Any]:
        making("one")()
        raise failure

    person = make_person()
    with pytest.raises(type(failure)):
        replayable(person, "make", "k1", {"a": 1}, fail)
    assert (made("one"), IdempotencyKey.objects.count()) == (0, 0)
    replayable(person, "make", "k1", {"a": 2}, making("one"))
    assert made("one") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "键", "a\x00", "a\nb"])
def test_bad_keys(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        replayable(make_person(), "make", key, {}, making("one"))
    assert (refusal.value.code, refusal.value.field) == ("idempotency_key", "idempotency_key")


@pytest.mark.django_db
def test_a_long_key_is_fine() -> None:
    assert replayable(make_person(), "make", "x" * 255, {}, making("one"))["code"] == "one"


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_do_it_once_and_agree() -> None:
    person = make_person()
    answers = at_once(16, lambda _: replayable(person, "make", "k1", {"a": 1}, making("one")))
    assert made("one") == 1
    assert [answer for answer in answers if answer != answers[0]] == []


@pytest.mark.django_db(transaction=True)
def test_a_first_request_that_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_MILLISECONDS", 100)
    person = make_person()

    def slow() -> dict[str, Any]:
        time.sleep(0.6)
        return {"done": True}

    answers = at_once(2, lambda _: replayable(person, "make", "k1", {}, slow))
    refusals = [answer for answer in answers if isinstance(answer, DomainError)]
    assert [(type(refusal), refusal.code) for refusal in refusals] == [(Conflict, "still_running")]
    assert {"done": True} in answers


@pytest.mark.django_db
def test_keys_are_kept_for_a_day_at_least() -> None:
    person = make_person()
    for key in ("young", "old"):
        replayable(person, "make", key, {}, making(key))
    now = timezone.now()
    IdempotencyKey.objects.filter(key="young").update(created_at=now - timedelta(hours=25))
    IdempotencyKey.objects.filter(key="old").update(created_at=now - timedelta(days=3))
    clean_up(now)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]
