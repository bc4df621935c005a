"""Ready or not: each part is asked, and the answer names the one that is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import heartbeat, operations

logger = logging.getLogger(__name__)

WORKER_SILENCE = 4 * heartbeat.PULSE
CANARY_SILENCE = timedelta(minutes=5)


class NotReady(Exception):
    """A part answers, but not as it should; the text says how."""


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    """Every migration of this version is applied; asked once, since a schema does not go back under a running server."""
    if _Seen.migrated:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("migrations are missing")
    _Seen.migrated = True


class _Seen:
    migrated = False


def _worker() -> None:
    silence = heartbeat.age(heartbeat.WORKER)
    if silence is None or silence > WORKER_SILENCE:
        raise NotReady("no worker has shown itself")


def _canary() -> None:
    """A worker may live and yet be deaf after a broken connection: tasks have to get through each queue."""
    for queue in settings.CELERY_TASK_QUEUES:
        silence = heartbeat.age(heartbeat.CANARY + queue)
        if silence is None or silence > CANARY_SILENCE:
            raise NotReady(f"no task got through the queue {queue}")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": operations.ping_redis,
    "migrations": _migrations,
    "worker": _worker,
    "canary": _canary,
}


def report() -> dict[str, str]:
    """ "ok" or what is wrong, for each part. Never raises and asks every part, also after one failed."""
    return {name: _ask(name, check) for name, check in CHECKS.items()}


def _ask(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as problem:
        return str(problem)
    except operations.UNREACHABLE as error:
        logger.warning("not ready: %s", name, extra={"error": type(error).__name__})
        return "does not answer"
    return "ok"
