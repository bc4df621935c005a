"""Loading a staff list: a dry run that writes nothing to staff, then the load in the background, safe to repeat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core import outbox
from core.actors import Actor, person_actor
from core.audit import record, written_last
from core.errors import Conflict, Invalid
from core.notifications import notify
from orgchart import importprogress
from orgchart.enums import EducationLevel, ImportState, QualificationKind
from orgchart.models import Appointment, Person, Position, Qualification, StaffImport, Unit
from orgchart.policies import may_import
from orgchart.rules.stafflist import ADD, UNCHANGED, Judged, Problem, Row, judge
from orgchart.scope import today
from orgchart.services.permits import may_not_appoint, to_appoint
from orgchart.staffdirectory import directory
from orgchart.stafftables import Cells, read_table

EFFECT = "staff.import"
CHUNK = 200
KEPT = timedelta(days=7)
"""How long a list that was not loaded is kept."""


def _require(actor: Actor) -> Actor:
    """Whoever enters staff everywhere; a list reaches everywhere."""
    if actor.person is not None and not may_import(actor.person):
        raise may_not_appoint()
    return to_appoint(actor).actor


def _judged(cells: Cells) -> Judged:
    return judge(cells, directory([values for _number, values in cells]), today())


def _problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [{**asdict(problem), "params": dict(problem.params)} for problem in problems]


def _note(actor: Actor, action: str, row: StaffImport, changes: Mapping[str, Any]) -> None:
    record(actor=actor, action=action, subject=row, subject_label=f"#{row.pk}", changes=changes)


@transaction.atomic
def check_import(*, actor: Actor, file_name: str, data: bytes) -> StaffImport:
    """Read and judge a list; keeps the rows and what is wrong with them, and writes nothing to staff.

    Refuses with "may_not_appoint" and what `orgchart.stafftables.read_table` refuses.
    """
    actor = _require(actor)
    cells = read_table(data)
    judged = _judged(cells)
    verdicts = {row.number: row.verdict for row in judged.rows}
    row: StaffImport = StaffImport.objects.create(
        owner=actor.person,
        file_name=file_name[-200:],
        rows=[{"row": number, "verdict": verdicts[number], "cells": values} for number, values in cells],
        problems=_problems(judged.problems),
    )
    counts = verdicts_of(row)
    _note(actor, "staff_import.checked", row, {name: [None, count] for name, count in counts.items()})
    return row


def verdicts_of(staff_import: StaffImport) -> Counter[str]:
    """How many rows of the list have each verdict, as of the dry run."""
    return Counter(row["verdict"] for row in staff_import.rows)


def _lock(pk: int) -> StaffImport:
    rows = StaffImport.objects.select_for_update(of=("self",)).select_related("owner")
    locked: StaffImport = rows.get(pk=pk)
    return locked


def _open(pk: int) -> StaffImport:
    row = _lock(pk)
    if row.state != ImportState.CHECKED:
        raise Conflict(
            "import_not_open", _("This list is being loaded, was loaded or was discarded already.")
        )
    return row


@transaction.atomic
def start_import(*, actor: Actor, staff_import: StaffImport, good_only: bool) -> StaffImport:
    """Load the list in the background: all of it, or only the good rows.

    Refuses with "may_not_appoint", "import_not_open", "bad_rows" (all or nothing, and some are wrong) or
    "nothing_to_add".
    """
    actor = _require(actor)
    row = _open(staff_import.pk)
    if row.problems and not good_only:
        raise Invalid(
            "bad_rows",
            _("Some rows are wrong. Correct the list and upload it again, or load only the good rows."),
        )
    if not verdicts_of(row)[ADD]:
        raise Invalid("nothing_to_add", _("No row of this list adds anything."))
    row.state, row.good_only = ImportState.LOADING, good_only
    row.save(update_fields=["state", "good_only"])
    outbox.publish(EFFECT, str(row.pk), {"import": row.pk})
    _note(actor, "staff_import.started", row, {"good_only": [None, good_only]})
    return row


@transaction.atomic
def discard_import(*, actor: Actor, staff_import: StaffImport) -> StaffImport:
    """Forget a list that is not loaded. Refuses with "may_not_appoint" or "import_not_open"."""
    actor = _require(actor)
    row = _open(staff_import.pk)
    _forget(row)
    _note(actor, "staff_import.discarded", row, {})
    return row


def _forget(row: StaffImport) -> None:
    row.state, row.rows, row.problems, row.finished_at = ImportState.DISCARDED, [], [], timezone.now()
    row.save(update_fields=["state", "rows", "problems", "finished_at"])


@transaction.atomic
def forget_old_imports(*, actor: Actor) -> int:
    """Forget lists that nobody loaded within seven days, and the rows of those that failed; returns how many."""
    old = StaffImport.objects.filter(
        state__in=(ImportState.CHECKED, ImportState.FAILED), created_at__lt=timezone.now() - KEPT
    )
    rows = list(old.select_for_update(skip_locked=True))
    for row in rows:
        _forget(row)
        _note(actor, "staff_import.discarded", row, {})
    return len(rows)


# -- the load -----------------------------------------------------------------------------------------------


@transaction.atomic
def load_import(import_id: int) -> StaffImport:
    """Load a list that was started; running it again changes nothing. One transaction: all of it or nothing.

    Every row is judged again, for the staff may have changed since the dry run. With "all or nothing" one bad row ends
    it as failed. Rings the owner's bell.
    """
    with written_last():
        row = _lock(import_id)
        if row.state != ImportState.LOADING:
            return row
        actor = person_actor(row.owner)
        if not may_import(row.owner):
            return _finish(row, actor, ImportState.FAILED, [Problem(0, "employee_no", "", "no_right")])
        actor = to_appoint(actor).actor
        judged = _judged([(one["row"], one["cells"]) for one in row.rows])
        if judged.problems and not row.good_only:
            return _finish(row, actor, ImportState.FAILED, judged.problems)
        row.added = _add(actor, row, [one for one in judged.rows if one.verdict == ADD])
        row.unchanged, row.done = judged.count(UNCHANGED), len(judged.rows)
        return _finish(row, actor, ImportState.LOADED, judged.problems)


def _finish(row: StaffImport, actor: Actor, state: str, problems: Iterable[Problem]) -> StaffImport:
    row.state, row.problems, row.finished_at = state, _problems(problems), timezone.now()
    if state == ImportState.LOADED:
        row.rows = []
    row.save()
    notify([row.owner_id], "orgchart.import_done", {"file": row.file_name}, f"/staff/import/{row.pk}/", row)
    changes = {
        "added": [None, row.added],
        "unchanged": [None, row.unchanged],
        "bad": [None, len(row.problems)],
    }
    _note(actor, f"staff_import.{state}", row, changes)
    return row


def _add(actor: Actor, staff_import: StaffImport, rows: Sequence[Row]) -> int:
    """Accounts without a password, their posts and education; returns how many rows were added."""
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row.employee_no].append(row)
    positions = {position.code: position for position in Position.objects.defer("rights", "note")}
    units = {unit.code: unit for unit in Unit.objects.all()}
    people, added = list(by_person.values()), 0
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        _add_chunk(actor, staff_import, chunk, positions, units)
        added += sum(map(len, chunk))
        importprogress.note(staff_import.pk, added)
    return added


def _add_chunk(
    actor: Actor,
    staff_import: StaffImport,
    people: Sequence[Sequence[Row]],
    positions: Mapping[str, Position],
    units: Mapping[str, Unit],
) -> None:
    accounts = Person.objects.bulk_create([_account(own) for own in people])
    Appointment.objects.bulk_create(
        [
            _post(person, row, positions[row.position], units[row.unit])
            for person, own in zip(accounts, people, strict=True)
            for row in own
        ]
    )
    Qualification.objects.bulk_create(
        [
            _education(actor, person, own)
            for person, own in zip(accounts, people, strict=True)
            if any(row.education for row in own)
        ]
    )
    for person, own in zip(accounts, people, strict=True):
        posts = [f"{row.position} @ {row.unit} {row.starts_on}" for row in own]
        record(
            actor=actor, action="person.imported", subject=person, subject_label=person.username,
            changes={"import": [None, staff_import.pk], "posts": [None, posts]},
        )  # fmt: skip


def _account(own: Sequence[Row]) -> Person:
    """Nobody knows a password of it: the superior gives one by resetting it."""
    main = next(row for row in own if row.is_primary)
    person = Person(
        username=main.username, name=main.name, employee_no=main.employee_no,
        email=next((row.email for row in own if row.email), ""),
        hired_on=next((row.hired_on for row in own if row.hired_on), main.starts_on),
    )  # fmt: skip
    person.set_unusable_password()
    return person


def _post(person: Person, row: Row, position: Position, unit: Unit) -> Appointment:
    assert row.starts_on is not None
    return Appointment(
        person=person, position=position, unit=unit, starts_on=row.starts_on, is_primary=row.is_primary,
        is_single=position.is_leader,
    )  # fmt: skip


def _education(actor: Actor, person: Person, own: Sequence[Row]) -> Qualification:
    level = next(row.education for row in own if row.education)
    with translation.override("zh-hans"):
        text = str(EducationLevel(level).label)
    return Qualification(
        person=person, kind=QualificationKind.EDUCATION, text=text, level=level, recorded_by=actor.person
    )
