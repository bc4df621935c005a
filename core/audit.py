"""The trail: one explicit call in the service, in the same transaction.

Numbering and chaining are the database's: a trigger takes the number and the hashes under an advisory lock
that is held until the transaction ends. So a service calls `record` last, after its own row locks and writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

from core import requestid
from core.actors import Actor
from core.models import AuditEvent

Changes = Mapping[str, Any]
_held: ContextVar[list[AuditEvent] | None] = ContextVar("held_events", default=None)
Head = tuple[int, str]

GENESIS: Head = (0, "")
_CHUNK = 20_000
_BATCH = 500  # events in one statement
_UNSTORABLE = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_PART = """
WITH part AS (
    SELECT id, hash, prev_hash, core_audit_digest(e) AS digest,
           lag(id, 1, %(last_id)s::bigint) OVER (ORDER BY id) AS last_id,
           lag(hash, 1, %(last_hash)s::varchar) OVER (ORDER BY id) AS last_hash
    FROM core_auditevent e
    WHERE id > %(last_id)s AND id <= (
        SELECT max(id) FROM (
            SELECT id FROM core_auditevent WHERE id > %(last_id)s ORDER BY id LIMIT %(size)s
        ) AS next_rows
    )
), judged AS (
    SELECT id, hash, CASE
        WHEN id <> last_id + 1 THEN 'missing'
        WHEN hash <> digest THEN 'altered'
        WHEN prev_hash <> last_hash THEN 'unlinked'
    END AS problem FROM part
)
SELECT count(*), max(id), (array_agg(hash ORDER BY id DESC))[1],
       min(id) FILTER (WHERE problem IS NOT NULL),
       (array_agg(problem ORDER BY id) FILTER (WHERE problem IS NOT NULL))[1]
FROM judged
"""


def record(
    *,
    actor: Actor,
    action: str,
    subject: models.Model | None = None,
    subject_label: str = "",
    changes: Changes | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one event in the present transaction; number and hash come back from the database. One statement.

    Inside `written_last` the event is written at the end of the block.

    `changes` maps a field to [old, new] (see `diff`); it never holds personal data of customers, for the
    trail cannot be erased. Values that are not JSON are written as text. The request id is the one in force.
    """
    event = AuditEvent(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=_text(actor.label)[:150],
        for_id=actor.acting_for.pk if actor.acting_for is not None else None,
        for_label=_text(actor.acting_for.get_username())[:150] if actor.acting_for is not None else "",
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        subject_label=_text(subject_label)[:100],
        changes=_plain(dict(changes or {})),
        reason=_text(reason),
        request_id=requestid.current(),
    )
    held = _held.get()
    if held is None:
        event.save(force_insert=True)
    else:
        held.append(event)
    return event


@contextmanager
def written_last() -> Iterator[None]:
    """Hold back the events of the block and write them, in their order, when it ends well.

    Writers queue for the chain's lock from their first event to their commit, so a service that records several
    things keeps the others waiting for its last two statements only. The trigger sees the rows of a statement one after
    the other, so thousands of events are chained in a few statements.
    """
    events: list[AuditEvent] = []
    token = _held.set(events)
    try:
        yield
    finally:
        _held.reset(token)
    AuditEvent.objects.bulk_create(events, batch_size=_BATCH)


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Only what differs, as {field: [old, new]} in plain JSON; a field that one side lacks counts as None."""
    return {
        field: [_plain(old.get(field)), _plain(new.get(field))]
        for field in {**old, **new}
        if old.get(field) != new.get(field)
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a check.

    `events` checked, the head's number and hash, and the first broken number (None: the chain is whole) with
    what is wrong there: "missing" (rows before it are gone), "altered" (the row was edited), "unlinked" (the
    row before it was replaced), "cut" (the tail is gone), "replaced" (another chain than the one whose head
    was kept).
    """

    events: int
    head: int
    head_hash: str
    broken_at: int | None = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return self.broken_at is None


def verify_chain(
    *, start: int | None = None, expected_head: Head | None = None, chunk: int = _CHUNK
) -> Verdict:
    """Check the chain from row `start` (None: the first) to the head, inside the database, chunk by chunk.

    Finds an edited row and a deleted one. A cut tail leaves a whole chain behind: only `expected_head`,
    number and hash kept outside the database, shows it.
    """
    verdict = _walk(_before(start), chunk)
    if verdict.ok and expected_head is not None:
        return _compared(verdict, expected_head)
    return verdict


def _before(start: int | None) -> Head:
    """Number and hash of the row before `start`, from which the walk goes on."""
    if start is None or start <= 1:
        return GENESIS
    found = AuditEvent.objects.filter(pk=start - 1).values_list("hash", flat=True).first()
    return start - 1, found or ""


def _walk(last: Head, chunk: int) -> Verdict:
    events = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PART, {"last_id": last[0], "last_hash": last[1], "size": chunk})
            count, head, head_hash, broken_at, problem = cursor.fetchone()
            if not count:
                return Verdict(events, *last)
            events, last = events + count, (head, head_hash)
            if broken_at is not None:
                return Verdict(events, *last, broken_at, problem)


def _compared(verdict: Verdict, expected: Head) -> Verdict:
    """The verdict on a whole chain, given a head that was kept outside."""
    found = AuditEvent.objects.filter(pk=expected[0]).values_list("hash", flat=True).first()
    if found == expected[1]:
        return verdict
    broken_at, problem = (verdict.head + 1, "cut") if found is None else (expected[0], "replaced")
    return Verdict(verdict.events, verdict.head, verdict.head_hash, broken_at, problem)


def _plain(value: Any) -> Any:
    """Plain JSON, with text that PostgreSQL can store."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, models.Model):
        return value.pk
    return _text(value)


def _text(value: Any) -> str:
    return str(value).translate(_UNSTORABLE)
