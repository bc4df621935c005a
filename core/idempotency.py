"""Repeated requests: the first answer is kept in the same transaction as what it did, and given again.

A crash before commit leaves neither the effect nor the key; after it, both. A refusal leaves no key, so that
the same form can be sent again once it is corrected.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, Invalid
from core.models import IdempotencyKey
from core.retry import when_busy

MAX_KEY = 255
WAIT_MILLISECONDS = 3000
_LOCK_NOT_AVAILABLE = "55P03"
_CLAIM = """
INSERT INTO core_idempotencykey (owner_id, purpose, key, fingerprint, result, created_at)
VALUES (%s, %s, %s, %s, '{}', %s) ON CONFLICT (owner_id, purpose, key) DO NOTHING RETURNING id
"""


@when_busy
def replayable(
    owner: Any,
    purpose: str,
    key: str,
    fingerprint_of: Any,
    run: Callable[[], Mapping[str, Any]],
) -> dict[str, Any]:
    """Run `run` once per (owner, purpose, key); return its result, a JSON object, then and each time after.

    `owner` is the account that sent the request, `purpose` the kind of request ("case.create"),
    `fingerprint_of` what was sent (anything JSON can hold), by which a repetition is told from another
    request with the same key. Key, effect and result are one transaction. A repetition that comes while the
    first is running waits for it.

    Raises Invalid("idempotency_key") for a key that is empty, too long or not printable ASCII,
    Invalid("idempotency_mismatch") for another content under the same key, Conflict("still_running") when the
    first one takes longer than 3 s, and whatever `run` raises.
    """
    fingerprint = _fingerprint(fingerprint_of)
    with transaction.atomic():
        row_id = _claim(owner.pk, purpose, _checked(key), fingerprint)
        if row_id is None:
            return _replayed(owner.pk, purpose, key, fingerprint)
        result = json.loads(json.dumps(dict(run()), cls=DjangoJSONEncoder))
        IdempotencyKey.objects.filter(pk=row_id).update(result=result)
    return dict(result)


def _checked(key: str) -> str:
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(
            "idempotency_key",
            _("The idempotency key must be 1 to 255 printable ASCII characters."),
            field="idempotency_key",
        )
    return key


def _fingerprint(content: Any) -> str:
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _claim(owner_id: int, purpose: str, key: str, fingerprint: str) -> int | None:
    """Insert the key;

    None when it stands already. Waits for a transaction that is just inserting the same one.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(WAIT_MILLISECONDS)])
            cursor.execute(_CLAIM, [owner_id, purpose, key, fingerprint, timezone.now()])
            row = cursor.fetchone()
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) == _LOCK_NOT_AVAILABLE:
            raise Conflict(
                "still_running",
                _("The same request is still being worked on. Wait a moment, then look again."),
            ) from error
        raise
    return row[0] if row else None


def _replayed(owner_id: int, purpose: str, key: str, fingerprint: str) -> dict[str, Any]:
    kept = IdempotencyKey.objects.get(owner_id=owner_id, purpose=purpose, key=key)
    if kept.fingerprint != fingerprint:
        raise Invalid(
            "idempotency_mismatch",
            _("This form was already sent with another content. Open it anew."),
            field="idempotency_key",
        )
    return dict(kept.result)
