"""The optional column of superiors. It changes nothing, for the line comes from the positions; it is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from orgchart.rules.stafflist.facts import Directory, Held, Row

Found = tuple[Row, str, dict[str, Any]]


def judge_superiors(
    rows: Sequence[Row],
    by_person: Mapping[str, Sequence[Row]],
    held: Mapping[str, Sequence[Held]],
    directory: Directory,
    day: date,
) -> Iterator[Found]:
    """Rows with unknown superiors, lines that run in a circle, superiors whose post does not stand above."""
    above = {row.employee_no: row.superior for row in rows if row.superior and row.is_primary}
    units = {unit.code: unit.above for unit in directory.units}
    for row in rows:
        if not row.superior:
            continue
        circle = _circle(above, row.employee_no)
        if row.superior not in by_person and row.superior not in directory.people:
            yield row, "unknown_superior", {}
        elif circle:
            yield row, "superior_cycle", {"path": " → ".join(circle)}
        elif row.position and row.unit:
            listed = [(one.position, one.unit) for one in by_person.get(row.superior, ())]
            there = [
                (post.position, post.unit)
                for post in held.get(row.superior, ())
                if post.ends_on is None or post.ends_on >= day
            ]
            codes = set(_codes_above(directory.superiors, row.position))
            if not any(code in codes and unit in units[row.unit] for code, unit in (*listed, *there)):
                yield row, "superior_not_above", {}


def _codes_above(superiors: Mapping[str, str | None], code: str) -> Iterator[str]:
    seen = {code}
    above = superiors.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = superiors.get(above)


def _circle(above: Mapping[str, str], start: str) -> list[str]:
    """The way from `start` back to itself; empty when the line ends or runs into a circle without `start`."""
    path, here = [start], above.get(start, "")
    while here and here not in path:
        path.append(here)
        here = above.get(here, "")
    return [*path, start] if here == start else []
