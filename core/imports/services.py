"""Bringing in a file, step by step: uploaded, columns chosen, checked, loaded, or dropped."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, outbox
from core.actors import Actor
from core.errors import Conflict, Invalid, Refused
from core.imports import store
from core.imports.encodings import ENCODINGS, guess
from core.imports.limits import refuse
from core.imports.mapping import chosen, propose
from core.imports.readers import kind_of, read_rows
from core.imports.registry import Kind, find
from core.models import ImportFile
from core.models.imports import ImportState

SAMPLE = 5
MOST_OPEN = 3
RUNNING = (ImportState.CHECKING, ImportState.LOADING)
WAITING = (ImportState.UPLOADED, ImportState.CHECKED)
_SHOWN = 80  # characters of a sample cell


def _acting(actor: Actor, kind: Kind) -> Actor:
    """Whoever may bring in lists of this kind; refuses as the trade does."""
    if actor.person is None:
        raise Refused("may_not_import", _("Only people bring in files."))
    kind.require(actor.person)
    return actor.in_place_of(kind.for_whom(actor.person))


def note(actor: Actor, action: str, row: ImportFile, changes: Mapping[str, Any]) -> None:
    """One event about a file: counts and kinds, no data of it."""
    label = f"{row.kind} #{row.pk}"
    audit.record(actor=actor, action=action, subject=row, subject_label=label, changes=changes)


def upload(
    *, actor: Actor, kind: str, file_name: str, chunks: Iterable[bytes], language: str = "zh-hans"
) -> ImportFile:
    """Keep a file, guess its encoding and propose which column is which; nothing is checked yet.

    The same file once more while it is open gives the row that is there. Refuses as the kind does, and at "file".
    """
    acting = _acting(actor, find(kind))
    name, fingerprint = store.keep(chunks)
    row = ImportFile(
        owner=acting.person, kind=kind, file_name=_plain_name(file_name), stored_as=name, fingerprint=fingerprint,
        language=language,
    )  # fmt: skip
    try:
        _look(row)
        there = _same(row)
        if there is None:
            _insert(acting, row)
    except BaseException:
        store.remove(row)
        raise
    if there is not None:
        store.remove(row)
    return there or row


def _plain_name(name: str) -> str:
    """A file's name without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in last if character.isprintable()).strip()
    return shown[-200:] or "file"


def _same(row: ImportFile) -> ImportFile | None:
    open_rows = ImportFile.objects.filter(
        owner=row.owner, kind=row.kind, fingerprint=row.fingerprint, state__in=(*WAITING, *RUNNING)
    )
    found: ImportFile | None = open_rows.order_by("-id").first()
    return found


@transaction.atomic
def _insert(actor: Actor, row: ImportFile) -> None:
    row.save(force_insert=True)
    note(actor, "import.uploaded", row, {"columns": [None, len(row.columns)]})


def _look(row: ImportFile, encoding: str = "") -> None:
    """Headings, first rows and encoding of the file, and the columns proposed from them."""
    path = store.path_of(row)
    with path.open("rb") as file:
        is_text = kind_of(file.read(8)) == "csv"
        row.encoding = (encoding or guess(file)) if is_text else ""
    rows = [cells for _number, cells in islice(read_rows(path, row.encoding), SAMPLE + 1)]
    if len(rows) < 2:
        raise refuse("file_empty")
    row.columns = [_shown(cell) for cell in rows[0]]
    row.sample = [[_shown(cell) for cell in cells[: len(row.columns)]] for cells in rows[1:]]
    row.mapping = propose(find(row.kind), row.columns)


def _shown(cell: str) -> str:
    """What PostgreSQL can store of a cell, short."""
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" or one == "\0" else one for one in cell[:_SHOWN])


def _lock(pk: int, *states: str) -> ImportFile:
    row: ImportFile = ImportFile.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
    if row.state not in states:
        raise Conflict(
            "import_not_open",
            _("This file is being worked on, was loaded or was dropped already. Look at it again."),
        )
    return row


