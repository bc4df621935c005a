"""The reporting line: which position stands above which, as the table of positions says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orgchart.models import Person, Position

_CACHE = "_position_chart"


def chart() -> dict[str, str | None]:
    """Code of each position -> code of its superior. One statement."""
    return dict(Position.objects.values_list("code", "superior__code"))


def codes_below(superiors: Mapping[str, str | None], code: str) -> frozenset[str]:
    """All positions further down than `code`, itself excluded."""
    found: set[str] = set()
    frontier = {code}
    while frontier:
        frontier = {low for low, high in superiors.items() if high in frontier} - found - {code}
        found |= frontier
    return frozenset(found)


def codes_above(superiors: Mapping[str, str | None], code: str) -> Iterator[str]:
    """The positions above `code`, nearest first."""
    seen = {code}
    above = superiors.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = superiors.get(above)


def chart_of(person: Person) -> dict[str, str | None]:
    """The stored chart, read once per person instance (so once per request)."""
    kept: dict[str, str | None] | None = getattr(person, _CACHE, None)
    if kept is None:
        kept = chart()
        setattr(person, _CACHE, kept)
    return kept


def remember_chart(person: Person, superiors: dict[str, str | None]) -> None:
    """Spare `chart_of` its statement when the chart was read for another reason just now."""
    setattr(person, _CACHE, superiors)


def positions_below(person: Person, code: str) -> frozenset[str]:
    """`codes_below` by the stored chart."""
    return codes_below(chart_of(person), code)
