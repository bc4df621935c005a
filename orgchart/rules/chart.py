"""The organisation as a tree, seen on one day or compared between two: plain functions on ids, no query, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

CAME, WENT, MOVED, TOOK_ON, GAVE_UP = "came", "went", "moved", "took_on", "gave_up"

Place = tuple[int, int]
"""(position, unit): where a post stands."""
Seat = tuple[int, int, int]
"""(position, unit, person): a post that somebody holds."""


class Change(NamedTuple):
    """What is different about one person: the post before and the post after, None where there was none."""

    kind: str
    person: int
    before: Place | None
    after: Place | None


class Filling(NamedTuple):
    """编制 against 在岗 of one unit: posts established, posts held, how many are missing and how many too many."""

    established: int
    filled: int
    under: int
    over: int

    def plus(self, other: Filling) -> Filling:
        """Both together; what is missing in one place is not made up by too many in another."""
        return Filling(self[0] + other[0], self[1] + other[1], self[2] + other[2], self[3] + other[3])


NOTHING_FILLED = Filling(0, 0, 0, 0)


def walk(order: Sequence[int], parents: Mapping[int, int | None]) -> list[tuple[int, int]]:
    """The units from the top down, each before those below it, children in the order given.

    Returns (unit, place of its parent in this very list); -1 for a unit whose parent is not among them.
    """
    known, children = set(order), defaultdict(list)
    for unit in order:
        parent = parents.get(unit)
        children[parent if parent in known else None].append(unit)
    found: list[tuple[int, int]] = []
    stack = [(unit, -1) for unit in reversed(children[None])]
    while stack:
        unit, above = stack.pop()
        found.append((unit, above))
        here = len(found) - 1
        stack.extend((child, here) for child in reversed(children[unit]))
    return found


def _above(superiors: Mapping[int, int | None], position: int) -> Iterator[int]:
    seen = {position}
    above = superiors.get(position)
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = superiors.get(above)


def spans(
    seats: Iterable[Seat], superiors: Mapping[int, int | None], parents: Sequence[int]
) -> dict[Seat, int]:
    """How many people answer directly to each seat, that is with no post between that somebody else holds.

    `parents`: unit -> the unit above it (-1: none), units being their places in the list. The same reading of
    «直接下级» as in `orgchart.rules.authority`.
    """
    held: dict[int, dict[int, list[int]]] = {}
    for position, unit, person in seats:
        held.setdefault(position, {}).setdefault(unit, []).append(person)
    paths = _paths(parents)
    below: dict[Seat, set[int]] = defaultdict(set)
    for position, by_unit in held.items():
        rungs = [(code, held[code]) for code in _above(superiors, position) if code in held]
        for unit, people in by_unit.items():
            _climb(rungs, paths[unit], people, below)
    return {seat: len(people) for seat, people in below.items()}


def _paths(parents: Sequence[int]) -> list[tuple[int, ...]]:
    """Each unit with all above it; a unit stands after its parent in the list."""
    paths: list[tuple[int, ...]] = []
    for unit, parent in enumerate(parents):
        paths.append((unit, *(paths[parent] if parent >= 0 else ())))
    return paths


def _climb(
    rungs: Sequence[tuple[int, Mapping[int, list[int]]]],
    path: Sequence[int],
    people: Sequence[int],
    below: dict[Seat, set[int]],
) -> None:
    """Enter each of the people below the seats of the nearest rung that somebody else holds."""
    waiting = set(people)
    for code, by_unit in rungs:
        seats = [(code, unit, person) for unit in path if unit in by_unit for person in by_unit[unit]]
        for person in tuple(waiting) if seats else ():
            others = [seat for seat in seats if seat[2] != person]
            for seat in others:
                below[seat].add(person)
            if others:
                waiting.discard(person)
        if not waiting:
            return


def filling(established: Mapping[int, int], held: Mapping[int, int]) -> Filling:
    """Posts of one unit by position: established ones against those that somebody holds."""
    under = over = 0
    for code in established.keys() | held.keys():
        gap = established.get(code, 0) - held.get(code, 0)
        under, over = (under + gap, over) if gap > 0 else (under, over - gap)
    return Filling(sum(established.values()), sum(held.values()), under, over)


def changes(before: Mapping[int, Sequence[Place]], after: Mapping[int, Sequence[Place]]) -> list[Change]:
    """Who came, went, moved, took on or gave up a post: person -> places, the main one first, on two days.

    A person with a place that is gone and one that is new has moved from the one to the other.
    """
    found: list[Change] = []
    for person in before.keys() | after.keys():
        old, new = before.get(person, ()), after.get(person, ())
        lost = [place for place in old if place not in new]
        won = [place for place in new if place not in old]
        pairs = min(len(lost), len(won))
        found += [Change(MOVED, person, lost[at], won[at]) for at in range(pairs)]
        found += [Change(GAVE_UP if new else WENT, person, place, None) for place in lost[pairs:]]
        found += [Change(TOOK_ON if old else CAME, person, None, place) for place in won[pairs:]]
    return found
