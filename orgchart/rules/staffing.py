"""Where a position may be held, whether a post is free, and which days nobody stands in. No query, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from orgchart.enums import UnitKind

DAY = timedelta(days=1)
Span = tuple[date, date | None]


class _Position(Protocol):
    @property
    def unit_kind(self) -> str: ...
    @property
    def group_kind(self) -> str: ...
    @property
    def is_leader(self) -> bool: ...


class _Unit(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def group_kind(self) -> str: ...


def fits(position: _Position, unit: _Unit) -> bool:
    """Whether the position may be held there.

    Whoever leads a unit leads one of that kind; nobody works in a group for another group's trade. Other posts may stand
    at a centre, branch or outlet as well (the description of 客服中心 names posts there without a table of their own).
    """
    same = (position.unit_kind, position.group_kind) == (unit.kind, unit.group_kind)
    if position.is_leader or position.unit_kind in (UnitKind.COMPANY, UnitKind.DEPARTMENT):
        return same
    return same or unit.kind != UnitKind.GROUP or position.unit_kind != UnitKind.GROUP


@dataclass(frozen=True, slots=True)
class Room:
    """Established posts (编制) against those filled; `count` None: no number is set for this position at this unit."""

    count: int | None
    filled: int

    @property
    def is_full(self) -> bool:
        """Whether one more person goes beyond the number that is set."""
        return self.count is not None and self.filled >= self.count

    @property
    def free(self) -> int | None:
        """How many posts are free; None without a number."""
        return None if self.count is None else max(self.count - self.filled, 0)


def gaps(first: date, last: date | None, covered: Iterable[Span]) -> list[Span]:
    """The days of `first` … `last` that no span covers, as spans; None: without end."""
    found: list[Span] = []
    begin = first
    for start, end in sorted(covered, key=lambda span: span[0]):
        if last is not None and start > last:
            break
        if start > begin:
            found.append((begin, start - DAY))
        if end is None:
            return found
        begin = max(begin, end + DAY)
    if last is None or begin <= last:
        found.append((begin, last))
    return found


def overlap(one: Span, other: Span) -> Span | None:
    """The days that two spans share; None: not one."""
    first = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    last = min(ends) if ends else None
    return None if last is not None and last < first else (first, last)
