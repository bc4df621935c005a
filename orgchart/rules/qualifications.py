"""Are the requirements (任职条件) of a position met? A comparison of a description with what is on file; no clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from orgchart.enums import EducationLevel, QualificationKind

SOON = timedelta(days=30)
"""A certificate that ends within these days is shown as expiring."""

_RANKS = {level: rank for rank, level in enumerate(EducationLevel.values, start=1)}
_YEAR = Decimal("365.25")
_TEXTS = (
    ("knowledge", QualificationKind.KNOWLEDGE),
    ("skills", QualificationKind.SKILL),
    ("other", QualificationKind.OTHER),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry of the file. `years` counts for experience, `level` for education."""

    kind: str
    text: str
    level: str = ""
    years: Decimal | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One requirement and whether the file proves it.

    `words` is the item of the description (zh, en, lines). `part` is "trade" or "post" for years, `needed` and `held`
    are those years; `proof` is the text of the entry that proves it.
    """

    kind: str
    words: Mapping[str, str]
    met: bool
    proof: str = ""
    part: str = ""
    needed: Decimal | None = None
    held: Decimal | None = None


def years_between(days: int) -> Decimal:
    """Days as years, rounded down to a tenth."""
    return (Decimal(max(days, 0)) / _YEAR).quantize(Decimal("0.1"), ROUND_DOWN)


def days_covered(spans: Iterable[tuple[date, date]]) -> int:
    """Days that lie in at least one span, both ends included; two posts at a time count once."""
    total, reached = 0, date.min
    for first, last in sorted(spans):
        begin = max(first, reached + timedelta(days=1)) if reached != date.min else first
        if last >= begin:
            total += (last - begin).days + 1
            reached = last
    return total


def validity(valid_until: date | None, day: date) -> str:
    """ "endless", "valid", "expiring" (within 30 days) or "expired" on `day`; the last day still counts."""
    if valid_until is None:
        return "endless"
    if valid_until < day:
        return "expired"
    return "expiring" if valid_until - day <= SOON else "valid"


def compare(
    requirements: Mapping[str, Any],
    proofs: Sequence[Proof],
    *,
    days_in_company: int,
    days_in_post: int,
    day: date,
) -> list[Checked]:
    """Every requirement of the description in its order, with what the file says about it on `day`.

    Years in the trade are those before the company plus `days_in_company`; years in a post are `days_in_post`, the days
    in leading posts. Entries that have expired prove nothing.
    """
    valid = [proof for proof in proofs if validity(proof.valid_until, day) != "expired"]
    answer = [_education(requirements["education"], valid)] if requirements["education"] else []
    for name, kind in _TEXTS[:2]:
        answer += [_text(item, kind, valid) for item in requirements[name]]
    answer += _experience(requirements["experience"], valid, days_in_company, days_in_post)
    answer += [_text(item, QualificationKind.OTHER, valid) for item in requirements["other"]]
    return answer


def _education(item: Mapping[str, Any], proofs: Sequence[Proof]) -> Checked:
    held = [proof for proof in proofs if proof.kind == QualificationKind.EDUCATION]
    best = max(held, key=lambda proof: _RANKS.get(proof.level, 0), default=None)
    met = best is not None and _RANKS.get(best.level, 0) >= _RANKS.get(item["level"], 0)
    return Checked(QualificationKind.EDUCATION, item, met, best.text if best else "")


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def proves(text: str, item: Mapping[str, str]) -> bool:
    """Whether an entry says what the requirement asks for, in either language; it may say more."""
    said = _plain(text)
    wanted = [_plain(item["zh"]), _plain(item["en"])]
    return any(words and words in said for words in wanted)


def _text(item: Mapping[str, str], kind: str, proofs: Sequence[Proof]) -> Checked:
    found = next((proof for proof in proofs if proof.kind == kind and proves(proof.text, item)), None)
    return Checked(kind, item, found is not None, found.text if found else "")


def _experience(
    item: Mapping[str, Any] | None, proofs: Sequence[Proof], days_in_company: int, days_in_post: int
) -> list[Checked]:
    if item is None:
        return []
    before = sum((proof.years or Decimal(0) for proof in proofs if proof.kind == "experience"), Decimal(0))
    held = {"trade": before + years_between(days_in_company), "post": years_between(days_in_post)}
    needed = {part: Decimal(str(item[f"years_in_{part}"])) for part in held}
    return [
        Checked(
            QualificationKind.EXPERIENCE, item, held[part] >= years, part=part, needed=years, held=held[part]
        )
        for part, years in needed.items()
        if years > 0
    ]
