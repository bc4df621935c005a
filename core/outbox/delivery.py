"""Delivering one effect: claimed by compare-and-swap, counted by ourselves, finished or put off in the database.

Celery may hand over the same id many times, and a process may die at any line. A claim is one UPDATE that only one
caller can win; it writes the attempt down before the handler starts, so that an effect which kills its process is
counted too. The lease that the claim takes ends by itself; the time in it is also the token of the claim.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core import requestid
from core.models import Effect
from core.models.outbox import EffectState
from core.outbox.registry import Handler, TryLater, find

logger = logging.getLogger(__name__)

SLOW_LEASE = timedelta(minutes=5)  # longer than the hard time limit of a task
MAX_FAILURES = 3
MAX_VANISHED = 5
BACKOFF = (timedelta(seconds=30), timedelta(minutes=5))
PATIENCE = timedelta(days=3)
_ERROR_LENGTH = 2_000
OPEN = (EffectState.PENDING, EffectState.SENDING, EffectState.UNCERTAIN)


class Outcome(StrEnum):
    """What a call of `deliver` came to."""

    DONE = "done"
    NOT_OURS = "not_ours"
    LATER = "later"
    PARKED = "parked"


def free_at(now: datetime) -> Q:
    """Effects that somebody may take up at `now`: open, due, and not under somebody's lease."""
    unleased = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return unleased & Q(state__in=OPEN, available_at__lte=now)


def deliver(effect_id: int) -> Outcome:
    """Deliver one effect if it is due and nobody else does. Never raises for a handler that fails; it is put off.

    Errors of the database itself are raised: the claim's lease ends and the relay comes back.
    """
    effect = _claim(effect_id)
    if effect is None:
        return Outcome.NOT_OURS
    with requestid.bound(effect.request_id or requestid.new(), actor=f"effect:{effect.pk}"):
        outcome = _deliver_claimed(effect)
        level = logging.ERROR if outcome == Outcome.PARKED else logging.INFO
        facts = {"effect": effect.pk, "kind": effect.kind, "attempt": effect.attempts}
        logger.log(level, "effect %s", outcome, extra=facts)
    return outcome


def _claim(effect_id: int) -> Effect | None:
    """Take the lease, count the attempt; None when the effect is finished, put off or held by somebody else."""
    now = timezone.now()
    seen = Effect.objects.filter(free_at(now), pk=effect_id).first()
    if seen is None:
        return None
    changes = _claim_changes(seen, now)
    won = Effect.objects.filter(free_at(now), pk=effect_id, attempts=seen.attempts).update(**changes)
    return Effect.objects.get(pk=effect_id) if won else None


def _claim_changes(seen: Effect, now: datetime) -> dict[str, Any]:
    """What a claim writes. An external effect found in "sending" was perhaps sent by a process that died."""
    handler = find(seen.kind)
    slow = handler is not None and handler.queue != settings.CELERY_TASK_DEFAULT_QUEUE
    changes: dict[str, Any] = {
        "lease_until": now + (SLOW_LEASE if slow else settings.OUTBOX_LEASE),
        "attempts": F("attempts") + 1,
    }
    if handler is not None and handler.external:
        changes["state"] = EffectState.SENDING
        if seen.state == EffectState.SENDING:
            changes["perhaps_sent"] = True
    return changes


def _deliver_claimed(effect: Effect) -> Outcome:
    handler = find(effect.kind)
    if handler is None:
        return _park(effect, "nobody delivers this kind of effect")
    if effect.attempts - effect.failures > MAX_VANISHED:
        return _park(effect, f"{MAX_VANISHED} attempts ended with the death of the process")
    try:
        return _send(effect, handler) if handler.external else _apply(effect, handler)
    except TryLater as error:
        return _postpone(effect, error)
    except (
        Exception
    ) as error:  # every failure of a handler is written down, counted and shown on the operations page
        if _database_is_gone(error):
            raise
        logger.exception("effect failed", extra={"effect": effect.pk, "kind": effect.kind})
        return _fail(effect, error, uncertain=handler.external)


def _database_is_gone(error: Exception) -> bool:
    """Not the effect's fault: a lost connection, which psycopg2 also reports as plain DatabaseError, or a lock."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def _apply(effect: Effect, handler: Handler) -> Outcome:
    """Handler and "done" in one transaction, and only while the claim is still ours: exactly once."""
    with transaction.atomic():
        if _ours(effect).select_for_update().first() is None:
            return Outcome.NOT_OURS
        handler.deliver(effect)
        _finish(effect)
    return Outcome.DONE


def _send(effect: Effect, handler: Handler) -> Outcome:
    """Send, then note it: at least once, always under the same message id."""
    handler.deliver(effect)
    _finish(effect)
    return Outcome.DONE


def _finish(effect: Effect) -> None:
    Effect.objects.filter(pk=effect.pk, state__in=OPEN).update(
        state=EffectState.DONE, done_at=timezone.now(), lease_until=None, last_error=""
    )


def _ours(effect: Effect) -> QuerySet[Effect]:
    """The effect while our claim on it holds."""
    return Effect.objects.filter(pk=effect.pk, lease_until=effect.lease_until, state__in=OPEN)


def _fail(effect: Effect, error: Exception, *, uncertain: bool) -> Outcome:
    """Count the failure and put the effect off, or park it after the third."""
    changes: dict[str, Any] = {
        "failures": effect.failures + 1,
        "perhaps_sent": effect.perhaps_sent or uncertain,
    }
    text = f"{type(error).__name__}: {error}"
    if changes["failures"] >= MAX_FAILURES:
        return _park(effect, text, **changes)
    changes["state"] = EffectState.UNCERTAIN if uncertain else EffectState.PENDING
    return _put_off(effect, timezone.now() + BACKOFF[effect.failures], text, **changes)


def _postpone(effect: Effect, error: TryLater) -> Outcome:
    """The other side is away: wait half as long again as the effect is old, 30 seconds to 6 hours, for three days."""
    now = timezone.now()
    age = now - effect.created_at
    perhaps = effect.perhaps_sent or error.perhaps_sent
    if age > PATIENCE:
        return _park(effect, str(error), perhaps_sent=perhaps)
    wait = min(max(age / 2, timedelta(seconds=30)), timedelta(hours=6))
    changes: dict[str, Any] = {"attempts": effect.attempts - 1, "perhaps_sent": perhaps}
    changes["state"] = EffectState.UNCERTAIN if perhaps else EffectState.PENDING
    return _put_off(effect, now + wait, str(error), **changes)


def _put_off(effect: Effect, until: datetime, text: str, **changes: Any) -> Outcome:
    _ours(effect).update(
        available_at=until, lease_until=None, announced_at=None, last_error=text[:_ERROR_LENGTH], **changes
    )
    return Outcome.LATER


def _park(effect: Effect, text: str, **changes: Any) -> Outcome:
    _ours(effect).update(
        state=EffectState.PARKED, lease_until=None, last_error=text[:_ERROR_LENGTH], **changes
    )
    return Outcome.PARKED
