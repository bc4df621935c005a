"""The Celery application: `celery -A aftersales worker` and `celery -A aftersales beat`."""

from __future__ import annotations

import logging.config
import os
from contextlib import ExitStack
from typing import Any

from celery import Celery, Task, signals

from core import requestid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings.production")

app = Celery("aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_STATEMENT_LIMIT_MS = 240_000  # the soft time limit of a task; pages have 15 s
_contexts: dict[str, ExitStack] = {}


@signals.setup_logging.connect
def log_as_the_pages_do(**_unused: Any) -> None:
    """JSON lines instead of Celery's own format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
def give_statements_time(**_unused: Any) -> None:
    """A task may run statements as long as the task itself may run."""
    from django.conf import settings

    options = settings.DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c statement_timeout={_STATEMENT_LIMIT_MS}".strip()


@signals.worker_ready.connect
def show_life(**_unused: Any) -> None:
    """Pulse from the worker's main process, and send a canary at once instead of waiting for beat's next minute."""
    from django.conf import settings

    from core import heartbeat

    heartbeat.start_pulse()
    for queue in settings.CELERY_TASK_QUEUES:
        app.send_task("core.tasks.canary", (queue,), queue=queue, expires=60)


@signals.task_prerun.connect
def take_request_id(task_id: str, task: Task, **_unused: Any) -> None:
    """Log lines of a task carry the id of the request that caused it."""
    given = getattr(task.request, "request_id", None) or (task.request.headers or {}).get("request_id")
    stack = ExitStack()
    stack.enter_context(requestid.bound(requestid.accept(given), actor=f"task:{task.name}"))
    _contexts[task_id] = stack


@signals.task_postrun.connect
def leave_request_id(task_id: str, **_unused: Any) -> None:
    """Undo what `take_request_id` did."""
    stack = _contexts.pop(task_id, None)
    if stack is not None:
        stack.close()
