"""Health, figures, the bell and the operations page, asked as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import health, heartbeat, notifications, outbox
from core.models import AuditEvent, Effect, Heartbeat, Notification
from core.models.outbox import EffectState
from core.tests.people import make_person

pytestmark = pytest.mark.django_db
JSON = "application/json"


def _client(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def person() -> Any:
    return make_person()


@pytest.fixture
def operator(settings: Any) -> Any:
    settings.MFA_REQUIRED = False
    return make_person(is_technical_admin=True)


@pytest.fixture
def alive(settings: Any) -> None:
    """Everything has shown itself."""
    heartbeat.beat(heartbeat.WORKER)
    for queue in settings.CELERY_TASK_QUEUES:
        heartbeat.beat(heartbeat.CANARY + queue)


@pytest.fixture
def bell() -> Iterator[str]:
    code = "test.rang"
    notifications.sentence(code, gettext_lazy("Case %(number)s"))
    yield code
    notifications._sentences.pop(code)


# -- health ----------------------------------------------------------------------------------------------------------


def test_healthz_asks_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz/").content == b"ok"


def test_ready_when_every_part_works(client: Client, alive: None) -> None:
    response = client.get("/readyz/")
    assert (response.status_code, response.json()["ready"]) == (200, True)


def test_not_ready_names_the_silent_worker(client: Client, alive: None) -> None:
    Heartbeat.objects.filter(name=heartbeat.WORKER).update(at=timezone.now() - timedelta(seconds=9))
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert [name for name, state in response.json()["parts"].items() if state != "ok"] == ["worker"]


def test_not_ready_when_no_task_gets_through(client: Client, alive: None) -> None:
    Heartbeat.objects.filter(name="canary:slow").update(at=timezone.now() - timedelta(minutes=6))
    assert client.get("/readyz/").json()["parts"]["canary"] == "no task got through the queue slow"


def test_not_ready_while_a_migration_is_missing(client: Client, alive: None, monkeypatch: Any) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    app, name = next(leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] == "core")
    executor.recorder.record_unapplied(app, name)
    monkeypatch.setattr(health._Seen, "migrated", False)
    assert client.get("/readyz/").json()["parts"]["migrations"] == "migrations are missing"


def test_metrics_do_not_exist_without_a_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics/").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer wrong", "secret", "Basic secret"])
def test_metrics_refuse_a_wrong_token(client: Client, settings: Any, header: str) -> None:
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics/", headers={"Authorization": header}).status_code == 401


def test_metrics_show_every_part(client: Client, settings: Any, alive: None) -> None:
    settings.METRICS_TOKEN = "secret"
    client.get("/healthz/")
    text = client.get("/metrics/", headers={"Authorization": "Bearer secret"}).content.decode()
    for name in (
        'aftersales_requests_total{method="GET",route="/healthz/",status="200"}',
        "aftersales_request_seconds_bucket",
        'aftersales_queue_depth{queue="default"}',
        'aftersales_outbox_effects{state="parked"}',
        "aftersales_outbox_lag_seconds",
        'aftersales_heartbeat_age_seconds{name="worker"}',
        'aftersales_up{part="redis"} 1.0',
    ):
        assert name in text


def test_metrics_never_hold_a_path(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    client.get("/no/such/13812345678/")
    text = client.get("/metrics/", headers={"Authorization": "Bearer secret"}).content.decode()
    assert "13812345678" not in text
    assert 'route="unmatched"' in text


# -- bell ------------------------------------------------------------------------------------------------------------


def _ring(person: Any, code: str, path: str = "/ops/") -> Notification:
    notifications.notify([person.pk, person.pk], code, {"number": "12"}, path, subject=person)
    return Notification.objects.get(recipient=person)


def test_one_ring_for_one_person(person: Any, bell: str) -> None:
    ring = _ring(person, bell)
    assert (ring.subject_type, ring.subject_id, ring.read_at) == ("orgchart.person", person.pk, None)


def test_a_code_without_a_sentence_is_an_error(person: Any) -> None:
    with pytest.raises(LookupError):
        notifications.notify([person.pk], "test.unknown", {}, "/")


@pytest.mark.parametrize("params", [{}, {"other": 1}])
def test_a_sentence_survives_missing_values(bell: str, params: dict[str, Any]) -> None:
    assert notifications.text_of(bell, params) == "Case %(number)s"


def test_bell_page_shows_own_rings_only(person: Any, bell: str) -> None:
    _ring(person, bell)
    page = _client(person).get("/notifications/")
    assert "Case 12" in page.content.decode()
    assert "Case 12" not in _client(make_person()).get("/notifications/").content.decode()


def test_count_falls_after_reading(person: Any, bell: str) -> None:
    _ring(person, bell)
    client = _client(person)
    assert client.get("/notifications/count/").json() == {"unread": 1}
    client.post("/notifications/read/")
    assert client.get("/notifications/count/").json() == {"unread": 0}


def test_opening_a_ring_reads_it_and_goes_there(person: Any, bell: str) -> None:
    ring = _ring(person, bell)
    response = _client(person).post(f"/notifications/{ring.pk}/")
    ring.refresh_from_db()
    assert response.headers["Location"] == "/ops/"
    assert ring.read_at is not None


def test_a_ring_never_leads_off_the_site(person: Any, bell: str) -> None:
    ring = _ring(person, bell, path="https://example.com/")
    assert _client(person).post(f"/notifications/{ring.pk}/").headers["Location"] == "/notifications/"


def test_somebody_elses_ring_does_not_exist(person: Any, bell: str) -> None:
    ring = _ring(make_person(), bell)
    assert _client(person).post(f"/notifications/{ring.pk}/").status_code == 404


@pytest.mark.parametrize("rings", [1, 25, 100])
def test_bell_page_costs_the_same_with_more_rings(
    person: Any, bell: str, rings: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(rings):
        notifications.notify([person.pk], bell, {"number": str(number)}, "/")
    client = _client(person)
    client.get("/notifications/")
    with django_assert_max_num_queries(5):
        client.get("/notifications/")


# -- operations ------------------------------------------------------------------------------------------------------


@pytest.fixture
def parked() -> Effect:
    with transaction.atomic():
        effect = outbox.publish("test.parked", "1", {})
    outbox.deliver(effect.pk)
    return effect


def test_operations_are_for_the_operator(operator: Any, person: Any, parked: Effect) -> None:
    assert _client(person).get("/ops/").status_code == 404
    page = _client(operator).get("/ops/").content.decode()
    assert f"test.parked #{parked.pk}" in page
    assert "core.cleanup" in page


@pytest.mark.parametrize("action", ["retry", "discard"])
def test_decisions_are_for_the_operator(person: Any, parked: Effect, action: str) -> None:
    assert _client(person).post(f"/ops/effects/{parked.pk}/{action}/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("action", "state"), [("retry", EffectState.PENDING), ("discard", EffectState.DISCARDED)]
)
def test_operator_decides_with_a_reason(operator: Any, parked: Effect, action: str, state: str) -> None:
    client = _client(operator)
    assert client.get(f"/ops/effects/{parked.pk}/{action}/").status_code == 200
    response = client.post(f"/ops/effects/{parked.pk}/{action}/", {"reason": "looked into"})
    parked.refresh_from_db()
    assert (response.status_code, parked.state) == (302, state)
    assert AuditEvent.objects.filter(actor_id=operator.pk, reason="looked into").count() == 1


def test_operator_without_a_reason_is_asked_for_it(operator: Any, parked: Effect) -> None:
    response = _client(operator).post(f"/ops/effects/{parked.pk}/retry/", {"reason": " "})
    parked.refresh_from_db()
    assert (response.status_code, parked.state) == (422, EffectState.PARKED)


def test_operations_page_works_while_redis_is_down(operator: Any, settings: Any) -> None:
    from core import operations

    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    operations._client.cache_clear()
    try:
        assert _client(operator).get("/ops/").status_code == 200
    finally:
        operations._client.cache_clear()
