"""The two runs over a file: the dry run, and the load. Both may die anywhere and be run again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.actors import Actor, person_actor
from core.audit import written_last
from core.errors import DomainError
from core.imports import progress, results, store
from core.imports.cells import pack
from core.imports.judging import Judge
from core.imports.readers import Numbered
from core.imports.registry import ADD, BAD, CHANGE, UNCHANGED, Kind, Row, find
from core.imports.services import note
from core.models import ImportFile, ImportProblem
from core.models.imports import ImportState
from core.notifications import notify
from core.outbox import TryLater

_LOCK_CLASS = 7301004
_WAIT = 20.0  # seconds for another import of the same kind
_KEPT_PROBLEMS = 5_000  # of a load that failed as a whole
_COUNTS = {ADD: "added", CHANGE: "changed", UNCHANGED: "unchanged", BAD: "bad"}


class _Stopped(Exception):
    """Somebody cancelled it, or another process has done this part."""


class _BadRows(Exception):
    """All or nothing, and some rows are wrong."""

    def __init__(self, problems: list[ImportProblem], bad: int) -> None:
        super().__init__(bad)
        self.problems, self.bad = problems, bad


def _open(pk: int, state: str) -> ImportFile | None:
    row: ImportFile | None = ImportFile.objects.select_related("owner").filter(pk=pk, state=state).first()
    return row


def _is(row: ImportFile, state: str) -> bool:
    return bool(ImportFile.objects.filter(pk=row.pk, state=state).exists())


def _actor(row: ImportFile, kind: Kind) -> Actor:
    """The owner, who must still have the right; refuses as the trade does."""
    kind.require(row.owner)
    return person_actor(row.owner).in_place_of(kind.for_whom(row.owner))


def _judge(row: ImportFile, kind: Kind) -> Judge:
    return Judge(kind, len(row.columns), row.mapping, kind.start(row.owner))


def _guarded(row: ImportFile, state: str, run: Callable[[Kind], None]) -> None:
    """Run in the owner's language; a refusal ends the import with its sentence, anything else is tried again."""
    with translation.override(row.language):
        try:
            run(find(row.kind))
        except _Stopped:
            return
        except DomainError as refusal:
            _fail(row, state, str(refusal.message))


def _fail(row: ImportFile, state: str, error: str, **counts: int) -> bool:
    values = {"state": ImportState.FAILED, "error": error[:300], "finished_at": timezone.now(), **counts}
    with transaction.atomic():
        if not ImportFile.objects.filter(pk=row.pk, state=state).update(**values):
            return False
        _ring(row, store.DONE_NOTICE if state == ImportState.LOADING else store.CHECKED_NOTICE)
        note(person_actor(row.owner), "import.failed", row, {"bad": [None, counts.get("bad", 0)]})
    return True


def _ring(row: ImportFile, code: str) -> None:
    notify([row.owner_id], code, {"file": row.file_name}, reverse("core:import", args=[row.pk]), row)


def problems_of(row: ImportFile, kind: Kind, rows: Sequence[Row]) -> list[ImportProblem]:
    """What is wrong: heading of the column, value, and the code with what fills in its sentence."""
    found = []
    for one in rows:
        for key, problem in one.problems:
            place = row.mapping.get(key)
            value = one.cells[place] if place is not None and place < len(one.cells) else ""
            field = kind.field(key)
            heading = row.columns[place] if place is not None else str(field.label) if field else ""
            shown = results.storable(heading, 80), results.storable(value, 200)
            found.append(
                ImportProblem(
                    file=row,
                    row=one.number,
                    column=shown[0],
                    value=shown[1],
                    code=problem.code,
                    message=pack(problem),
                )
            )
    return found


# -- the dry run --------------------------------------------------------------------------------------------


def run_check(import_id: int) -> None:
    """Judge every row and note what is wrong; the trades' tables are read only. Running it again begins anew."""
    row = _open(import_id, ImportState.CHECKING)
    if row is not None:
        _guarded(row, ImportState.CHECKING, lambda kind: _check(row, kind))


