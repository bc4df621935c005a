"""The rights in the system that a description grants, in plain words, and what an edit gives and takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from orgchart.enums import Power
from orgchart.extensions import GrantFamily, grant_families
from orgchart.rights import clause_text, limits_text, power_reach_text
from orgchart.rules.positiondiff import MOVED, REMOVED, Difference
from orgchart.rules.positionfile import differences
from orgchart.rules.powers import rights_of

GAINED, LOST, CHANGED = "gained", "lost", "changed"


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One right: the action, how far it reaches, to what it is limited, and the clause that gives it."""

    action: str
    label: str
    reach: str
    limits: str
    clause: str


@dataclass(frozen=True, slots=True)
class RightChange:
    """What an edit does to one right of the holders. `kind`: "gained", "lost" or "changed"."""

    kind: str
    label: str
    before: str
    after: str


class _Words:
    """Names of actions, read once."""

    def __init__(self) -> None:
        self.families: dict[str, GrantFamily] = {}
        self.labels: dict[str, str] = {}
        for family in grant_families():
            for action, label in family.actions().items():
                self.families[action], self.labels[action] = family, label

    def label(self, action: str) -> str:
        return self.labels.get(action, action)

    def reach(self, action: str, grant: Mapping[str, Any]) -> str:
        family = self.families.get(action)
        known = family.reaches()[action] if family else frozenset()
        names = (family.reach_label(name) if family and name in known else name for name in grant["reach"])
        return _(" and ").join(names)

    def limits(self, action: str, grant: Mapping[str, Any]) -> str:
        family = self.families.get(action)
        return limits_text(grant, family) if family else ""

    def whole(self, action: str, grant: Mapping[str, Any]) -> str:
        return " ".join(part for part in (self.reach(action, grant), self.limits(action, grant)) if part)


def grant_lines(body: Mapping[str, Any]) -> Iterator[GrantLine]:
    """The grants of a body in its order."""
    words = _Words()
    for action, grant in rights_of(body)["grants"].items():
        reach, limits = words.reach(action, grant), words.limits(action, grant)
        yield GrantLine(action, words.label(action), reach, limits, clause_text(grant["clause"]))


def _powers(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RightChange]:
    for power in Power.values:
        words = power_reach_text(power)
        if power in old and power not in new:
            yield RightChange(LOST, str(Power(power).label), words, "")
        elif power in new and power not in old:
            yield RightChange(GAINED, str(Power(power).label), "", words)


def _grants(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[RightChange]:
    words = _Words()
    for action in dict.fromkeys((*old, *new)):
        before = words.whole(action, old[action]) if action in old else ""
        after = words.whole(action, new[action]) if action in new else ""
        if before != after:
            kind = LOST if action not in new else GAINED if action not in old else CHANGED
            yield RightChange(kind, words.label(action), before, after)


def _in_words(
    found: Iterable[Difference], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    """The same differences with rights in the system named as pages name them, instead of by their codes."""
    words = _Words()
    before, after = rights_of(old)["grants"], rights_of(new)["grants"]
    for row in found:
        root, _dot, rest = row.path.partition(".")
        if root != "grants" or not rest:
            yield row
            continue
        place, _dot, part = rest.partition(".")
        action = (old if row.kind == REMOVED else new)["grants"][int(place)]["action"]
        yield _worded(row, part, action, words, before.get(action), after.get(action))


def _worded(row: Difference, part: str, action: str, words: _Words, before: Any, after: Any) -> Difference:
    def text(grant: Any) -> str:
        if grant is None:
            return ""
        if part in ("reach", "kinds", "limit"):
            return words.whole(action, grant)
        clause = clause_text(grant["clause"])
        return clause if part == "clause" else f"{words.whole(action, grant)} {clause}"

    if row.kind == MOVED:
        return replace(row, label=_("Right in the system: %(action)s") % {"action": words.label(action)})
    return replace(
        row,
        label=_("Right in the system: %(action)s") % {"action": words.label(action)},
        old=text(before),
        new=text(after),
    )


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every change between two bodies, as pages show it."""
    return list(_in_words(differences(old, new), old, new))


def right_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[RightChange]:
    """What holders gain and lose between two bodies, powers of 主要权力 first. Empty when rights stay as they are."""
    before, after = rights_of(old), rights_of(new)
    return [
        *_powers(before["powers"], after["powers"]),
        *_grants(before["grants"], after["grants"]),
    ]
