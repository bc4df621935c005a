"""Celery: at-least-once delivery over Redis, with figures that were measured under kill -9.

Redis loses what is in flight when it dies, and a message that a dead worker held comes back only after
`visibility_timeout`. Neither is what makes an effect certain: that is the outbox, whose relay publishes again what is
not done. So the visibility timeout stays far above the longest task (a short one runs long tasks twice).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

VISIBILITY_TIMEOUT = timedelta(minutes=15)
HARD_LIMIT = timedelta(minutes=4, seconds=30)
SOFT_LIMIT = timedelta(minutes=4)
EFFECT_LEASE = timedelta(seconds=45)
ANNOUNCE_AGAIN = timedelta(seconds=30)
DEFAULT_QUEUE = "default"
SLOW_QUEUE = "slow"
TICK_QUEUE = "ticks"  # scheduler's ticks must not stand behind a thousand effects
QUEUES = (DEFAULT_QUEUE, SLOW_QUEUE, TICK_QUEUE)


def broker_url(redis_url: str) -> str:
    """REDIS_URL as kombu wants it: `unix:///path?db=1` becomes `redis+socket:///path?virtual_host=1`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    query["virtual_host"] = query.pop("db", "0")
    credentials, at, _ = parts.netloc.rpartition("@")
    return f"redis+socket://{credentials}{at}{parts.path}?{urlencode(query)}"


def transport_options() -> dict[str, Any]:
    """Options of the Redis transport; kombu's own defaults would scan for lost messages every 100 s only."""
    return {
        "visibility_timeout": int(VISIBILITY_TIMEOUT.total_seconds()),
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "retry_on_timeout": True,
    }


def celery_settings(redis_url: str) -> dict[str, Any]:
    """All CELERY_* and OUTBOX_* settings for one Redis. Beat and every stored time run in UTC."""
    return {
        "OUTBOX_LEASE": EFFECT_LEASE,
        "OUTBOX_ANNOUNCE_AGAIN": ANNOUNCE_AGAIN,
        "CELERY_BROKER_URL": broker_url(redis_url),
        "CELERY_BROKER_TRANSPORT_OPTIONS": transport_options(),
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_BROKER_CONNECTION_MAX_RETRIES": None,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_TASK_TIME_LIMIT": int(HARD_LIMIT.total_seconds()),
        "CELERY_TASK_SOFT_TIME_LIMIT": int(SOFT_LIMIT.total_seconds()),
        "CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": 30.0,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_WORKER_REDIRECT_STDOUTS": False,
        "CELERY_WORKER_MAX_TASKS_PER_CHILD": 2_000,
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_RESULT_BACKEND": None,
        "CELERY_TASK_SERIALIZER": "json",
        "CELERY_RESULT_SERIALIZER": "json",
        "CELERY_ACCEPT_CONTENT": ["json"],
        "CELERY_BEAT_SCHEDULER": "core.beat:RegistryScheduler",
        "CELERY_BEAT_MAX_LOOP_INTERVAL": 5,
        "CELERY_TIMEZONE": "UTC",
        "CELERY_ENABLE_UTC": True,
        "CELERY_TASK_DEFAULT_QUEUE": DEFAULT_QUEUE,
        "CELERY_TASK_QUEUES": {name: {"routing_key": name} for name in QUEUES},
        "CELERY_TASK_ROUTES": {
            name: {"queue": TICK_QUEUE} for name in ("core.tasks.relay", "core.tasks.run_job")
        },
        "CELERY_TASK_CREATE_MISSING_QUEUES": False,
    }
