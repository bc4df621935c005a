"""Requests about personal data as pages and letters show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import ExportFile
from customers.enums import RequestState
from customers.extensions import word
from customers.models import PrivacyRequest
from customers.services.erasing import COPY_KIND, Outcome
from orgchart.models import Person

SOON = timedelta(days=3)
_TONES: dict[str, str] = {
    RequestState.OPEN: "blue",
    RequestState.DONE: "green",
    RequestState.REFUSED: "orange",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A request with the colour of its state and how its day stands: "", "soon" or "overdue"."""

    row: PrivacyRequest
    tone: str
    due: str
    due_words: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the law keeps after an erasure."""

    what: str
    count: int
    until: str
    basis: str


def in_order(rows: Any) -> QuerySet[PrivacyRequest]:
    """Open requests first, the most urgent on top."""
    rank = Case(When(state=RequestState.OPEN, then=Value(0)), default=Value(1))
    found: QuerySet[PrivacyRequest] = rows.annotate(_rank=rank).order_by("_rank", "due_on", "pk")
    return found


def line(row: PrivacyRequest, day: date) -> Line:
    """The request as a list or page shows it."""
    if row.state != RequestState.OPEN:
        return Line(row, _TONES[row.state], "", "")
    left = (row.due_on - day).days
    if left < 0:
        words = ngettext("overdue by %(count)d day", "overdue by %(count)d days", -left) % {"count": -left}
        return Line(row, _TONES[row.state], "overdue", words)
    words = (
        ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}
        if left
        else _("due today")
    )
    return Line(row, _TONES[row.state], "soon" if left <= SOON.days else "", words)


def kept_lines(kept: Iterable[Mapping[str, Any]]) -> list[Kept]:
    """What stays, with its article in words."""
    return [
        Kept(
            word(entry["what"]),
            entry["count"],
            entry["until"],
            word(entry["basis"]) if entry["basis"] else "",
        )
        for entry in kept
    ]


def outcome_lines(outcome: Outcome) -> dict[str, Any]:
    """A preview in words: pairs of what goes and how many, and what stays."""
    gone = [(word(code), count) for code, count in outcome.gone.items() if count]
    return {"gone": gone, "kept": kept_lines(outcome.kept)}


def copies_of(person: Person, request: PrivacyRequest) -> list[ExportFile]:
    """The copies that this person had made of it, newest first."""
    rows = ExportFile.objects.permitted(person).filter(kind=COPY_KIND, query__request=request.pk)
    return list(rows.order_by("-id")[:5])
