"""The staff file as its page shows it: career, requirements, certificates, things lent, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.models import AuditEvent
from orgchart.enums import EducationLevel, QualificationKind, VersionState
from orgchart.models import Appointment, LoanedItem, Person, Position, PositionVersion, Qualification
from orgchart.rules.qualifications import Checked, Proof, compare, days_covered, validity
from orgchart.scope import today

HISTORY = 20
"""How many changes of a file its page shows."""

_TONES = {"endless": "green", "valid": "green", "expiring": "orange", "expired": "red"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in words. `place` names it when a proof is entered for it; empty for years."""

    label: str
    text: str
    lines: str
    met: bool
    proof: str
    place: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and whether it is still valid today."""

    entry: Qualification
    state: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the file as the trail has it."""

    event: AuditEvent
    words: str


@dataclass(frozen=True, slots=True)
class StaffFile:
    """All of the page. `version` is the description against which the file is held, None without a position."""

    person: Person
    posts: tuple[Appointment, ...]
    position: Position | None
    version: PositionVersion | None
    requirements: tuple[Requirement, ...]
    certificates: tuple[Certificate, ...]
    entries: tuple[Qualification, ...]
    items: tuple[LoanedItem, ...]

    @property
    def missing(self) -> int:
        """How many requirements are not proven."""
        return sum(not row.met for row in self.requirements)


def read_file(person: Person, position: Position | None = None) -> StaffFile:
    """The file against `position`, else against that of the main post. Five statements."""
    posts = tuple(
        Appointment.objects.filter(person_id=person.pk)
        .select_related("position", "unit")
        .order_by("-starts_on", "-pk")
    )
    entries = tuple(Qualification.objects.filter(person_id=person.pk).order_by("kind", "pk"))
    against = position or _main_position(posts)
    version = None
    if against is not None:
        version = against.versions.filter(state=VersionState.IN_FORCE).first()
    checked = _compare(person, posts, entries, version) if version else []
    return StaffFile(
        person=person,
        posts=posts,
        position=against,
        version=version,
        requirements=tuple(_requirements(checked)),
        certificates=tuple(_certificate(row) for row in entries if row.kind == QualificationKind.CERTIFICATE),
        entries=tuple(row for row in entries if row.kind != QualificationKind.CERTIFICATE),
        items=tuple(
            LoanedItem.objects.filter(person_id=person.pk).order_by("returned_on", "-handed_on", "pk")
        ),
    )


def _main_position(posts: tuple[Appointment, ...]) -> Position | None:
    """The main post of today, else the next one to come, else the last one."""
    day = today()
    main = [post for post in posts if post.is_primary]
    current = [
        post for post in main if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)
    ]
    found = next(iter([*current, *main]), None)
    return found.position if found else None


def _proof(row: Qualification) -> Proof:
    return Proof(row.kind, row.text, row.level, row.years, row.valid_until)


def _compare(
    person: Person,
    posts: tuple[Appointment, ...],
    entries: tuple[Qualification, ...],
    version: PositionVersion,
) -> list[Checked]:
    day = today()
    led = [
        (post.starts_on, min(post.ends_on or day, day))
        for post in posts
        if post.position.is_leader and post.starts_on <= day
    ]
    return compare(
        version.body["requirements"],
        [_proof(row) for row in entries],
        days_in_company=_days_since(_hired(person, posts), day),
        days_in_post=days_covered(led),
        day=day,
    )


def _hired(person: Person, posts: tuple[Appointment, ...]) -> date | None:
    """The first day in the company; without one on file the first day of the first post."""
    return person.hired_on or min((post.starts_on for post in posts), default=None)


def _days_since(first: date | None, day: date) -> int:
    return (day - first).days if first else 0


def _requirements(checked: list[Checked]) -> list[Requirement]:
    """In words. The place of a requirement ("skill.1") finds it again when a proof is entered for it."""
    counts: dict[str, int] = {}
    rows = []
    for row in checked:
        place = ""
        if row.needed is None:
            place = f"{row.kind}.{counts.get(row.kind, 0)}"
            counts[row.kind] = counts.get(row.kind, 0) + 1
        label = str(QualificationKind(row.kind).label)
        rows.append(Requirement(label, _words(row), row.words["lines"], row.met, _held(row), place))
    return rows


def _words(row: Checked) -> str:
    if row.needed is None:
        return row.words["en"] if (get_language() or "").startswith("en") else row.words["zh"]
    facts = {"years": _plain(row.needed)}
    if row.part == "trade":
        return _("%(years)s years in the trade") % facts
    return _("%(years)s years in a leading post") % facts


def _plain(number: Any) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _held(row: Checked) -> str:
    if row.held is None:
        return row.proof
    return _("%(years)s years on file") % {"years": _plain(row.held)}


def requirement_at(version: PositionVersion | None, place: str) -> tuple[str, str, str] | None:
    """Kind, words and level of the requirement that `place` names; None when there is no such."""
    kind, _dot, number = place.partition(".")
    if version is None or not (number.isascii() and number.isdigit() and len(number) < 3):
        return None
    wanted = version.body["requirements"]
    english = (get_language() or "").startswith("en")
    if kind == QualificationKind.EDUCATION and wanted["education"]:
        level = wanted["education"]["level"]
        return (
            kind,
            wanted["education"]["en" if english else "zh"],
            level if level in EducationLevel.values else "",
        )
    items = {
        QualificationKind.KNOWLEDGE: wanted["knowledge"],
        QualificationKind.SKILL: wanted["skills"],
        QualificationKind.OTHER: wanted["other"],
    }.get(kind, [])  # type: ignore[call-overload]
    if int(number) >= len(items):
        return None
    return kind, items[int(number)]["en" if english else "zh"], ""


def _certificate(row: Qualification) -> Certificate:
    state = validity(row.valid_until, today())
    words = {
        "endless": _("Valid without end"),
        "valid": _("Valid"),
        "expiring": _("Expires within 30 days"),
        "expired": _("Expired"),
    }
    return Certificate(row, state, words[state], _TONES[state])


def history(person: Person) -> list[Change]:
    """The newest changes of the file, from the trail. One statement."""
    rows = AuditEvent.objects.filter(
        subject_type=Person._meta.label_lower, subject_id=person.pk, action__startswith="file."
    ).order_by("-id")[:HISTORY]
    return [Change(event, _told(event)) for event in rows]


def _told(event: AuditEvent) -> str:
    changes = event.changes
    words = {
        "file.entry_added": _("Entered: %(what)s"),
        "file.entry_corrected": _("Corrected: %(what)s"),
        "file.entry_removed": _("Taken out: %(what)s"),
        "file.item_handed": _("Handed out: %(what)s"),
        "file.item_returned": _("Taken back: %(what)s"),
    }[event.action]
    return words % {"what": _what(changes)}


def _what(changes: dict[str, Any]) -> str:
    """What changed: "old → new" for corrections, else what stood there."""
    parts = []
    for name in ("name", "serial_no", "text", "level", "years", "document_no", "obtained_on", "valid_until"):
        if name not in changes:
            continue
        old, new = (_value(name, value) for value in changes[name])
        parts.append(f"{old} → {new}" if old and new and old != new else old or new)
    return " · ".join(part for part in parts if part)


def _value(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "level":
        return str(EducationLevel(value).label)
    return _("%(years)s years") % {"years": value} if name == "years" else str(value)
