"""A job description laid out as in the original table, in one language: what page, print, PDF and signing show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from core.errors import Text
from orgchart.descriptions.grants import GrantLine, grant_lines
from orgchart.descriptions.remarks import joined, language, remark
from orgchart.enums import Confidence, Degree

TONES = {
    Confidence.HIGH: "green",
    Confidence.MEDIUM: "yellow",
    Confidence.LOW: "orange",
    Confidence.NAMED: "azure",
    Confidence.RULED: "purple",
}

LABELS: dict[str, Text] = {
    "title": pgettext_lazy("job description", "Title of the post"),
    "department": pgettext_lazy("job description", "Department"),
    "holder": pgettext_lazy("job description", "Holder"),
    "superior": pgettext_lazy("job description", "Direct superior"),
    "subordinates": pgettext_lazy("job description", "Direct subordinates"),
    "signature": pgettext_lazy("job description", "Holder's signature"),
    "requirements": pgettext_lazy("job description", "Qualifications"),
    "education": pgettext_lazy("job description", "Education"),
    "knowledge": pgettext_lazy("job description", "Professional knowledge"),
    "skills": pgettext_lazy("job description", "Professional skills"),
    "experience": pgettext_lazy("job description", "Work experience"),
    "other": pgettext_lazy("job description", "Other"),
    "purpose": pgettext_lazy("job description", "Purpose of the post"),
    "contacts": pgettext_lazy("job description", "Contacts"),
    "internal": pgettext_lazy("job description", "Internal"),
    "external": pgettext_lazy("job description", "External"),
    "duty": pgettext_lazy("job description", "Duty"),
    "items": pgettext_lazy("job description", "Main work"),
    "metrics": pgettext_lazy("job description", "Metrics"),
    "degree": pgettext_lazy("job description", "Responsibility"),
    "powers": pgettext_lazy("job description", "Main powers"),
    "conditions": pgettext_lazy("job description", "Working conditions"),
    "career": pgettext_lazy("job description", "Career"),
    "grants": pgettext_lazy("job description", "Rights in the system"),
}
"""The headings of the original table, and those of the parts that follow it."""

_SHORT = 40

Titles = Mapping[str, tuple[str, str]]
"""Code of a position -> its title in Chinese and in English."""


def in_english() -> bool:
    """Whether the language in force is English; every other reader gets the wording of the document."""
    return (get_language() or "").startswith("en")


@dataclass(frozen=True, slots=True)
class Said:
    """One phrase of the description with the place in the source where it stands.

    `confidence` is a stored word of Confidence, empty for what does not come from the document. `rival` is the other
    reading of the source, in the language in force where that is known (see remarks).
    """

    text: str
    no: str = ""
    lines: str = ""
    confidence: str = ""
    rival: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether no mark is needed."""
        return self.confidence in ("", Confidence.HIGH)

    @property
    def rival_language(self) -> str:
        """What the other reading is written in."""
        return language(self.rival)

    @property
    def confidence_label(self) -> str:
        """How sure the reading is, in words."""
        return str(Confidence(self.confidence).label) if self.confidence else ""

    @property
    def tone(self) -> str:
        """The colour that goes with it."""
        return TONES.get(Confidence(self.confidence), "secondary") if self.confidence else "secondary"


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the table: 职责项目, 主要工作内容, 衡量指标, 责任程度."""

    title: Said
    items: tuple[Said, ...]
    metrics: tuple[Said, ...]
    degree: Said | None


@dataclass(frozen=True, slots=True)
class Step:
    """A career step; `to` is the code of the position that it leads to, when that is one."""

    said: Said
    to: str
    to_title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole description. Lists keep the order of the document; what it does not say is empty."""

    code: str
    title: str
    department: Said
    superior: Said | None
    subordinates: Said | None
    requirements: tuple[tuple[Text, tuple[Said, ...]], ...]
    purpose: Said | None
    internal: tuple[Said, ...]
    external: tuple[Said, ...]
    duties: tuple[Duty, ...]
    powers: tuple[Said, ...]
    conditions: tuple[Said, ...]
    career: tuple[Step, ...]
    dotted: tuple[Said, ...]
    grants: tuple[GrantLine, ...]
    source: Said
    note: str
    labels: Mapping[str, Text] = field(default_factory=lambda: LABELS)

    @property
    def note_language(self) -> str:
        """What the note is written in."""
        return language(self.note)


def numbered(no: Any) -> str:
    """The number of a duty or power as the document writes it: «1、», in English "1. "."""
    return f"{no}. " if in_english() else f"{no}、"


def _said(item: Mapping[str, Any], no: str = "") -> Said:
    text = item["en"] if in_english() else item["zh"]
    return Said(text, no, item["lines"], item["confidence"], remark(item["rival"]))


