"""Who can still edit job descriptions, given who holds what. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

ALL = "all"


def _below(superiors: Mapping[str, str | None], code: str) -> set[str]:
    found: set[str] = set()
    frontier = {code}
    while frontier:
        frontier = {low for low, high in superiors.items() if high in frontier} - found - {code}
        found |= frontier
    return found


def editors(
    superiors: Mapping[str, str | None],
    reaches: Mapping[str, Collection[str]],
    held: Mapping[int, Collection[str]],
) -> set[int]:
    """The people who may edit at least one description: never that of a post that they hold themselves.

    `superiors`: position -> the one above, `reaches`: position -> reaches of its grant «position.edit», `held`: person
    -> positions held.
    """
    found: set[int] = set()
    for person, codes in held.items():
        edited: set[str] = set()
        for code in codes:
            reach = reaches.get(code, ())
            edited |= set(superiors) if ALL in reach else _below(superiors, code) if reach else set()
        if edited - set(codes):
            found.add(person)
    return found
