"""Who may do what on a case: action × position, until duties and powers come as data.

Each cell names how far the position reaches with that action:
`own` cases it handles, `logged` cases it logged, `reader` cases it keeps reading (logged, handled, mentioned in),
`unit` cases of its own unit and below, `centre` cases of the centre that its unit belongs to.
The clauses behind it: 接听/登记 (narratives 1–3), 日常管理 (group leaders), 职务范围内行政管理权 (power 1),
监督、检查权 (power 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tickets.enums import Action

OWN, LOGGED, READER, UNIT, CENTRE = "own", "logged", "reader", "unit", "centre"
Reach = frozenset[str]

VIEW, REVEAL, REVEAL_AS_HANDLER, EXPORT, HANDLE = "view", "reveal", "reveal_as_handler", "export", "handle"

_AGENTS = ("service_agent", "aftersales_specialist")
_ENGINEERS = ("repair_engineer", "exchange_engineer", "service_engineer", "senior_service_engineer")
_FINANCE = ("finance_lead", "accountant", "cashier")
_HEADS = ("centre_manager", "department_supervisor", "department_manager", "head_office_manager")
_ABOVE = (*_HEADS, "branch_head")

_HANDLER_STEPS = (Action.ACCEPT, Action.HAND_BACK, Action.WAIT, Action.RESUME, Action.RESOLVE)
_EVERY_HANDLER = (*_AGENTS, *_ENGINEERS, "tech_support", "info_lead", "tech_lead")

LEADING = frozenset({"info_lead", "tech_lead", "finance_lead", "admin_hr_lead", *_ABOVE})
"""Positions that answer for the work of others: their start page shows figures."""


def _rows() -> dict[str, dict[str, Reach]]:
    """The table by action, then position."""
    rows: dict[str, dict[str, set[str]]] = {}

    def grant(positions: tuple[str, ...], reaches: tuple[str, ...], *actions: str) -> None:
        for action in actions:
            for position in positions:
                rows.setdefault(str(action), {}).setdefault(position, set()).update(reaches)

    in_centre = (*_AGENTS, "tech_support", "network_admin", "info_lead")
    grant(in_centre, (CENTRE, READER), VIEW)
    grant((*_ENGINEERS, "tech_lead", *_ABOVE), (UNIT, READER), VIEW)
    grant(_FINANCE, (CENTRE, READER), VIEW)
    grant(("storekeeper", "logistics_clerk", "admin_hr_lead"), (UNIT, READER), VIEW)

    logging = (*in_centre, *_ENGINEERS, "tech_lead", "centre_manager", "branch_head")
    grant(logging, (UNIT,), Action.LOG)
    grant(_EVERY_HANDLER, (OWN,), HANDLE, *_HANDLER_STEPS)
    grant(("info_lead", "tech_lead", *_HEADS), (UNIT,), Action.ASSIGN)

    grant((*_AGENTS, "tech_support", "info_lead"), (CENTRE,), Action.CLOSE, Action.REOPEN)
    grant(("centre_manager",), (UNIT,), Action.CLOSE, Action.REOPEN)
    grant(("tech_lead",), (UNIT,), Action.REOPEN)
    grant(logging, (LOGGED,), Action.CANCEL)
    grant(("info_lead",), (CENTRE,), Action.CANCEL)
    grant(("centre_manager",), (UNIT,), Action.CANCEL)
    grant((*_AGENTS, "tech_support", "info_lead"), (CENTRE,), Action.CONVERT)
    grant(("centre_manager",), (UNIT,), Action.CONVERT)

    grant(in_centre, (CENTRE, READER), Action.NOTE)
    grant((*_ENGINEERS, "tech_lead", *_ABOVE), (UNIT, READER), Action.NOTE)
    grant(("storekeeper", "logistics_clerk", "admin_hr_lead"), (UNIT, READER), Action.NOTE)

    grant((*_AGENTS, *_ENGINEERS, "tech_support", "info_lead", "tech_lead"), (OWN,), REVEAL_AS_HANDLER)
    grant((*_AGENTS, "tech_support", "info_lead"), (CENTRE,), REVEAL)
    grant((*_ENGINEERS, "tech_lead", *_HEADS), (UNIT,), REVEAL)
    grant(("info_lead", "finance_lead"), (CENTRE,), EXPORT)
    grant((*_AGENTS, "tech_support"), (CENTRE,), EXPORT)
    grant(("tech_lead", *_ABOVE), (UNIT,), EXPORT)
    return {action: {p: frozenset(r) for p, r in row.items()} for action, row in rows.items()}


CASE_POWERS: Mapping[str, Mapping[str, Reach]] = MappingProxyType(_rows())
"""action -> position code -> how far it reaches; a missing cell is a no."""


def reach(action: str, position: str) -> Reach:
    """How far `position` reaches with `action`; empty: not at all."""
    return CASE_POWERS.get(str(action), {}).get(position, frozenset())