def _all(items: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    return tuple(_said(item) for item in items)


def separator() -> str:
    """What stands between short phrases of one field."""
    return "; " if in_english() else "、"


def _runs(items: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    """Short phrases from the same place of the source in one line, as the document writes them; long ones alone."""
    found: list[Said] = []
    for said in _all(items):
        last = found[-1] if found else None
        here = (said.lines, said.confidence, said.rival)
        if last and here == (last.lines, last.confidence, last.rival) and len(said.text) <= _SHORT:
            found[-1] = replace(last, text=f"{last.text}{separator()}{said.text}")
        else:
            found.append(said)
    return tuple(found)


def _maybe(item: Mapping[str, Any] | None) -> Said | None:
    return None if item is None else _said(item)


def _title(titles: Titles, code: str | None) -> str:
    pair = titles.get(code or "")
    return pair[in_english()] if pair else ""


def _duty(duty: Mapping[str, Any]) -> Duty:
    degree = None
    if duty["degree"]:
        label = str(Degree(duty["degree"]).label)
        degree = Said(label, "", duty["degree_lines"], duty["degree_confidence"])
    items = tuple(_said(item, f"{item['no']}) " if item["no"] else "") for item in duty["items"])
    return Duty(_said(duty, numbered(duty["no"])), items, _all(duty["metrics"]), degree)


def _clause(row: Mapping[str, Any]) -> str:
    return str(row["no"]).rstrip("ab")


def _begin(texts: list[str]) -> str:
    """What all texts begin with."""
    low, high = min(texts), max(texts)
    length = next(
        (place for place, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low)
    )
    return low[:length]


def merged(texts: list[str]) -> str:
    """Rights of one degree in one phrase, as the document has them: 对直接下级{调配、奖励、惩处}的建议权.

    Texts that share no beginning and end stay apart.
    """
    begin = _begin(texts)
    rests = [text[len(begin) :] for text in texts]
    end = _begin([rest[::-1] for rest in rests])[::-1]
    middles = [rest[: len(rest) - len(end)] for rest in rests]
    if len(texts) > 1 and len(begin) > 1 and len(end) > 1 and all(middles):
        return f"{begin}{'、'.join(middles)}{end}"
    return "；".join(texts)


def _power_line(no: str, rows: list[Mapping[str, Any]]) -> Said:
    """One clause of 主要权力; clause 2 joins its five rights, those of each degree in one phrase."""
    degrees = [list(group) for _no, group in groupby(rows, lambda row: row["no"])]
    if in_english():
        text = "; ".join(row["en"] for row in rows)
    else:
        text = "；".join(merged([row["zh"] for row in degree]) for degree in degrees)
    worst = max(rows, key=lambda row: list(TONES).index(Confidence(row["confidence"])))
    lines = _(", ").join(dict.fromkeys(row["lines"] for row in rows if row["lines"]))
    return Said(text, numbered(no), lines, worst["confidence"], joined(row["rival"] for row in rows))


def _powers(rows: list[Mapping[str, Any]]) -> Iterator[Said]:
    for no, group in groupby(sorted(rows, key=lambda row: str(row["no"])), _clause):
        yield _power_line(no, list(group))


def _requirements(body: Mapping[str, Any]) -> tuple[tuple[Text, tuple[Said, ...]], ...]:
    asked = body["requirements"]
    return tuple(
        (LABELS[name], _runs([asked[name]] if isinstance(asked[name], Mapping) else asked[name] or []))
        for name in ("education", "knowledge", "skills", "experience", "other")
    )


def _superior(body: Mapping[str, Any], titles: Titles) -> Said | None:
    """As the table writes it; where it writes nothing, the position above."""
    written = _maybe(body["superior_text"])
    above = _title(titles, body["superior"])
    return written or (Said(above) if above else None)


def _subordinates(body: Mapping[str, Any], titles: Titles, below: Iterable[str]) -> Said | None:
    """As the table writes it; where it writes nothing, the positions that answer to this one."""
    written = _maybe(body["subordinates_text"])
    names = [name for name in (_title(titles, code) for code in below) if name]
    return written or (Said(separator().join(names)) if names else None)


def sheet(body: Mapping[str, Any], titles: Titles | None = None, below: Iterable[str] = ()) -> Sheet:
    """`body` laid out in the language in force. `titles` names other positions, `below` those that answer to it."""
    names: Titles = titles or {}
    return Sheet(
        code=body["code"],
        title=body["en"] if in_english() else body["zh"],
        department=_said(body["department"]),
        superior=_superior(body, names),
        subordinates=_subordinates(body, names, below),
        requirements=_requirements(body),
        purpose=_maybe(body["purpose"]),
        internal=_runs(body["contacts"]["internal"]),
        external=_runs(body["contacts"]["external"]),
        duties=tuple(_duty(duty) for duty in body["duties"]),
        powers=tuple(_powers(body["powers"])),
        conditions=_all(body["conditions"]),
        career=tuple(
            Step(_said(step), step["to"] or "", _title(names, step["to"])) for step in body["career"]
        ),
        dotted=_all(body["dotted_lines"]),
        grants=tuple(grant_lines(body)),
        source=Said(body["source"], "", "", body["confidence"], remark(body["rival"])),
        note=remark(body["note"]),
    )