def _check(row: ImportFile, kind: Kind) -> None:
    actor, judge, counts, total = _actor(row, kind), _judge(row, kind), Counter[str](), 0
    row.problems.all().delete()
    with results.BadRows(row) as bad:
        for batch in store.batches(row):
            if not _is(row, ImportState.CHECKING):
                raise _Stopped
            rows = judge.judge(batch)
            ImportProblem.objects.bulk_create(problems_of(row, kind, rows))
            bad.write(rows)
            counts.update(one.verdict for one in rows)
            total += len(rows)
            progress.note(store.PROGRESS, row.pk, total)
    _checked(row, actor, counts, total)


@transaction.atomic
def _checked(row: ImportFile, actor: Actor, counts: Counter[str], total: int) -> None:
    values = {name: counts[verdict] for verdict, name in _COUNTS.items()}
    found = ImportFile.objects.filter(pk=row.pk, state=ImportState.CHECKING)
    if found.update(state=ImportState.CHECKED, rows=total, done=total, **values):
        _ring(row, store.CHECKED_NOTICE)
        note(actor, "import.checked", row, {name: [None, count] for name, count in values.items()})


# -- the load -----------------------------------------------------------------------------------------------


def run_load(import_id: int) -> None:
    """Load a file that was started; every row is judged again, for what is there may have changed.

    All or nothing is one transaction. The good rows go in batch by batch, each in a transaction that also moves `done`
    on, so that a second process or a run after a crash goes on where the last batch ended and loads nothing twice. At
    the end the result file is written and the bell rings.
    """
    row = _open(import_id, ImportState.LOADING)
    if row is not None:
        _guarded(row, ImportState.LOADING, lambda kind: _load(row, kind))
    ended = ImportFile.objects.select_related("owner").filter(
        pk=import_id, state__in=(ImportState.LOADED, ImportState.CANCELLED), result_name="", done__gt=0
    )
    for one in ended.exclude(stored_as=""):
        _publish_result(one)


def _load(row: ImportFile, kind: Kind) -> None:
    actor = _actor(row, kind)
    if row.good_only:
        _load_good(row, kind, actor)
        return
    try:
        _load_all(row, kind, actor)
    except _BadRows as bad:
        sentence = _("Nothing was written: meanwhile something changed, and now rows of this file are wrong.")
        with transaction.atomic():
            row.problems.all().delete()
            ImportProblem.objects.bulk_create(bad.problems)
        _fail(row, ImportState.LOADING, sentence, bad=bad.bad)


def _take_turn(kind: Kind) -> None:
    """One import of a kind at a time, so that two of them do not add the same; held until the transaction ends."""
    until = time.monotonic() + _WAIT
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_CLASS, kind.kind])
            if cursor.fetchone()[0]:
                return
            if time.monotonic() > until:
                raise TryLater("another import of this kind is being loaded")
            time.sleep(0.2)


def _load_all(row: ImportFile, kind: Kind, actor: Actor) -> None:
    with transaction.atomic(), written_last(), results.Verdicts(row, 0) as verdicts:
        _take_turn(kind)
        judge, counts, problems, done = _judge(row, kind), Counter[str](), list[ImportProblem](), 0
        for batch in store.batches(row):
            if not _is(row, ImportState.LOADING):
                raise _Stopped
            rows = judge.judge(batch)
            counts.update(one.verdict for one in rows)
            if counts[BAD]:
                problems += problems_of(row, kind, rows)[: _KEPT_PROBLEMS - len(problems)]
                continue
            _apply(row, kind, actor, judge, rows)
            verdicts.write(rows)
            done += len(rows)
            progress.note(store.PROGRESS, row.pk, done)
        if counts[BAD]:
            raise _BadRows(problems, counts[BAD])
        verdicts.flush()
        values = {name: counts[verdict] for verdict, name in _COUNTS.items()}
        _finish(row, actor, done=done, rows=done, **values)


