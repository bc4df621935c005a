"""Every Celery task is run twice on real data; one that does not say why that is harmless fails."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from core import jobs, operations, outbox
from core.models import Effect, Heartbeat, JobRun
from core.models.outbox import EffectState
from core.outbox import registry

ROOT = Path(__file__).resolve().parents[2]
ETA_LIMIT = 300  # seconds; what waits longer is a row with available_at


def tasks() -> dict[str, Any]:
    """Our tasks by name."""
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def _deliver_effect(run: Callable[..., Any]) -> tuple[Any, Any]:
    calls: list[int] = []
    registry.unregister("test.twice")
    outbox.handler("test.twice")(lambda effect: calls.append(effect.pk))
    with transaction.atomic():
        effect = outbox.publish("test.twice", "1", {})
    run(effect.pk)
    run(effect.pk)
    registry.unregister("test.twice")
    return calls, [effect.pk]


def _relay(run: Callable[..., Any]) -> tuple[Any, Any]:
    operations._client().delete("default")
    with transaction.atomic():
        effect = outbox.publish("test.twice", "1", {})
    Effect.objects.filter(pk=effect.pk).update(announced_at=None)
    return [run(), run()], [1, 0]


def _run_job(run: Callable[..., Any]) -> tuple[Any, Any]:
    calls: list[Any] = []
    jobs.periodic("test.twice", every=timedelta(days=1))(calls.append)
    run("test.twice")
    run("test.twice")
    jobs.unregister("test.twice")
    return (len(calls), JobRun.objects.filter(job="test.twice").count()), (1, 1)


def _canary(run: Callable[..., Any]) -> tuple[Any, Any]:
    run("default")
    run("default")
    return Heartbeat.objects.filter(name="canary:default").count(), 1


TWICE: dict[str, Callable[[Callable[..., Any]], tuple[Any, Any]]] = {
    "core.tasks.deliver_effect": _deliver_effect,
    "core.tasks.relay": _relay,
    "core.tasks.run_job": _run_job,
    "core.tasks.canary": _canary,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(tasks()))
def test_second_delivery_of_a_task_does_nothing(name: str) -> None:
    task = tasks()[name]
    assert getattr(task, "idempotent_by", ""), f"{name} does not say what makes a second delivery harmless"
    assert name in TWICE, f"{name} has no scenario in TWICE"
    happened, expected = TWICE[name](task)
    assert happened == expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", [job.name for job in jobs.registered()])
def test_second_run_of_a_job_changes_nothing(name: str) -> None:
    """On an empty database and with the slot of today: neither run may fail."""
    from django.utils import timezone

    job = next(job for job in jobs.registered() if job.name == name)
    slot = job.schedule.latest_slot(timezone.now())
    job.run(slot)
    before = _row_counts()
    job.run(slot)
    assert _row_counts() == before


def _row_counts() -> dict[str, int]:
    from django.apps import apps

    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


def test_every_effect_kind_of_the_apps_has_a_handler() -> None:
    assert "tickets.notice" in registry.kinds()
    assert EffectState.PARKED not in outbox.delivery.OPEN


def delays(source: str) -> list[int]:
    """Line numbers of calls with a `countdown` or `eta` that is longer than five minutes or cannot be read off."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in ("countdown", "eta"):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if node.arg == "eta" or not isinstance(value, int | float) or value > ETA_LIMIT:
                found.append(node.value.lineno)
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("t.apply_async(countdown=300)", []),
        ("t.apply_async(countdown=301)", [1]),
        ("t.apply_async(countdown=x)", [1]),
        ("t.apply_async(eta=soon)", [1]),
        ("t.delay(1)", []),
    ],
)
def test_the_lint_for_long_delays_sees_them(source: str, expected: list[int]) -> None:
    assert delays(source) == expected


def test_no_task_waits_in_the_broker() -> None:
    folders = ("aftersales", "core", "orgchart", "customers", "products", "tickets", "kpi")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    wrong = {str(path.relative_to(ROOT)): lines for path in files if (lines := delays(path.read_text()))}
    assert wrong == {}
