"""The file of a member of staff: what proves that the requirements of a position are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import diff, record
from core.errors import Invalid, Refused
from orgchart.enums import QualificationKind
from orgchart.models import Person, Qualification
from orgchart.policies import FILE, granted_in_place_of, may
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says; see `orgchart.models.Qualification`."""

    kind: str
    text: str
    level: str = ""
    years: Decimal | None = None
    document_no: str = ""
    obtained_on: date | None = None
    valid_until: date | None = None


_FIELDS = tuple(part.name for part in fields(Entry))


def require_file(actor: Actor, person: Person) -> Actor:
    """The actor as the trail records it. The system may; a person needs «staff.file», and never for oneself."""
    if actor.person is None:
        return actor
    if actor.person.pk == person.pk:
        raise Refused("about_oneself", _("Nobody writes in their own file. Hand the proof to the superior."))
    if not may(actor.person, "edit_file", person):
        raise Refused(
            "may_not_edit_file",
            _(
                "Files are kept by a superior of this person or by the personnel group. Hand the proof in there."
            ),
        )
    return actor.in_place_of(granted_in_place_of(actor.person, FILE, person))


def _check(entry: Entry) -> None:
    education, experience = QualificationKind.EDUCATION, QualificationKind.EXPERIENCE
    if (entry.kind == education) != bool(entry.level):
        raise Invalid(
            "level_missing", _("Choose the level of education; other entries have none."), field="level"
        )
    if (entry.kind == experience) != (entry.years is not None):
        raise Invalid(
            "years_missing", _("Give the years for work experience; other entries have none."), field="years"
        )
    if entry.obtained_on is not None and entry.obtained_on > today():
        raise Invalid("obtained_later", _("This day is yet to come."), field="obtained_on")
    if entry.obtained_on and entry.valid_until and entry.valid_until < entry.obtained_on:
        raise Invalid(
            "valid_before_obtained", _("The last day lies before the first one."), field="valid_until"
        )


def _facts(row: Qualification | None) -> dict[str, Any]:
    """An entry as the trail keeps it: of a document's number only the end, for the trail cannot be erased."""
    if row is None:
        return {}
    facts = {name: getattr(row, name) or None for name in _FIELDS}
    if row.document_no:
        facts["document_no"] = f"…{row.document_no[-3:]}" if len(row.document_no) > 6 else "…"
    return facts


def _note(
    actor: Actor,
    action: str,
    person: Person,
    row: Qualification,
    changes: Mapping[str, Any],
    reason: str = "",
) -> None:
    record(
        actor=actor, action=action, subject=person, subject_label=person.username, reason=reason,
        changes={"entry": [row.pk, row.pk], **changes},
    )  # fmt: skip


@transaction.atomic
def add_entry(*, actor: Actor, person: Person, entry: Entry) -> Qualification:
    """Put an entry into the file.

    Refuses with "may_not_edit_file", "about_oneself", "level_missing", "years_missing", "obtained_later" or
    "valid_before_obtained".
    """
    actor = require_file(actor, person)
    _check(entry)
    row: Qualification = Qualification.objects.create(
        person=person, recorded_by=actor.person, **asdict(entry)
    )
    _note(actor, "file.entry_added", person, row, diff({}, _facts(row)))
    return row


@transaction.atomic
def correct_entry(*, actor: Actor, row: Qualification, entry: Entry) -> Qualification:
    """Correct an entry; what stood there before stays in the trail. The kind stays. Refuses as `add_entry`."""
    actor = require_file(actor, row.person)
    _check(entry)
    locked: Qualification = Qualification.objects.select_for_update().get(pk=row.pk)
    before = _facts(locked)
    for name, value in asdict(entry).items():
        setattr(locked, name, value)
    locked.save()
    changes = {"text": [before["text"], locked.text], **diff(before, _facts(locked))}
    _note(actor, "file.entry_corrected", row.person, locked, changes)
    return locked


@transaction.atomic
def remove_entry(*, actor: Actor, row: Qualification, reason: str) -> None:
    """Take an entry out; the trail keeps what it said. Refuses with "may_not_edit_file" or "about_oneself"."""
    actor = require_file(actor, row.person)
    Qualification.objects.filter(pk=row.pk).delete()
    _note(actor, "file.entry_removed", row.person, row, diff(_facts(row), {}), reason)
