"""Signs of life of the background: who showed itself when."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from core.models import Heartbeat

logger = logging.getLogger(__name__)

WORKER = "worker"
RELAY = "relay"
CANARY = "canary:"
PULSE = timedelta(seconds=2)


def beat(name: str) -> None:
    """Note that `name` works now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def age(name: str, now: datetime | None = None) -> timedelta | None:
    """How long ago `name` showed itself, None when it never did."""
    row = Heartbeat.objects.filter(name=name).first()
    return (now or timezone.now()) - row.at if row else None


def start_pulse(name: str = WORKER, every: timedelta = PULSE) -> threading.Event:
    """Show `name` from a thread of this process until the returned event is set or the process ends.

    A thread, because a worker whose children are all busy with long tasks is alive all the same; whether tasks get
    through at all is what the canaries show.
    """
    stop = threading.Event()
    threading.Thread(target=_pulse, args=(name, every.total_seconds(), stop), daemon=True).start()
    return stop


def _pulse(name: str, seconds: float, stop: threading.Event) -> None:
    while True:
        try:
            beat(name)
        except DatabaseError as error:
            logger.warning(
                "no heartbeat: the database does not answer", extra={"error": type(error).__name__}
            )
        finally:
            # No connection is kept: the process forks children while this thread runs.
            connection.close()
        if stop.wait(seconds):
            return
