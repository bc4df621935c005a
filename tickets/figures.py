"""Every figure of the desk, defined once: the start page counts it and the list behind it shows the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import Text
from core.localtime import local_midnight, local_today
from core.policy import NOTHING
from orgchart.models import Person
from tickets.enums import OPEN, UNFINISHED, CaseStatus, WaitReason
from tickets.models import Case, ClockSegment
from tickets.policies import own_unit_rows
from tickets.rules.targets import PAUSING

AGES: tuple[tuple[str, int, int | None], ...] = (
    ("age_0", 0, 3),
    ("age_4", 4, 7),
    ("age_8", 8, 15),
    ("age_16", 16, 30),
    ("age_31", 31, 60),
    ("age_61", 61, None),
)
"""Ageing buckets: code, first and last calendar day of age (Asia/Shanghai) since the case was logged."""

_OPEN = Q(status__in=[str(status) for status in OPEN])
_UNFINISHED = Q(status__in=[str(status) for status in UNFINISHED])
_PAUSED = Q(status=CaseStatus.WAITING, wait_reason__in=sorted(PAUSING))


@dataclass(frozen=True, slots=True)
class Moment:
    """For whom and when a figure is asked."""

    person: Person
    now: datetime

    def midnight(self, days: int) -> datetime:
        """The local midnight that begins the day `days` from today."""
        return local_midnight(local_today(self.now) + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Figure:
    """A named set of cases. `sort` is the order in which its list opens."""

    code: str
    label: Text
    rows: Callable[[Moment], Q]
    sort: str = "due"


def _overdue(at: Moment) -> Q:
    """Past its due time; a case whose clock was stopped before it was due is not."""
    late_before_pause = ClockSegment.objects.filter(
        case=OuterRef("pk"), ends_at__isnull=True, is_running=False, starts_at__gt=OuterRef("due_at")
    )
    return _UNFINISHED & Q(due_at__lt=at.now) & (~_PAUSED | Q(Exists(late_before_pause)))


def _due_until(at: Moment, days: int) -> Q:
    return _UNFINISHED & ~_PAUSED & Q(due_at__gte=at.now, due_at__lt=at.midnight(days))


def _mine(at: Moment) -> Q:
    return Q(assignee_id=at.person.pk)


def _waiting_for(reason: WaitReason) -> Callable[[Moment], Q]:
    return lambda at: Q(status=CaseStatus.WAITING, wait_reason=reason)


def _aged(first: int, last: int | None) -> Callable[[Moment], Q]:
    def rows(at: Moment) -> Q:
        youngest = Q(logged_at__lt=at.midnight(1 - first)) if first else Q()
        oldest = Q(logged_at__gte=at.midnight(-last)) if last is not None else Q()
        return _OPEN & youngest & oldest

    return rows


def _age_label(first: int, last: int | None) -> Text:
    if last is None:
        return _("over 60 days")
    return _AGE_LABELS[first]


_AGE_LABELS: Mapping[int, Text] = {
    0: _("0–3 days"),
    4: _("4–7 days"),
    8: _("8–15 days"),
    16: _("16–30 days"),
    31: _("31–60 days"),
}

_ALL = (
    Figure("open", pgettext_lazy("cases", "Open"), lambda at: _OPEN),
    Figure("mine", pgettext_lazy("cases", "Mine"), lambda at: _OPEN & _mine(at)),
    Figure("mine_waiting", _("Mine, waiting"), lambda at: Q(status=CaseStatus.WAITING) & _mine(at)),
    Figure(
        "mine_active", _("My next work"), lambda at: _mine(at) & Q(status__in=["assigned", "in_progress"])
    ),
    Figure("unit", _("My unit's"), lambda at: _OPEN & own_unit_rows(at.person)),
    Figure("unassigned", _("Unassigned"), lambda at: Q(status=CaseStatus.LOGGED, assignee__isnull=True)),
    Figure(
        "unit_unassigned",
        _("My unit's, unassigned"),
        lambda at: Q(status=CaseStatus.LOGGED, assignee__isnull=True) & own_unit_rows(at.person),
    ),
    Figure("due_today", _("Due today"), lambda at: _due_until(at, 1)),
    Figure("due_soon", _("Due by tomorrow"), lambda at: _due_until(at, 2)),
    Figure("overdue", _("Overdue"), _overdue),
    Figure("waiting", pgettext_lazy("cases", "Waiting"), lambda at: Q(status=CaseStatus.WAITING)),
    *(Figure(f"waiting_{reason}", reason.label, _waiting_for(reason)) for reason in WaitReason),
    Figure("resolved", _("Resolved, to close"), lambda at: Q(status=CaseStatus.RESOLVED), "changed"),
    *(Figure(code, _age_label(first, last), _aged(first, last), "newest") for code, first, last in AGES),
    Figure("closed", pgettext_lazy("cases", "Closed"), lambda at: Q(status=CaseStatus.CLOSED), "changed"),
    Figure("all", pgettext_lazy("cases", "All"), lambda at: Q(), "newest"),
)
FIGURES: Mapping[str, Figure] = {figure.code: figure for figure in _ALL}
"""All figures by code; the code stands in the list's address."""

TABS = ("open", "mine", "unit", "unassigned", "due_soon", "overdue", "waiting", "resolved", "closed", "all")
"""The figures offered as tabs above the list, in this order."""


def rows(code: str, at: Moment) -> Q:
    """The rows of a figure; nothing for a code that does not exist."""
    figure = FIGURES.get(code)
    return figure.rows(at) if figure else NOTHING


def count(cases: QuerySet[Case], codes: Iterable[str], at: Moment) -> dict[str, int]:
    """How many of `cases` belong to each figure, in one statement. `cases` is what the person may see."""
    wanted: dict[str, Any] = {code: Count("pk", filter=FIGURES[code].rows(at)) for code in codes}
    return cases.aggregate(**wanted)
