"""What a staff list is judged against, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

COLUMNS = (
    "employee_no", "name", "username", "email", "position", "unit", "starts_on", "is_primary", "education", "hired_on",
    "superior",
)  # fmt: skip
REQUIRED = ("employee_no", "name", "username", "position", "unit", "starts_on")
ADD, UNCHANGED, BAD = "add", "unchanged", "bad"


@dataclass(frozen=True, slots=True)
class PositionFact:
    """A position as a list may name it."""

    code: str
    titles: tuple[str, ...]
    unit_kind: str
    group_kind: str
    is_leader: bool
    is_post: bool


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit as a list may name it. `above`: codes of itself and all units above."""

    code: str
    names: tuple[str, ...]
    kind: str
    group_kind: str
    is_active: bool
    above: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A post that is held already."""

    employee_no: str
    holder: str
    position: str
    unit: str
    starts_on: date
    ends_on: date | None
    is_primary: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is there already. `education`: the levels on file."""

    employee_no: str
    name: str
    username: str
    email: str
    hired_on: date | None
    education: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Directory:
    """What the list is judged against. `superiors`: position -> the one above."""

    positions: Sequence[PositionFact]
    units: Sequence[UnitFact]
    people: Mapping[str, Known]
    usernames: Mapping[str, str]
    posts: Sequence[Held]
    superiors: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in which cell. `code` and `params` become a sentence in the reader's language."""

    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """A row with its values read: positions and units by code, dates as dates."""

    number: int
    employee_no: str
    name: str
    username: str
    email: str
    position: str
    unit: str
    starts_on: date | None
    is_primary: bool
    education: str
    hired_on: date | None
    superior: str
    verdict: str = BAD


@dataclass(frozen=True, slots=True)
class Judged:
    """Every row with its verdict, and all problems in the order of the rows."""

    rows: list[Row]
    problems: list[Problem]

    def count(self, verdict: str) -> int:
        """How many rows have the verdict."""
        return sum(row.verdict == verdict for row in self.rows)
