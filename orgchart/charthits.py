"""Search in the chart that is shown: people, units and positions whose name holds what is typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from orgchart.chartdata import Chart, Held
from orgchart.chartunits import PositionRow, UnitRow

MOST = 50


@dataclass(slots=True)
class Hits:
    """What was found, the first fifty of each kind; `more` says that there is more."""

    people: list[tuple[Held, UnitRow, PositionRow]] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    positions: list[tuple[PositionRow, int]] = field(default_factory=list)
    more: bool = False

    @property
    def count(self) -> int:
        """How many are listed."""
        return len(self.people) + len(self.units) + len(self.positions)


def hits(chart: Chart, text: str) -> Hits:
    """People with their post and unit, units, and positions with the number of people who hold them."""
    wanted = text.casefold()
    found = Hits()
    found.units = [unit for unit in chart.units if wanted in unit.label.casefold()]
    held: Counter[int] = Counter()
    for place, posts in enumerate(chart.posts):
        for post in posts:
            held[post.position] += not post.is_over
            if wanted in post.name.casefold():
                found.people.append((post, chart.units[place], chart.positions[post.position]))
    found.positions = [
        (row, held[row.pk])
        for row in chart.positions.values()
        if held[row.pk] and wanted in row.label.casefold()
    ]
    found.more = max(len(found.units), len(found.people), len(found.positions)) > MOST
    del found.units[MOST:], found.people[MOST:], found.positions[MOST:]
    return found
