"""Limits by amount and kind: whether a grant of a job description covers what is asked. Pure; limits are data.

A grant is {"reach", "kinds", "limit", "clause"}: no kinds means every kind, no limit every amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Grant = Mapping[str, Any]
COVERED, WRONG_KIND, OVER_LIMIT = "covered", "wrong_kind", "over_limit"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be covered; None and "" leave amount or kind open."""

    amount: Decimal | None = None
    kind: str = ""


def limit_of(grant: Grant) -> Decimal | None:
    """The largest amount, None without a limit."""
    return Decimal(grant["limit"]) if grant["limit"] is not None else None


def cover(grant: Grant, asked: Asked) -> str:
    """COVERED, WRONG_KIND or OVER_LIMIT. The limit itself is still covered."""
    if asked.kind and grant["kinds"] and asked.kind not in grant["kinds"]:
        return WRONG_KIND
    limit = limit_of(grant)
    if asked.amount is not None and limit is not None and asked.amount > limit:
        return OVER_LIMIT
    return COVERED


def next_up(
    grants: Mapping[str, Grant], superiors: Mapping[str, str | None], position: str, asked: Asked
) -> str | None:
    """The nearest position above whose grant covers it; None when none does. `grants`: by position."""
    return next(
        (
            code
            for code in _above(superiors, position)
            if code in grants and cover(grants[code], asked) == COVERED
        ),
        None,
    )


def _above(superiors: Mapping[str, str | None], code: str) -> Iterator[str]:
    seen = {code}
    above = superiors.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = superiors.get(above)
