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
        return Filling(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


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
    holders: dict[Place, list[int]] = defaultdict(list)
    for position, unit, person in seats:
        holders[position, unit].append(person)
    below: dict[Seat, set[int]] = defaultdict(set)
    for (position, unit), people in holders.items():
        path = list(_path(parents, unit))
        waiting = set(people)
        for code in _above(superiors, position):
            held = [(code, place, person) for place in path for person in holders.get((code, place), ())]
            waiting -= _answer(held, waiting, below)
            if not waiting:
                break
    return {seat: len(people) for seat, people in below.items()}


def _answer(held: list[Seat], people: set[int], below: dict[Seat, set[int]]) -> set[int]:
    """Enter the people below the seats that others hold; returns who has found a superior."""
    found = set()
    for person in people:
        others = [seat for seat in held if seat[2] != person]
        for seat in others:
            below[seat].add(person)
        if others:
            found.add(person)
    return found


def _path(parents: Sequence[int], unit: int) -> Iterator[int]:
    while unit >= 0:
        yield unit
        unit = parents[unit]


def filling(established: Mapping[int, int], held: Mapping[int, int]) -> Filling:
    """Posts of one unit by position: established ones against those that somebody holds."""
    codes = established.keys() | held.keys()
    gaps = [established.get(code, 0) - held.get(code, 0) for code in codes]
    return Filling(
        sum(established.values()),
        sum(held.values()),
        sum(gap for gap in gaps if gap > 0),
        -sum(gap for gap in gaps if gap < 0),
    )


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