def _apply(row: ImportFile, kind: Kind, actor: Actor, judge: Judge, rows: Sequence[Row]) -> None:
    """Write the batch's good rows and the one event that names what was added and changed by id."""
    work = [one for one in rows if one.verdict in (ADD, CHANGE)]
    if not work:
        return
    try:
        judge.loader.apply(work)
    except (IntegrityError, DataError) as error:
        # Somebody was quicker with one of the rows. What the database says quotes them, so it goes no further; the
        # outbox tries again, and then the row is judged by what is there.
        raise RuntimeError(f"the database refused rows: {type(error).__name__}") from None
    changes: dict[str, Any] = {}
    for verdict in (ADD, CHANGE):
        ids = sorted(one.pk for one in work if one.verdict == verdict and one.pk is not None)
        if ids:
            changes[_COUNTS[verdict]] = [None, _spans(ids)]
    note(actor, f"import.{kind.kind}", row, changes)


def _spans(ids: Sequence[int]) -> list[str]:
    """[3, 4, 5, 9] as ["3-5", "9"]."""
    spans: list[list[int]] = []
    for pk in ids:
        if spans and pk == spans[-1][1] + 1:
            spans[-1][1] = pk
        else:
            spans.append([pk, pk])
    return [f"{first}-{last}" if last > first else str(first) for first, last in spans]


def _finish(row: ImportFile, actor: Actor, **values: int) -> None:
    """Only the one that finds it still being loaded may end it; else everything of this transaction goes."""
    open_row = ImportFile.objects.filter(pk=row.pk, state=ImportState.LOADING)
    if not open_row.update(state=ImportState.LOADED, finished_at=timezone.now(), **values):
        raise _Stopped
    changes: dict[str, Any] = {name: [None, values[name]] for name in _COUNTS.values()}
    note(actor, "import.loaded", row, changes)


def _load_good(row: ImportFile, kind: Kind, actor: Actor) -> None:
    judge, done = _judge(row, kind), row.done
    if not done:
        row.problems.all().delete()
    with results.Verdicts(row, done) as verdicts, results.BadRows(row, append=bool(done)) as bad:
        for batch in _after(store.batches(row), done, judge):
            with transaction.atomic(), written_last():
                _take_turn(kind)
                rows = judge.judge(batch)
                _apply(row, kind, actor, judge, [one for one in rows if one.verdict != BAD])
                ImportProblem.objects.bulk_create(problems_of(row, kind, rows))
                verdicts.write(rows)
                verdicts.flush()
                _move_on(row, done, rows)
            bad.write(rows)
            done += len(rows)
            progress.note(store.PROGRESS, row.pk, done)
    with transaction.atomic():
        row.refresh_from_db()
        counts = {name: getattr(row, name) for name in _COUNTS.values()}
        _finish(row, actor, rows=done, **counts)


def _after(batches: Iterator[list[Numbered]], done: int, judge: Judge) -> Iterator[list[Numbered]]:
    """What follows the first `done` rows; those are read too, for their keys."""
    passed = 0
    for batch in batches:
        known = batch[: max(0, done - passed)]
        judge.read(known)
        passed += len(batch)
        if rest := batch[len(known) :]:
            yield rest


def _move_on(row: ImportFile, done: int, rows: Sequence[Row]) -> None:
    counts = Counter(one.verdict for one in rows)
    here = ImportFile.objects.filter(pk=row.pk, state=ImportState.LOADING, done=done)
    changes: dict[str, Any] = {name: F(name) + counts[verdict] for verdict, name in _COUNTS.items()}
    if not here.update(done=done + len(rows), **changes):
        raise _Stopped


def _publish_result(row: ImportFile) -> None:
    """The file of verdicts, and the bell, once."""
    with translation.override(row.language):
        name = results.write_result(row)
    with transaction.atomic():
        if (
            ImportFile.objects.filter(pk=row.pk, result_name="")
            .exclude(stored_as="")
            .update(result_name=name)
        ):
            _ring(row, store.DONE_NOTICE)
            return
    (store.folder() / name).unlink(missing_ok=True)
