"""What changed between two versions of a job description, entry by entry and in words.

Entries of lists are aligned by what they say, not by where they stand: a duty put in between is one addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgchart.enums import Confidence, Degree, EducationLevel, GroupKind, Power, UnitKind
from orgchart.rules.shapes import Text, join, sentence

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `path` leads to the part in the new version (in the old one for what was removed).

    `old` is empty for what was added, `new` for what was removed; for an entry that moved both name its place.
    """

    path: str
    label: Text
    old: Text
    new: Text
    kind: str = CHANGED


_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "code": _("Position code"),
        "superior": _("Direct superior"),
        "unit_kind": _("Kind of unit"),
        "group_kind": _("Kind of group"),
        "is_leader": _("Heads the unit"),
        "is_post": _("A post of the tables"),
        "source": _("Source"),
        "confidence": _("How sure the reading is"),
        "note": _("Note"),
        "rival": _("Rival reading"),
        "department": _("Department"),
        "superior_text": _("Direct superior as written"),
        "subordinates_text": _("Direct subordinates as written"),
        "dotted_lines": _("Dotted line"),
        "requirements": _("Qualifications"),
        "education": _("Education"),
        "knowledge": _("Professional knowledge"),
        "skills": _("Professional skill"),
        "experience": _("Work experience"),
        "other": _("Other"),
        "purpose": _("Purpose of the post"),
        "contacts": _("Contacts"),
        "internal": pgettext_lazy("contacts", "Internal"),
        "external": pgettext_lazy("contacts", "External"),
        "duties": _("Duty"),
        "items": _("Work content"),
        "metrics": _("Metric"),
        "degree": _("Degree of responsibility"),
        "degree_lines": _("Source lines of the degree"),
        "degree_confidence": _("How sure the degree is"),
        "powers": _("Power"),
        "conditions": _("Working conditions"),
        "career": _("Career step"),
        "grants": _("Right in the system"),
        "en": pgettext_lazy("language of a text", "English"),
        "lines": _("Source lines"),
        "level": _("Level"),
        "years_in_trade": _("Years in the trade"),
        "years_in_post": _("Years in an equal post"),
        "no": _("Number"),
        "to": _("To position"),
        "unit": _("Unit"),
        "power": _("Power"),
        "action": _("Action"),
        "reach": _("How far it reaches"),
        "kinds": _("Kinds"),
        "limit": _("Limit in CNY"),
        "clause": _("Clause"),
    }
)
_WORDS: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        name: {str(value): label for value, label in enum.choices}
        for name, enum in (
            ("confidence", Confidence),
            ("degree", Degree),
            ("degree_confidence", Confidence),
            ("unit_kind", UnitKind),
            ("group_kind", GroupKind),
            ("power", Power),
            ("level", EducationLevel),
        )
    }
)
_ORDER = {
    name: place
    for place, name in enumerate(
        ["zh", "en", "lines", *(name for name in _LABELS if name not in ("en", "lines"))]
    )
}
_MISSING = object()
_ALIKE = 0.6  # below this two texts are a removal and an addition, not one that was reworded


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every change from `old` to `new`, in the order of the document; empty when both say the same."""
    return list(_between("", (), old, new))


def _between(path: str, labels: tuple[Text, ...], old: Any, new: Any) -> Iterator[Difference]:
    if type(old) is type(new) and old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted(old.keys() | new.keys(), key=lambda name: (_ORDER.get(name, len(_ORDER)), name)):
            below = labels if name == "zh" and labels else (*(labels or _title(name)), _label(name))
            yield from _between(join(path, name), below, old.get(name, _MISSING), new.get(name, _MISSING))
    elif isinstance(old, list) and isinstance(new, list) and _has_entries(old, new):
        yield from _lists(path, labels, old, new)
    elif old != new:
        name = path.rpartition(".")[2]
        before, after = _text(name, old), _text(name, new)
        yield Difference(path, _joined(labels), before, after, _kind(old, new))


def _title(name: str) -> tuple[Text, ...]:
    return (_label("zh"),) if name == "en" else ()


def _label(name: str) -> Text:
    return _LABELS.get(name) or (_("Title of the post") if name == "zh" else name)


def _has_entries(*lists: list[Any]) -> bool:
    return any(isinstance(entry, Mapping) for entries in lists for entry in entries)


def _kind(old: Any, new: Any) -> str:
    empty: tuple[Any, ...] = (_MISSING, None, "", [])
    if any(old is value or old == value for value in empty):
        return ADDED
    return REMOVED if any(new is value or new == value for value in empty) else CHANGED


def _lists(path: str, labels: tuple[Text, ...], old: list[Any], new: list[Any]) -> Iterator[Difference]:
    pairs = dict(_aligned(old, new))
    moved = _moved(pairs)
    taken = {before: after for after, before in pairs.items()}
    waiting = [place for place in range(len(old)) if place not in taken]
    for after, entry in enumerate(new):
        before = pairs.get(after)
        while before is not None and waiting and waiting[0] < before:
            yield _removed(path, labels, old, waiting.pop(0))
        here, named = join(path, after), (*labels[:-1], _numbered(labels[-1], entry, after))
        if before is None:
            yield Difference(here, _joined(named), "", _described(entry), ADDED)
            continue
        if after in moved and pairs.get(after - 1, -1) != before - 1:
            yield Difference(here, _joined(named), _place(old, before), _place(new, after), MOVED)
        yield from _between(here, named, old[before], entry)
    for place in waiting:
        yield _removed(path, labels, old, place)


def _removed(path: str, labels: tuple[Text, ...], old: list[Any], place: int) -> Difference:
    named = (*labels[:-1], _numbered(labels[-1], old[place], place))
    return Difference(join(path, place), _joined(named), _described(old[place]), "", REMOVED)


def _aligned(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """(place in new, place in old) of entries that are the same one: unchanged names, then reworded, then moved."""
    before, after = [_identity(entry) for entry in old], [_identity(entry) for entry in new]
    gone: list[int] = []
    come: list[int] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(range(j1, j2), range(i1, i2), strict=True)
            continue
        gone.extend(range(i1, i2))
        come.extend(range(j1, j2))
    scored = sorted(
        ((-_likeness(before[i], after[j]), abs(i - j), j, i) for i in gone for j in come),
    )
    used_new: set[int] = set()
    used_old: set[int] = set()
    for score, _far, j, i in scored:
        if -score >= _ALIKE and j not in used_new and i not in used_old:
            used_new.add(j)
            used_old.add(i)
            yield j, i


def _moved(pairs: Mapping[int, int]) -> frozenset[int]:
    """Places (in new) of entries that are not part of the longest run that kept its order."""
    best: list[list[int]] = []
    for after in sorted(pairs):
        longest = max((run for run in best if pairs[run[-1]] < pairs[after]), key=len, default=[])
        best.append([*longest, after])
    kept = max(best, key=len, default=[])
    return frozenset(pairs) - frozenset(kept)


def _identity(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    for name in ("action", "power", "zh"):
        if name in entry:
            return str(entry[name])
    return str(entry)


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    # Codes are either the same or another: «case.close» is no rewording of «case.cancel».
    if one.isascii() and other.isascii():
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _numbered(label: Text, entry: Any, place: int) -> Text:
    """The label with what tells this entry from the others: action, power, printed number, else its place."""
    entry = entry if isinstance(entry, Mapping) else {}
    if "power" in entry:
        return _joined((label, _text("power", entry["power"])), " ")
    return _joined((label, str(entry.get("action") or entry.get("no") or place + 1)), " ")


def _place(entries: list[Any], place: int) -> Text:
    """Where an entry stands and after which one: places alone shift when something else was added."""
    if place == 0:
        return _("first place")
    before = entries[place - 1]
    name = "power" if isinstance(before, Mapping) and "power" in before else ""
    return sentence(_("place %(no)s, after “%(entry)s”"), no=place + 1, entry=_text(name, _identity(before)))


def _joined(parts: Iterable[Text], between: str = " · ") -> Text:
    kept = tuple(parts)
    text: Text = lazy(lambda: between.join(str(part) for part in kept), str)()
    return text


def _text(name: str, value: Any) -> Text:
    """A value in words."""
    if value is _MISSING or value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return _described(value)
    if isinstance(value, list):
        return _joined((_text("", part) for part in value), ", ")
    return _WORDS.get(name, {}).get(str(value), str(value))


def _described(entry: Any) -> Text:
    """A whole entry in one text, so that nothing of what was added or removed stays unseen."""
    if not isinstance(entry, Mapping):
        return _text("", entry)
    head = [str(entry[name]) for name in ("no", "action") if entry.get(name)]
    if "zh" in entry:
        head.append(f"{entry['zh']} / {entry['en']}")
    parts: list[Text] = [" ".join(head)]
    for name in sorted(entry, key=lambda name: (_ORDER.get(name, len(_ORDER)), name)):
        if name in ("no", "action", "zh", "en") or entry[name] in (None, "", []):
            continue
        parts.append(_joined((_label(name), _text(name, entry[name])), ": "))
    return _joined(parts, "; ")
