"""The outbox: written with its cause, delivered once, counted by itself, parked for a person to look at."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core import operations, outbox, requestid
from core.actors import system_actor
from core.errors import Conflict, Invalid
from core.models import AuditEvent, Effect, Heartbeat
from core.models.outbox import EffectState
from core.outbox import Outcome, TryLater, deliver, drain, publish, registry, relay_due
from core.outbox.publishing import nudge

Calls = list[int]


def _publish(kind: str = "test.effect", key: str = "1", **more: Any) -> Effect:
    with transaction.atomic():
        return publish(kind, key, {"id": 1}, **more)


@pytest.fixture
def calls() -> Any:
    """A handler inside the database that notes each call."""
    seen: Calls = []
    registry.unregister("test.effect")
    outbox.handler("test.effect")(lambda effect: seen.append(effect.pk))
    yield seen
    registry.unregister("test.effect")


@pytest.fixture
def empty_queue() -> None:
    """No messages of other tests: no worker runs here."""
    operations._client().delete("default")


@pytest.fixture
def handle() -> Any:
    """Registers a handler for "test.effect"."""

    def register(function: Any, *, external: bool = False) -> None:
        registry.unregister("test.effect")
        outbox.handler("test.effect", external=external)(function)

    yield register
    registry.unregister("test.effect")


def _raise(error: Exception) -> Any:
    def fail(effect: Effect) -> None:
        raise error

    return fail


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        publish("test.effect", "1", {})


@pytest.mark.django_db
def test_same_key_is_one_effect() -> None:
    first, second = _publish(), _publish()
    assert first.pk == second.pk
    assert Effect.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    ["13812345678", "+8613812345678", "356938035643809", "li@example.cn", "王小明", {"a": 1}, 1.5, "a b"],
)
def test_payload_with_more_than_ids_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="ids"):
        publish("test.effect", "1", {"what": value})


@pytest.mark.django_db
def test_payload_of_ids_and_codes_is_kept() -> None:
    effect = publish("test.effect", "1", {"case": 7, "code": "case_closed", "ids": [1, 2], "none": None})
    effect.refresh_from_db()
    assert effect.payload == {"case": 7, "code": "case_closed", "ids": [1, 2], "none": None}


@pytest.mark.django_db
def test_a_rolled_back_cause_leaves_no_effect() -> None:
    with transaction.atomic():
        publish("test.effect", "1", {})
        transaction.set_rollback(True)
    assert not Effect.objects.exists()


@pytest.mark.django_db
def test_effect_carries_the_request_id(handle: Any) -> None:
    seen: list[str] = []
    handle(lambda effect: seen.append(requestid.current()))
    with requestid.bound("request-0001"):
        _publish()
    drain()
    assert seen == ["request-0001"]
    assert requestid.current() == ""


@pytest.mark.django_db
def test_delivered_once(calls: Calls) -> None:
    effect = _publish()
    assert [deliver(effect.pk), deliver(effect.pk)] == [Outcome.DONE, Outcome.NOT_OURS]
    assert calls == [effect.pk]


@pytest.mark.django_db
def test_not_delivered_before_its_time(calls: Calls) -> None:
    effect = _publish(available_at=timezone.now() + timedelta(hours=1))
    assert deliver(effect.pk) == Outcome.NOT_OURS
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert deliver(effect.pk) == Outcome.DONE


@pytest.mark.django_db
def test_missing_effect_is_nobodys() -> None:
    assert deliver(999_999) == Outcome.NOT_OURS


@pytest.mark.django_db
def test_poison_is_parked_after_three_failures(handle: Any) -> None:
    handle(_raise(ValueError("bad")))
    effect = _publish()
    outcomes = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            outcomes.append(deliver(effect.pk))
            clock.shift(timedelta(minutes=10))
    effect.refresh_from_db()
    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.PARKED, Outcome.NOT_OURS]
    assert (effect.state, effect.failures, effect.last_error) == (EffectState.PARKED, 3, "ValueError: bad")


@pytest.mark.django_db
def test_failure_is_put_off_in_the_database(handle: Any) -> None:
    handle(_raise(ValueError()))
    effect = _publish()
    deliver(effect.pk)
    assert deliver(effect.pk) == Outcome.NOT_OURS
    effect.refresh_from_db()
    assert timedelta(seconds=20) < effect.available_at - timezone.now() <= timedelta(seconds=30)


@pytest.mark.django_db
def test_failing_handler_leaves_nothing_behind(handle: Any) -> None:
    def half(effect: Effect) -> None:
        Heartbeat.objects.create(name="half", at=timezone.now())
        raise ValueError

    handle(half)
    deliver(_publish().pk)
    assert not Heartbeat.objects.filter(name="half").exists()


@pytest.mark.django_db
def test_effect_nobody_delivers_is_parked() -> None:
    effect = _publish("test.unknown")
    assert deliver(effect.pk) == Outcome.PARKED


@pytest.mark.django_db
def test_effect_that_kills_its_process_is_parked(calls: Calls) -> None:
    effect = _publish()
    Effect.objects.filter(pk=effect.pk).update(attempts=5, lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver(effect.pk) == Outcome.PARKED
    assert calls == []


@pytest.mark.django_db
def test_database_failure_is_not_the_effects_fault(handle: Any) -> None:
    handle(_raise(OperationalError("gone")))
    effect = _publish()
    with pytest.raises(OperationalError):
        deliver(effect.pk)
    effect.refresh_from_db()
    assert (effect.state, effect.failures) == (EffectState.PENDING, 0)


@pytest.mark.django_db
def test_other_side_away_is_tried_for_three_days(handle: Any) -> None:
    handle(_raise(TryLater("away")), external=True)
    effect = _publish()
    tries = 0
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while (outcome := deliver(effect.pk)) == Outcome.LATER:
            tries += 1
            effect.refresh_from_db()
            clock.shift(effect.available_at - timezone.now())
    assert outcome == Outcome.PARKED
    assert 11 <= tries <= 30
    assert not effect.perhaps_sent


@pytest.mark.django_db
def test_external_effect_is_sending_while_it_is_sent(handle: Any) -> None:
    seen: list[str] = []
    handle(lambda effect: seen.append(Effect.objects.get(pk=effect.pk).state), external=True)
    effect = _publish()
    deliver(effect.pk)
    effect.refresh_from_db()
    assert (seen, effect.state, effect.perhaps_sent) == (["sending"], EffectState.DONE, False)


@pytest.mark.django_db
def test_external_effect_found_in_sending_was_perhaps_sent(handle: Any) -> None:
    ids: list[Any] = []
    handle(lambda effect: ids.append(effect.message_id), external=True)
    effect = _publish()
    Effect.objects.filter(pk=effect.pk).update(
        state=EffectState.SENDING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert deliver(effect.pk) == Outcome.DONE
    effect.refresh_from_db()
    assert (effect.perhaps_sent, ids) == (True, [effect.message_id])


@pytest.mark.django_db
def test_external_failure_is_uncertain(handle: Any) -> None:
    handle(_raise(ValueError("cut")), external=True)
    effect = _publish()
    deliver(effect.pk)
    effect.refresh_from_db()
    assert (effect.state, effect.perhaps_sent) == (EffectState.UNCERTAIN, True)


@pytest.mark.django_db(transaction=True)
def test_thirty_claimers_deliver_once(calls: Calls) -> None:
    effect = _publish()
    outcomes = _at_once(30, lambda: deliver(effect.pk))
    assert (outcomes.count(Outcome.DONE), len(calls)) == (1, 1)


def _at_once(count: int, work: Any) -> list[Any]:
    barrier, answers = threading.Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_lost_its_lease_changes_nothing(handle: Any) -> None:
    """A process stops after its claim, a second one takes over and finishes, the first wakes up."""
    runs: Calls = []
    handle(lambda effect: runs.append(effect.pk))
    effect = _publish()
    from core.outbox import delivery

    asleep = delivery._claim(effect.pk)
    Effect.objects.filter(pk=effect.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver(effect.pk) == Outcome.DONE
    assert asleep is not None
    assert delivery._deliver_claimed(asleep) == Outcome.NOT_OURS
    assert runs == [effect.pk]


@pytest.mark.django_db(transaction=True)
def test_broker_down_costs_nothing_and_the_relay_finds_it(settings: Any, calls: Calls) -> None:
    from core.outbox import broker, publishing

    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/redis.sock?virtual_host=0"
    broker._connection.cache_clear()
    publishing._Broker.silent_until = 0.0
    try:
        effect = _publish()
        assert not nudge(effect.pk, effect.kind)
        assert relay_due() == 0
    finally:
        broker._connection.cache_clear()
        publishing._Broker.silent_until = 0.0
    effect.refresh_from_db()
    assert (effect.state, effect.announced_at) == (EffectState.PENDING, None)


@pytest.mark.django_db(transaction=True)
def test_relay_announces_once_per_interval(settings: Any, empty_queue: None) -> None:
    effect = _publish()
    Effect.objects.filter(pk=effect.pk).update(announced_at=None)
    assert [relay_due(), relay_due()] == [1, 0]
    with time_machine.travel(timezone.now() + settings.OUTBOX_ANNOUNCE_AGAIN + timedelta(seconds=1)):
        assert relay_due() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_relays_do_not_announce_twice(empty_queue: None) -> None:
    for number in range(50):
        _publish(key=str(number))
    Effect.objects.update(announced_at=None)
    assert sum(_at_once(4, relay_due)) == 50


@pytest.mark.django_db(transaction=True)
def test_a_full_queue_gets_nothing_more(empty_queue: None) -> None:
    for number in range(5):
        _publish(key=str(number), available_at=timezone.now() - timedelta(minutes=1))
    Effect.objects.update(announced_at=None)
    operations._client().delete("default")
    assert [relay_due(limit=3), relay_due(limit=3)] == [3, 0]
    operations._client().delete("default")
    assert relay_due(limit=3) == 2


@pytest.fixture
def parked(handle: Any) -> Effect:
    handle(_raise(ValueError("bad")))
    effect = _publish()
    Effect.objects.filter(pk=effect.pk).update(failures=2)
    deliver(effect.pk)
    return effect


@pytest.mark.django_db
def test_parked_effect_is_retried_after_the_fix(parked: Effect, handle: Any) -> None:
    seen: Calls = []
    handle(lambda effect: seen.append(effect.pk))
    outbox.retry(parked.pk, actor=system_actor("test"), reason="mended")
    drain()
    assert seen == [parked.pk]
    assert list(AuditEvent.objects.values_list("action", "reason")) == [("effect.retried", "mended")]


@pytest.mark.django_db
def test_parked_effect_is_discarded(parked: Effect) -> None:
    outbox.discard(parked.pk, actor=system_actor("test"), reason="not needed")
    parked.refresh_from_db()
    assert parked.state == EffectState.DISCARDED
    assert AuditEvent.objects.get().action == "effect.discarded"


@pytest.mark.django_db
def test_only_parked_effects_are_decided_on(calls: Calls) -> None:
    effect = _publish()
    with pytest.raises(Conflict):
        outbox.retry(effect.pk, actor=system_actor("test"), reason="why not")


@pytest.mark.django_db
def test_a_decision_needs_a_reason(parked: Effect) -> None:
    with pytest.raises(Invalid):
        outbox.discard(parked.pk, actor=system_actor("test"), reason="  ")


def test_two_handlers_for_one_kind_are_refused(calls: Calls) -> None:
    with pytest.raises(ValueError, match="two handlers"):
        outbox.handler("test.effect")(lambda effect: None)
