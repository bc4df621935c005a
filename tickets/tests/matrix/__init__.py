"""The reviewed tables of who may do what to a case and when, and how they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
RELATIONS = ("handles", "logged", "reader", "unit", "centre", "far", "handles_far")
STATES = ("logged", "assigned", "in_progress", "waiting", "resolved", "closed", "cancelled")
KINDS = ("inquiry", "repair")
IN_HAND = ("handles", "handles_far")
NOBODYS = ("logged", "cancelled")
"""States in which a case is in nobody's hands."""


@dataclass(frozen=True)
class Cell:
    """One question and its answer: "ok", "403", "404" or "409"."""

    action: str
    position: str
    relation: str
    kind: str
    state: str
    verdict: str

    def __str__(self) -> str:
        return f"{self.action} {self.kind}/{self.state} by {self.position} ({self.relation})"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def powers() -> dict[tuple[str, str, str], str]:
    """(action, position, relation) -> "ok", "403" or "404"."""
    found: dict[tuple[str, str, str], str] = {}
    for row in _rows("powers.csv"):
        for position in row["positions"].split():
            for relation in RELATIONS:
                key = (row["action"], position, relation)
                assert key not in found, f"two lines for {key}"
                found[key] = row[relation]
    return found


def states() -> dict[tuple[str, str, str], bool]:
    """(kind, action, state) -> whether the step can be taken."""
    return {
        (row["kind"], row["action"], state): row[state] == "yes"
        for row in _rows("states.csv")
        for state in STATES
    }


def every_cell() -> Iterator[Cell]:
    """The whole product. A case in a state in which nobody handles it cannot be in somebody's hands."""
    when = states()
    for (action, position, relation), power in powers().items():
        for kind in KINDS:
            for state in STATES:
                if relation in IN_HAND and state in NOBODYS:
                    continue
                possible = when.get((kind, action, state), True)
                verdict = power if power != "ok" or possible else "409"
                yield Cell(action, position, relation, kind, state, verdict)


def short_form() -> Iterator[Cell]:
    """Each power once, in a state in which it counts, and each state once, by somebody who may; in turn."""
    powers_seen: dict[tuple[str, str, str], list[Cell]] = {}
    states_seen: dict[tuple[str, str, str], list[Cell]] = {}
    when = states()
    for cell in every_cell():
        if when.get((cell.kind, cell.action, cell.state), True):
            powers_seen.setdefault((cell.action, cell.position, cell.relation), []).append(cell)
        if cell.verdict in ("ok", "409"):
            states_seen.setdefault((cell.kind, cell.action, cell.state), []).append(cell)
    for turn, group in enumerate([*powers_seen.values(), *states_seen.values()]):
        yield group[turn % len(group)]
