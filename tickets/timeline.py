"""What happened to a case, oldest first: audit events and notes as one story in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.models import AuditEvent
from core.templatetags.ui import moment
from orgchart.models import Person
from tickets.enums import WaitReason
from tickets.models import Case, CaseNote

MOST = 200
"""Events and notes shown of each; a page has to end somewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story. `detail` is somebody's own text."""

    at: datetime
    icon: str
    tone: str
    title: str
    person: str
    detail: str = ""


Names = Mapping[int, str]
Teller = Callable[[AuditEvent, Names], str]


def _new(event: AuditEvent, name: str) -> Any:
    pair = event.changes.get(name) or [None, None]
    return pair[1] if isinstance(pair, list) and len(pair) == 2 else None


def _assigned(event: AuditEvent, names: Names) -> str:
    handler = _new(event, "handler")
    if handler is None:
        return _("Assigned")
    return _("Given to %(name)s") % {"name": names.get(handler, handler)}


def _waiting(event: AuditEvent, names: Names) -> str:
    reason, until = _new(event, "wait_reason"), _new(event, "wait_until")
    label = str(WaitReason(reason).label) if reason in WaitReason.values else _("Waiting")
    return _("%(reason)s, expected until %(day)s") % {"reason": label, "day": until} if until else label


def _moved(event: AuditEvent, names: Names) -> str:
    due = parse_datetime(str(_new(event, "due_at") or ""))
    return _("Due time computed again: %(due)s") % {"due": moment(due)}


def _revealed(event: AuditEvent, names: Names) -> str:
    return _("Customer data shown in full")


_STORY: Mapping[str, tuple[str, str, Teller]] = {
    "case.logged": ("phone-incoming", "blue", lambda event, names: _("Logged")),
    "case.assigned": ("user-plus", "blue", _assigned),
    "case.accepted": ("check", "blue", lambda event, names: _("Accepted")),
    "case.handed_back": ("arrow-back-up", "orange", lambda event, names: _("Handed back")),
    "case.waiting": ("clock-pause", "orange", _waiting),
    "case.resumed": ("player-play", "blue", lambda event, names: _("Work goes on")),
    "case.resolved": ("tool", "green", lambda event, names: _("Resolved")),
    "case.closed": ("circle-check", "green", lambda event, names: _("Closed")),
    "case.reopened": ("rotate-clockwise", "orange", lambda event, names: _("Reopened")),
    "case.cancelled": ("ban", "red", lambda event, names: _("Cancelled")),
    "case.converted": ("switch-horizontal", "blue", lambda event, names: _("Changed into a repair")),
    "case.deadline_recomputed": ("calendar-event", "secondary", _moved),
    "case.refiled": (
        "sitemap",
        "secondary",
        lambda event, names: _("The unit moved to another service centre"),
    ),
    "case.revealed": ("eye", "secondary", _revealed),
}
"""Audit code -> icon, tone, sentence. A note's own event is told by the note itself."""


def of_case(case: Case) -> tuple[list[Entry], bool]:
    """The story of `case` (its notes prefetched) and whether older lines were left out. Two statements."""
    events = list(
        AuditEvent.objects.filter(subject_type="tickets.case", subject_id=case.pk)
        .exclude(action="case.noted")
        .order_by("-id")[: MOST + 1]
    )
    notes = list(case.notes.all())
    names = _names(events)
    entries = [_entry(event, names) for event in events[:MOST] if event.action in _STORY]
    entries += [_note(note) for note in notes[-MOST:]]
    return sorted(entries, key=lambda entry: entry.at), len(events) > MOST or len(notes) > MOST


def _names(events: list[AuditEvent]) -> Names:
    wanted = {pk for event in events for pk in (event.actor_id, event.for_id) if pk is not None}
    wanted |= {pk for event in events for pk in event.changes.get("handler") or () if pk is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _entry(event: AuditEvent, names: Names) -> Entry:
    icon, tone, tell = _STORY[event.action]
    who = names.get(event.actor_id, event.actor_label) if event.actor_id else _("the system")
    if event.for_id:
        holder = names.get(event.for_id, event.for_label)
        who = _("%(deputy)s for %(holder)s") % {"deputy": who, "holder": holder}
    return Entry(event.at, icon, tone, tell(event, names), who, event.reason)


def _note(note: CaseNote) -> Entry:
    return Entry(note.created_at, "message-2", "secondary", _("Note"), note.author.name, note.text)
