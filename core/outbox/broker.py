"""Handing the id of an effect to Celery, from a page that must not wait for a broker that is down."""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import current_app
from django.conf import settings
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import KombuError, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

TASK = "core.tasks.deliver_effect"
UNREACHABLE = (OSError, OperationalError, KombuError, RedisError)
_SECONDS = 1.0


@cache
def _connection() -> Connection:
    """A connection of this process that gives up after a second."""
    patience = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS, "retry_on_timeout": False}
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **patience, "max_retries": 0}
    return Connection(settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=_SECONDS)


def send_delivery(effect_id: int, queue: str, request_id: str) -> None:
    """Put the id of one effect into `queue`. Raises one of UNREACHABLE when the broker does not take it."""
    with producers[_connection()].acquire(block=True, timeout=_SECONDS) as producer:
        send(producer, TASK, (effect_id,), queue, request_id)


def waiting(queue: str) -> int:
    """How many messages wait in `queue`. Raises one of UNREACHABLE when the broker does not answer."""
    with _connection().channel() as channel:
        return int(channel.client.llen(queue))


def send(producer: Any, task: str, arguments: tuple[Any, ...], queue: str, request_id: str = "") -> None:
    """Publish one message without retrying; the outbox is what retries."""
    headers = {"request_id": request_id, "sent_at": timezone.now().isoformat()}
    current_app.send_task(task, arguments, queue=queue, producer=producer, retry=False, headers=headers)
