"""Thin entry points for Celery: an id or a name comes in, one call goes out.

Celery delivers at least once, so each task says by what a second delivery does no harm; a test holds that every task
says so and runs each twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from celery import shared_task

from core import heartbeat, jobs, outbox

F = TypeVar("F", bound=Callable[..., Any])


def idempotent_task(*, by: str, **options: Any) -> Callable[[F], Any]:
    """A Celery task whose second delivery does nothing; `by` says what sees to that."""

    def declare(function: F) -> Any:
        task = shared_task(**options)(function)
        task.idempotent_by = by
        return task

    return declare


@idempotent_task(by="the claim on the effect's row")
def deliver_effect(effect_id: int) -> str:
    """Deliver one effect of the outbox."""
    return outbox.deliver(effect_id).value


@idempotent_task(by="the time of the last announcement on each effect's row")
def relay() -> int:
    """Announce the effects that are due."""
    announced = outbox.relay_due()
    heartbeat.beat(heartbeat.RELAY)
    return announced


@idempotent_task(by="the unique pair of job and slot")
def run_job(name: str) -> str:
    """Run a periodic job if a slot of it is due."""
    return jobs.run_due(name).value


@idempotent_task(by="one row per queue, written over")
def canary(queue: str) -> None:
    """Show that tasks of a queue get through."""
    heartbeat.beat(heartbeat.CANARY + queue)
