"""A job description as data: what a position file may say, and its fingerprint.

The shape is that of orgchart/data/positions/<code>.json. Nothing here asks the database: which positions and actions
exist is handed in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from orgchart.enums import Confidence, Degree, EducationLevel, GroupKind, Power, UnitKind
from orgchart.rules.positiondiff import Difference, differences
from orgchart.rules.shapes import Problem, choice, flag, join, many, number, optional, record, sentence, text

__all__ = ["POWER_NUMBERS", "Difference", "Problem", "canonical", "check", "differences", "fingerprint"]

POWER_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        str(Power.ADMINISTER): "1",
        str(Power.PROPOSE_TRANSFER): "2a",
        str(Power.PROPOSE_REWARD): "2a",
        str(Power.PROPOSE_DISCIPLINE): "2a",
        str(Power.NOMINATE_APPOINTMENT): "2b",
        str(Power.NOMINATE_DISMISSAL): "2b",
        str(Power.APPRAISE): "3",
        str(Power.SUPERVISE): "4",
        str(Power.ADJUDICATE): "5",
        str(Power.REPORT): "6",
    }
)
"""Clause of 主要权力 by power. The source writes clause 2 in one line: 建议权 is 2a here, 提名权 2b."""

RULING = "ruling"
"""The clause of a grant for which the source has nothing."""

_LINES = r"L[0-9]+(–[0-9]+)?(, L[0-9]+(–[0-9]+)?)*"
_RANGE = re.compile(r"L([0-9]+)–([0-9]+)")

_lines = text(80, blank=True, pattern=_LINES, example="L160, L404–405")
_code = text(40, pattern=r"[a-z][a-z0-9_]*", example="info_lead")
_ITEM = {
    "zh": text(500),
    "en": text(800),
    "lines": _lines,
    "confidence": choice(Confidence.values),
    "rival": text(800, blank=True),
}
_item = record(_ITEM)
_items = many(_item)
_DUTY = {
    "no": number(1, 99, whole=True),
    **_ITEM,
    "items": many(record({"no": text(10, blank=True), **_ITEM})),
    "metrics": _items,
    "degree": choice(Degree.values, blank=True),
    "degree_lines": _lines,
    "degree_confidence": choice(Confidence.values),
}
_REQUIREMENTS = {
    "education": optional(record({"level": choice(EducationLevel.values), **_ITEM})),
    "knowledge": _items,
    "skills": _items,
    "experience": optional(
        record({"years_in_trade": number(0, 60), "years_in_post": number(0, 60), **_ITEM})
    ),
    "other": _items,
}
_POWER = {"power": choice(Power.values), "no": text(4), "to": _code, **_ITEM}
_GRANT = {
    "action": text(60, pattern=r"[a-z_]+\.[a-z_]+", example="case.assign"),
    "reach": many(text(20, pattern=r"[a-z_]+", example="unit")),
    "kinds": many(text(40, pattern=r"[a-z_]+", example="repair")),
    "limit": optional(text(16, pattern=r"[0-9]{1,12}\.[0-9]{2}", example="2000.00")),
    "clause": text(20, pattern=r"(duty|power)\.[0-9a-z]{1,4}|ruling", example="power.1, duty.2, ruling"),
}
_BODY = record(
    {
        "code": _code,
        "zh": text(40),
        "en": text(60),
        "superior": optional(_code),
        "unit_kind": choice(UnitKind.values),
        "group_kind": choice(GroupKind.values, blank=True),
        "is_leader": flag,
        "is_post": flag,
        "source": text(120),
        "confidence": choice(Confidence.values),
        "note": text(800, blank=True),
        "rival": text(800, blank=True),
        "department": _item,
        "superior_text": optional(_item),
        "subordinates_text": optional(_item),
        "dotted_lines": many(record({"unit": text(30), **_ITEM})),
        "requirements": record(_REQUIREMENTS),
        "purpose": optional(_item),
        "contacts": record({"internal": _items, "external": _items}),
        "duties": many(record(_DUTY)),
        "powers": many(record(_POWER, may_lack=("to",))),
        "conditions": _items,
        "career": many(record({"to": optional(_code), **_ITEM})),
        "grants": many(record(_GRANT), limit=200),
    }
)


def check(
    body: Mapping[str, Any],
    *,
    actions: Mapping[str, frozenset[str]] | None = None,
    codes: Collection[str] | None = None,
) -> list[Problem]:
    """Everything that is wrong with a job description; empty when it may be kept.

    `actions`: known action -> reaches that it allows, `codes`: known positions; None leaves that question out.
    What refers to other parts is looked at only when the shape is right.
    """
    problems = list(_BODY(body, ""))
    if problems:
        return problems
    return [
        *_about_unit(body),
        *_about_lines(body, ""),
        *_about_duties(body),
        *_about_powers(body),
        *_about_grants(body, actions),
        *_about_codes(body, codes),
    ]


def _about_unit(body: Mapping[str, Any]) -> Iterator[Problem]:
    in_group = body["unit_kind"] == UnitKind.GROUP
    if in_group and not body["group_kind"]:
        yield Problem("group_kind", "missing", _("Say which group the position belongs to."))
    if not in_group and body["group_kind"]:
        yield Problem("group_kind", "group", _("Leave the group empty: the position is not in a group."))
    if body["superior"] == body["code"]:
        yield Problem("superior", "own_superior", _("A position does not answer to itself. Choose another."))


def _about_lines(value: Any, path: str) -> Iterator[Problem]:
    """Wherever source lines are named, a range runs forwards."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name in ("lines", "degree_lines") and any(int(a) >= int(b) for a, b in _RANGE.findall(part)):
                yield Problem(
                    join(path, name), "form", _("Let the range of lines begin with the lower number.")
                )
            yield from _about_lines(part, join(path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _about_lines(part, join(path, place))


def _about_duties(body: Mapping[str, Any]) -> Iterator[Problem]:
    seen: set[int] = set()
    for place, duty in enumerate(body["duties"]):
        if duty["no"] in seen:
            yield Problem(f"duties.{place}.no", "twice", _("Give every duty a number of its own."))
        seen.add(duty["no"])


def _about_powers(body: Mapping[str, Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, row in enumerate(body["powers"]):
        path, power = f"powers.{place}", row["power"]
        if power in seen:
            yield Problem(f"{path}.power", "twice", _("Name every power once only."))
        seen.add(power)
        if row["no"] != POWER_NUMBERS[power]:
            right = sentence(_("Use the number of the clause: %(no)s."), no=POWER_NUMBERS[power])
            yield Problem(f"{path}.no", "clause_number", right)
        if power == Power.REPORT and "to" not in row:
            yield Problem(f"{path}.to", "missing", _("Say to which position the reports go."))
        if power != Power.REPORT and "to" in row:
            yield Problem(f"{path}.to", "unknown_key", _("Only the right to report names a position."))


def _about_grants(body: Mapping[str, Any], actions: Mapping[str, frozenset[str]] | None) -> Iterator[Problem]:
    clauses = {RULING}
    clauses.update(f"duty.{duty['no']}" for duty in body["duties"])
    clauses.update(f"power.{row['no']}" for row in body["powers"])
    seen: set[str] = set()
    for place, grant in enumerate(body["grants"]):
        path = f"grants.{place}"
        if grant["action"] in seen:
            yield Problem(f"{path}.action", "twice", _("Name every action once only."))
        seen.add(grant["action"])
        if grant["clause"] not in clauses:
            yield Problem(
                f"{path}.clause",
                "unknown_clause",
                _("Name a duty or power that this description has, or “ruling”."),
            )
        yield from _about_reach(grant, path, actions)


def _about_reach(
    grant: Mapping[str, Any], path: str, actions: Mapping[str, frozenset[str]] | None
) -> Iterator[Problem]:
    reach = grant["reach"]
    if not reach or len(set(reach)) != len(reach):
        yield Problem(f"{path}.reach", "reach", _("Say how far the action reaches, each word once."))
    if len(set(grant["kinds"])) != len(grant["kinds"]):
        yield Problem(f"{path}.kinds", "twice", _("Name every kind once only."))
    if actions is None:
        return
    allowed = actions.get(grant["action"])
    if allowed is None:
        yield Problem(f"{path}.action", "unknown_action", _("Choose an action that the system knows."))
    elif not allowed.issuperset(reach):
        known = sentence(_("Choose from: %(known)s."), known=", ".join(sorted(allowed)))
        yield Problem(f"{path}.reach", "reach", known)


def _about_codes(body: Mapping[str, Any], codes: Collection[str] | None) -> Iterator[Problem]:
    if codes is None:
        return
    named = [("superior", body["superior"])]
    named += [(f"powers.{place}.to", row.get("to")) for place, row in enumerate(body["powers"])]
    named += [(f"career.{place}.to", step["to"]) for place, step in enumerate(body["career"])]
    for path, code in named:
        if code is not None and code not in codes:
            yield Problem(path, "unknown_position", _("Choose a position that exists."))


def _plain(value: Any) -> Any:
    """2.0 and 2 are the same number, whichever way the value travelled."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def canonical(body: Mapping[str, Any]) -> bytes:
    """The same bytes for the same content: sorted keys, no spaces, UTF-8. ValueError for what JSON cannot hold."""
    return json.dumps(
        _plain(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal: what a holder signs."""
    return hashlib.sha256(canonical(body)).hexdigest()
