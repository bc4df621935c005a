"""Celery's settings as they were measured; a change here wants a new measurement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection

from aftersales.celery import give_statements_time
from aftersales.settings.celery import broker_url, celery_settings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://host:6379/2", "redis://host:6379/2"),
        ("rediss://:secret@host/0", "rediss://:secret@host/0"),
        ("unix:///var/run/redis.sock", "redis+socket:///var/run/redis.sock?virtual_host=0"),
        ("unix:///var/run/redis.sock?db=3", "redis+socket:///var/run/redis.sock?virtual_host=3"),
        ("unix://:secret@/redis.sock?db=1", "redis+socket://:secret@/redis.sock?virtual_host=1"),
    ],
)
def test_broker_url_of_a_redis_url(given: str, expected: str) -> None:
    assert broker_url(given) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("worker_soft_shutdown_timeout", 30.0),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("timezone", "UTC"),
        ("enable_utc", True),
        ("result_backend", None),
        ("task_create_missing_queues", False),
        ("worker_hijack_root_logger", False),
    ],
)
def test_setting_as_measured(name: str, value: Any) -> None:
    assert getattr(current_app.conf, name) == value


def test_transport_options_as_measured() -> None:
    expected = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "retry_on_timeout": True,
    }
    assert current_app.conf.broker_transport_options == expected


def test_a_task_ends_long_before_it_is_given_out_again() -> None:
    settings = celery_settings("redis://localhost/0")
    assert settings["CELERY_TASK_TIME_LIMIT"] < 900 / 3
    assert settings["CELERY_TASK_SOFT_TIME_LIMIT"] < settings["CELERY_TASK_TIME_LIMIT"]


@pytest.mark.django_db
def test_a_workers_statements_may_take_as_long_as_a_task(settings: Any, monkeypatch: Any) -> None:
    config = connection.settings_dict
    before = config["OPTIONS"].get("options")
    monkeypatch.setitem(settings.DATABASES, "default", config)
    give_statements_time()
    try:
        with connection.copy().temporary_connection() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("4min",)
    finally:
        config["OPTIONS"].pop("options")
        if before is not None:
            config["OPTIONS"]["options"] = before


def test_an_effect_is_announced_again_before_a_person_waits_a_minute() -> None:
    settings = celery_settings("redis://localhost/0")
    assert settings["OUTBOX_ANNOUNCE_AGAIN"] < settings["OUTBOX_LEASE"] < timedelta(minutes=1)