@transaction.atomic
def read_again(*, actor: Actor, import_file: ImportFile, encoding: str) -> ImportFile:
    """Read the headings and first rows in another encoding. Refuses "encoding_unknown" and "import_not_open"."""
    if encoding not in ENCODINGS:
        raise Invalid("encoding_unknown", _("Choose one of the encodings."), field="encoding")
    row = _lock(import_file.pk, *WAITING, ImportState.FAILED)
    _acting(actor, find(row.kind))
    _look(row, encoding)
    row.state = ImportState.UPLOADED
    row.save(update_fields=["encoding", "columns", "sample", "mapping", "state"])
    return row


@transaction.atomic
def start_check(*, actor: Actor, import_file: ImportFile, fields: Mapping[int, str]) -> ImportFile:
    """Begin the dry run with {place of the column: field}.

    Refuses what `mapping.chosen` refuses, "import_not_open" and "too_many_imports" (three are under way).
    """
    row = _lock(import_file.pk, *WAITING, ImportState.FAILED)
    kind = find(row.kind)
    acting = _acting(actor, kind)
    row.mapping = chosen(kind, row.columns, fields)
    _not_too_many(row)
    row.state, row.error = ImportState.CHECKING, ""
    row.rows = row.done = row.added = row.changed = row.unchanged = row.bad = 0
    row.save()
    outbox.publish(store.CHECK, f"{row.pk}.{secrets.token_hex(4)}", {"import": row.pk})
    note(acting, "import.checking", row, {"fields": [None, sorted(row.mapping)]})
    return row


def _not_too_many(row: ImportFile) -> None:
    if ImportFile.objects.filter(owner=row.owner_id, state__in=RUNNING).count() >= MOST_OPEN:
        raise Conflict(
            "too_many_imports", _("Three of your files are still being worked on. Wait for one of them.")
        )


@transaction.atomic
def start_load(*, actor: Actor, import_file: ImportFile, good_only: bool) -> ImportFile:
    """Load a checked file in the background: all of it or nothing, or the good rows only.

    Refuses "import_not_open", "bad_rows" (all or nothing, and some are wrong), "nothing_to_load".
    """
    row = _lock(import_file.pk, ImportState.CHECKED)
    acting = _acting(actor, find(row.kind))
    if row.bad and not good_only:
        raise Invalid(
            "bad_rows",
            _("Some rows are wrong. Correct the file and upload it again, or load only the good rows."),
        )
    if not row.added and not row.changed:
        raise Invalid("nothing_to_load", _("No row of this file adds or changes anything."))
    row.state, row.good_only, row.done = ImportState.LOADING, good_only, 0
    row.added = row.changed = row.unchanged = row.bad = 0
    row.save()
    outbox.publish(store.LOAD, str(row.pk), {"import": row.pk})
    note(acting, "import.started", row, {"good_only": [None, good_only]})
    return row


@transaction.atomic
def cancel(*, actor: Actor, import_file: ImportFile) -> ImportFile:
    """Stop a run, or drop a file that waits.

    A load of all or nothing leaves nothing behind; one of the good rows stops between two batches and says how far it
    came. Refuses "import_not_open" for one that has ended.
    """
    row = _lock(import_file.pk, *WAITING, *RUNNING, ImportState.FAILED)
    was, row.state, row.finished_at = row.state, ImportState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    if was in (*WAITING, ImportState.FAILED):
        _empty(row)
    note(actor, "import.cancelled", row, {"state": [str(was), str(row.state)], "done": [None, row.done]})
    return row


def _empty(row: ImportFile) -> None:
    """Forget the bytes and every word of them; the counts stay."""
    store.remove(row)
    row.problems.all().delete()
    ImportFile.objects.filter(pk=row.pk).update(stored_as="", sample=[], result_name="")


def expire(now: datetime) -> int:
    """Forget files of more than seven days, what was wrong in them and what came of them; returns how many.

    Called by the job that keeps retention. Rows under way are stopped first. The history keeps names and counts.
    """
    old = ImportFile.objects.filter(created_at__lt=now - store.KEPT).exclude(stored_as="")
    rows = list(old)
    for row in rows:
        stopped = ImportFile.objects.filter(pk=row.pk, state__in=(*WAITING, *RUNNING))
        stopped.update(state=ImportState.CANCELLED, finished_at=now)
        _empty(row)
    store.sweep(now, set(ImportFile.objects.exclude(stored_as="").values_list("stored_as", flat=True)))
    return len(rows)
