"""The relay: tells workers of effects that are due, again and again until they are done."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.models import Effect
from core.outbox import broker
from core.outbox.delivery import Outcome, deliver, free_at
from core.outbox.registry import queue_of

logger = logging.getLogger(__name__)

Line = tuple[int, str, str]  # id, kind, request id


def relay_due(limit: int = 500) -> int:
    """Announce due effects to Celery, oldest first, until `limit` messages wait there; returns how many.

    Safe to run anywhere and twice at once: rows somebody works on are skipped, and an effect is announced again only
    after OUTBOX_ANNOUNCE_AGAIN. A queue that is full already gets nothing, since announcing a backlog again would keep
    the workers from working it off. A broker that is down leaves the effects unannounced for the next run.
    """
    try:
        room = limit - broker.waiting(settings.CELERY_TASK_DEFAULT_QUEUE)
    except broker.UNREACHABLE as error:
        return _note_silence(error, 0)
    return _announce(_mark_announced(timezone.now(), room)) if room > 0 else 0


def _announce(lines: list[Line]) -> int:
    for position, (effect_id, kind, request_id) in enumerate(lines):
        try:
            broker.send_delivery(effect_id, queue_of(kind), request_id)
        except broker.UNREACHABLE as error:
            _take_back(lines[position:])
            return _note_silence(error, position)
    return len(lines)


def _note_silence(error: Exception, announced: int) -> int:
    logger.warning("relay: the broker does not answer", extra={"error": type(error).__name__})
    return announced


def _mark_announced(now: datetime, limit: int) -> list[Line]:
    long_ago = Q(announced_at__isnull=True) | Q(announced_at__lte=now - settings.OUTBOX_ANNOUNCE_AGAIN)
    with transaction.atomic():
        due = Effect.objects.select_for_update(skip_locked=True).filter(free_at(now) & long_ago)
        lines = list(due.order_by("available_at", "id").values_list("pk", "kind", "request_id")[:limit])
        Effect.objects.filter(pk__in=[line[0] for line in lines]).update(announced_at=now)
    return lines


def _take_back(lines: list[Line]) -> None:
    Effect.objects.filter(pk__in=[line[0] for line in lines]).update(announced_at=None)


def drain(limit: int = 10_000) -> int:
    """Deliver everything due here and now, without Celery, and what those deliveries publish; returns how many.

    For tests, commands and an operator whose broker is away.
    """
    delivered = 0
    while delivered < limit:
        due = Effect.objects.filter(free_at(timezone.now())).order_by("available_at", "id")
        outcomes = [deliver(pk) for pk in due.values_list("pk", flat=True)[:500]]
        done = outcomes.count(Outcome.DONE)
        delivered += done
        if not done:
            break
    return delivered
