"""The actions on a case that a job description may grant, and how far a grant may reach.

Which position has which grant, and by which clause, stands in the position's data (orgchart/data/positions, edited in
the browser). A grant names how far it reaches:
`own` cases the holder handles, `logged` cases the holder logged, `reader` cases the holder keeps reading (logged,
handled, mentioned in), `unit` cases of the own unit and below, `centre` cases of the centre that the unit belongs to;
and it may be limited to kinds of cases.
"""

from __future__ import annotations

from tickets.enums import Action

OWN, LOGGED, READER, UNIT, CENTRE = "own", "logged", "reader", "unit", "centre"
REACHES = frozenset({OWN, LOGGED, READER, UNIT, CENTRE})

VIEW, REVEAL, REVEAL_AS_HANDLER, EXPORT, HANDLE = "view", "reveal", "reveal_as_handler", "export", "handle"

ACTIONS: tuple[str, ...] = (
    VIEW,
    REVEAL,
    REVEAL_AS_HANDLER,
    EXPORT,
    HANDLE,
    *(str(action) for action in Action),
)
"""Every action on a case; each is granted as "case.<action>"."""


def grant_of(action: str) -> str:
    """The name of the grant for an action on a case."""
    return f"case.{action}"
