"""Writing an effect down, in the same transaction as the change that calls for it."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import requestid
from core.counters import NUDGE_FAILURES
from core.models import Effect
from core.outbox import broker
from core.outbox.registry import queue_of

logger = logging.getLogger(__name__)

_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,100}")
_PERSONAL = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)|(?<!\d)\d{14,16}(?!\d)|@")
_PAUSE_AFTER_FAILURE = 5.0  # seconds in which nobody waits for a broker that has just failed
_INSERT = """
    INSERT INTO core_effect (kind, key, payload, message_id, state, attempts, failures, perhaps_sent, available_at,
                             announced_at, last_error, request_id, created_at)
    VALUES (%s, %s, %s::jsonb, %s, 'pending', 0, 0, false, %s, %s, '', %s, %s)
    ON CONFLICT (kind, key) DO NOTHING RETURNING id
"""


class _Broker:
    """When this process last found the broker silent (monotonic seconds)."""

    silent_until = 0.0


def publish(
    kind: str, key: str, payload: Mapping[str, Any], *, available_at: datetime | None = None
) -> Effect:
    """Note that an effect has to happen once this transaction stands; the same (kind, key) is one effect.

    `payload` carries ids and short codes only, never a name or a number of a customer. Returns the effect, which is
    the earlier one when it exists already. Raises TransactionManagementError outside a transaction (the effect could
    then stand without its cause) and ValueError for a payload that carries more than ids.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{kind}: an effect is published inside a transaction")
    _check_payload(payload)
    now = timezone.now()
    due = available_at is None or available_at <= now
    effect = Effect(
        kind=kind,
        key=key,
        payload=dict(payload),
        message_id=uuid.uuid4(),
        available_at=available_at or now,
        announced_at=now if due else None,
        request_id=requestid.current(),
        created_at=now,
    )
    if not _insert(effect):
        return Effect.objects.get(kind=kind, key=key)
    if due:
        transaction.on_commit(partial(nudge, effect.pk, kind), robust=True)
    return effect


def _insert(effect: Effect) -> bool:
    """Write the row unless (kind, key) exists; says whether it was written. One statement, no lost race."""
    values: list[Any] = [effect.kind, effect.key, json.dumps(effect.payload), effect.message_id]
    values += [effect.available_at, effect.announced_at, effect.request_id, effect.created_at]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    if row is None:
        return False
    effect.pk = row[0]
    effect._state.adding = False
    effect._state.db = connection.alias
    return True


def _check_payload(payload: Mapping[str, Any]) -> None:
    for name, value in payload.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if not _is_id(item):
                raise ValueError(f"the payload of an effect carries ids and short codes only, not {name!r}")


def _is_id(value: Any) -> bool:
    if value is None or isinstance(value, int):
        return True
    return isinstance(value, str) and bool(_CODE.fullmatch(value)) and not _PERSONAL.search(value)


def nudge(effect_id: int, kind: str) -> bool:
    """Ask a worker to deliver now. A silent broker costs nothing but time: the relay finds the row anyway."""
    try:
        if time.monotonic() < _Broker.silent_until:
            raise ConnectionError("the broker was silent a moment ago")
        broker.send_delivery(effect_id, queue_of(kind), requestid.current())
    except broker.UNREACHABLE as error:
        _note_silence(error)
        Effect.objects.filter(pk=effect_id).update(announced_at=None)
        return False
    return True


def _note_silence(error: Exception) -> None:
    NUDGE_FAILURES.inc()
    if time.monotonic() < _Broker.silent_until:
        return
    _Broker.silent_until = time.monotonic() + _PAUSE_AFTER_FAILURE
    logger.warning(
        "the broker does not answer; effects wait for the relay", extra={"error": type(error).__name__}
    )
