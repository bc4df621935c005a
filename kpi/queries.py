"""What start pages count, live until daily facts exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F

from core.errors import Text
from tickets import columns, figures
from tickets.enums import WaitReason
from tickets.models import Case

HANDLERS_SHOWN = 12
WORK_SHOWN = 8
TILES = ("open", "due_today", "due_soon", "overdue", "unassigned", "resolved")
WAITING = tuple(f"waiting_{reason}" for reason in WaitReason)
AGES = tuple(code for code, _first, _last in figures.AGES)
_TONES = {"overdue": "red", "due_today": "orange", "unassigned": "blue", "resolved": "green"}
_ICONS = {
    "open": "folder-open",
    "due_today": "clock",
    "due_soon": "calendar-event",
    "overdue": "alert-circle",
    "unassigned": "user-search",
    "resolved": "circle-check",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A figure with the address of exactly its list."""

    code: str
    label: Text
    value: int
    url: str
    tone: str = "secondary"
    icon: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """Open cases of one handler."""

    name: str
    open: int
    overdue: int
    url: str
    overdue_url: str
    share: int


def list_url(code: str, **more: Any) -> str:
    """Address of the list behind a figure."""
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/cases/?view={code}{extra}"


def numbers(at: figures.Moment) -> dict[str, list[Number]]:
    """Tiles, waiting by reason and ageing of what the person sees, counted in one statement."""
    # Each of these figures holds open cases only; saying so lets one small index answer all of them.
    still_open = Case.objects.permitted(at.person).filter(figures.rows("open", at))
    counted = figures.count(still_open, (*TILES, *WAITING, *AGES), at)
    return {
        "tiles": _made(counted, TILES),
        "waiting": _made(counted, WAITING),
        "ages": _made(counted, AGES),
    }


def _made(counted: dict[str, int], codes: tuple[str, ...]) -> list[Number]:
    most = max((counted[code] for code in codes), default=0) or 1
    return [
        Number(
            code,
            figures.FIGURES[code].label,
            counted[code],
            list_url(code),
            _TONES.get(code, "secondary") if counted[code] else "secondary",
            _ICONS.get(code, ""),
            round(100 * counted[code] / most),
        )
        for code in codes
    ]


def load_by_handler(at: figures.Moment) -> list[Load]:
    """Who has how many open cases and how many of them are overdue, most first. One statement."""
    rows = (
        Case.objects.permitted(at.person)
        .filter(figures.rows("open", at), assignee__isnull=False)
        .values("assignee_id", name=F("assignee__name"))
        .annotate(count=Count("pk"), late=Count("pk", filter=figures.rows("overdue", at)))
        .order_by("-count", "assignee_id")[:HANDLERS_SHOWN]
    )
    found = list(rows)
    most = max((row["count"] for row in found), default=1)
    return [
        Load(
            row["name"],
            row["count"],
            row["late"],
            list_url("open", handler=row["assignee_id"]),
            list_url("overdue", handler=row["assignee_id"]),
            round(100 * row["count"] / most),
        )
        for row in found
    ]


def work(at: figures.Moment, code: str) -> list[dict[str, Any]]:
    """The first rows of a figure, due first. One statement."""
    cases = Case.objects.permitted(at.person).filter(figures.rows(code, at))
    return list(columns.select(cases, at).order_by("due_at", "id")[:WORK_SHOWN])
