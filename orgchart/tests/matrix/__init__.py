"""The reviewed table of who may use which power on whom, and how it is read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orgchart.enums import Power

FILE = Path(__file__).with_name("powers.csv")
DAYS = ("before", "on", "after")
ACROSS = "adjudicate_across"
COLUMNS = (*(str(power) for power in Power), ACROSS)


@dataclass(frozen=True)
class Cell:
    """One question and its answer: "ok", "403" or "404". `dated`: the answer differs between the days."""

    relation: str
    day: str
    column: str
    verdict: str
    dated: bool

    @property
    def power(self) -> str:
        """The power that the column asks about."""
        return str(Power.ADJUDICATE) if self.column == ACROSS else self.column

    def __str__(self) -> str:
        return f"{self.column} in the relation {self.relation}, {self.day}"


def rows() -> list[dict[str, str]]:
    """The lines of the file as they stand."""
    with FILE.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def every_cell() -> Iterator[Cell]:
    """The whole product on all three days."""
    for row in rows():
        dated = row["day"] != "all"
        for day in (row["day"],) if dated else DAYS:
            for column in COLUMNS:
                yield Cell(row["relation"], day, column, row[column], dated)


def short_form() -> Iterator[Cell]:
    """What differs between the days on each of them; the rest on one of the days, in turn."""
    relations = list(dict.fromkeys(row["relation"] for row in rows()))
    for cell in every_cell():
        turn = relations.index(cell.relation) + COLUMNS.index(cell.column)
        if cell.dated or cell.day == DAYS[turn % len(DAYS)]:
            yield cell
