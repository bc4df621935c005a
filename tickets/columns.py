"""The columns of a list of cases, declared once: the table on the screen and the export show the same.

A row is a dict of `FIELDS` as `.values()` gives it: no model instance, no template and no address lookup per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import masking
from core.errors import Text
from core.templatetags import ui
from tickets import figures
from tickets.enums import OPEN, CaseKind, CaseStatus, Channel, Priority, WaitReason
from tickets.models import Case
from tickets.rules.numbers import spoken
from tickets.rules.targets import PAUSING

Row = Mapping[str, Any]

STATUS_TONES: Mapping[str, str] = {
    CaseStatus.LOGGED: "azure",
    CaseStatus.ASSIGNED: "blue",
    CaseStatus.IN_PROGRESS: "purple",
    CaseStatus.WAITING: "yellow",
    CaseStatus.RESOLVED: "green",
    CaseStatus.CLOSED: "secondary",
    CaseStatus.CANCELLED: "secondary",
}
PRIORITY_TONES: Mapping[int, str] = {
    Priority.URGENT: "red",
    Priority.HIGH: "orange",
    Priority.LOW: "secondary",
}

FIELDS = (
    "id",
    "number",
    "kind",
    "status",
    "priority",
    "channel",
    "wait_reason",
    "logged_at",
    "changed_at",
    "due_at",
    "resolved_at",
    "is_overdue",
    "excerpt",
    "customer__name",
    "device__imei",
    "device__model__name",
    "device__model__name_en",
    "fault__code",
    "fault__name",
    "fault__name_en",
    "unit__name",
    "unit__name_en",
    "assignee__name",
)
_EXCERPT = 90
_UNFINISHED = frozenset(str(status) for status in OPEN if status != CaseStatus.RESOLVED)


def select(cases: QuerySet[Case], at: figures.Moment) -> QuerySet[Any, dict[str, Any]]:
    """The fields of each row, in the one statement that finds the rows."""
    overdue = ExpressionWrapper(figures.rows("overdue", at), output_field=BooleanField())
    rows: QuerySet[Any, dict[str, Any]] = cases.annotate(
        is_overdue=overdue, excerpt=Left("description", _EXCERPT)
    ).values(*FIELDS)
    return rows


@dataclass(frozen=True, slots=True)
class Look:
    """What is the same for every row of a page: language, moment, the words of the stored codes."""

    now: datetime = field(default_factory=timezone.now)
    english: bool = field(default_factory=lambda: (get_language() or "").startswith("en"))
    words: Mapping[Any, str] = field(
        default_factory=lambda: {
            value: str(label)
            for choices in (CaseStatus, CaseKind, Channel, WaitReason, Priority)
            for value, label in choices.choices
        }
    )

    def named(self, row: Row, prefix: str) -> str:
        """A bilingual name in the reader's language."""
        return str((row[f"{prefix}__name_en"] if self.english else row[f"{prefix}__name"]) or "")


Formatter = Callable[[Row, Look], str]


@dataclass(frozen=True, slots=True)
class Column:
    """`text` is what an export holds; `cell` the HTML on the screen (None: the escaped text)."""

    code: str
    label: Text
    text: Formatter
    cell: Formatter | None = None
    css: str = ""
    on_screen: bool = True


def due_html(row: Row, now: datetime) -> str:
    """The due time as a badge: time left or overdue while the clock runs, kept or missed once it ended."""
    due, resolved = row["due_at"], row["resolved_at"]
    if row["status"] == CaseStatus.CANCELLED:
        return ui.due_badge(None)
    if row["status"] not in _UNFINISHED and resolved:
        return ui.due_badge(due, resolved, "met" if resolved <= due else "")
    paused = row["status"] == CaseStatus.WAITING and row["wait_reason"] in PAUSING
    return ui.due_badge(due, now, "paused" if paused and not row["is_overdue"] else "")


def _moment(value: datetime | None) -> str:
    return ui.moment(value)


def _number(row: Row, look: Look) -> str:
    return f'<a href="/cases/{row["number"]}/">{spoken(row["number"])}</a>'


def _status(row: Row, look: Look) -> str:
    badge = ui.status_badge(look.words[row["status"]], STATUS_TONES[row["status"]])
    if row["wait_reason"]:
        return f'{badge}<small class="cell-note">{escape(look.words[row["wait_reason"]])}</small>'
    return badge


def _priority(row: Row, look: Look) -> str:
    word, tone = look.words[row["priority"]], PRIORITY_TONES.get(row["priority"])
    return ui.badge(word, tone) if tone else escape(word)


def _due(row: Row, look: Look) -> str:
    return due_html(row, look.now)


def _customer(row: Row, look: Look) -> str:
    return masking.mask_name(row["customer__name"])


def _problem_text(row: Row, look: Look) -> str:
    return " ".join(filter(None, (row["fault__code"], look.named(row, "fault"))))


def _problem(row: Row, look: Look) -> str:
    head = escape(" · ".join(filter(None, (look.named(row, "device__model"), look.named(row, "fault")))))
    note = f'<small class="cell-note clip">{escape(row["excerpt"])}</small>'
    return (
        f'<span class="clip">{head}</span>{note}'
        if head
        else f'<span class="clip">{escape(row["excerpt"])}</span>'
    )


def _handler(row: Row, look: Look) -> str:
    name = row["assignee__name"]
    who = escape(name) if name else f'<span class="nobody">{escape(_("nobody yet"))}</span>'
    return f'{who}<small class="cell-note">{escape(look.named(row, "unit"))}</small>'


def _customer_cell(row: Row, look: Look) -> str:
    return f'{escape(_customer(row, look))}<small class="cell-note">{escape(look.words[row["kind"]])}</small>'


def _logged(row: Row, look: Look) -> str:
    return ui.when(row["logged_at"], look.now)


COLUMNS: tuple[Column, ...] = (
    Column("number", gettext_lazy("Case number"), lambda row, look: str(row["number"]), _number, "lead"),
    Column("status", gettext_lazy("Status"), lambda row, look: look.words[row["status"]], _status),
    Column("due_at", gettext_lazy("Due"), lambda row, look: _moment(row["due_at"]), _due),
    Column("priority", gettext_lazy("Priority"), lambda row, look: look.words[row["priority"]], _priority),
    Column("kind", gettext_lazy("Kind"), lambda row, look: look.words[row["kind"]], on_screen=False),
    Column("problem", gettext_lazy("Fault"), _problem_text, _problem, "wide"),
    Column("customer", gettext_lazy("Customer"), _customer, _customer_cell),
    Column("handler", gettext_lazy("Handler"), lambda row, look: row["assignee__name"] or "", _handler),
    Column("unit", gettext_lazy("Unit"), lambda row, look: look.named(row, "unit"), on_screen=False),
    Column("logged_at", gettext_lazy("Logged at"), lambda row, look: _moment(row["logged_at"]), _logged),
    Column(
        "model", gettext_lazy("Model"), lambda row, look: look.named(row, "device__model"), on_screen=False
    ),
    Column("imei", "IMEI", lambda row, look: masking.mask_imei(row["device__imei"] or ""), on_screen=False),
    Column("channel", gettext_lazy("Channel"), lambda row, look: look.words[row["channel"]], on_screen=False),
    Column(
        "waiting_for",
        gettext_lazy("Waiting for"),
        lambda row, look: look.words.get(row["wait_reason"], ""),
        on_screen=False,
    ),
    Column(
        "changed_at",
        gettext_lazy("Last changed"),
        lambda row, look: _moment(row["changed_at"]),
        on_screen=False,
    ),
)
SORTED_BY: Mapping[str, str] = {
    "due_at": "due",
    "priority": "priority",
    "logged_at": "newest",
}
"""Columns whose heading sorts the list, with the order they stand for."""


def work_line(row: Row, look: Look) -> dict[str, Any]:
    """What a short list of work shows of a row (see `tickets/work_list.html`)."""
    facts = (look.named(row, "device__model"), look.named(row, "fault"), row["excerpt"])
    return {
        "url": f"/cases/{row['number']}/",
        "number": spoken(row["number"]),
        "state": ui.status_badge(look.words[row["status"]], STATUS_TONES[row["status"]]),
        "note": look.words.get(row["wait_reason"], ""),
        "due": due_html(row, look.now),
        "about": " · ".join(filter(None, facts)),
    }


def on_screen() -> tuple[Column, ...]:
    """The columns of the table."""
    return tuple(column for column in COLUMNS if column.on_screen)


def table_rows(
    rows: Iterable[Row], columns: Iterable[Column] | None = None, look: Look | None = None
) -> list[SafeString]:
    """Each row as `<tr>…</tr>`; the frame of a cell is made once per page."""
    seen, view = tuple(columns or on_screen()), look or Look()
    frames = [(column, _frame(column)) for column in seen]
    return [mark_safe(f"<tr>{''.join(_cells(row, frames, view))}</tr>") for row in rows]  # noqa: S308  every cell escapes


def _frame(column: Column) -> tuple[str, str]:
    css = f"col-{column.code} {column.css}".strip()
    if "lead" in column.css:
        return f'<th scope="row" class="{css}">', "</th>"
    return f'<td class="{css}" data-label="{escape(column.label)}">', "</td>"


def _cells(row: Row, frames: list[tuple[Column, tuple[str, str]]], look: Look) -> Iterator[str]:
    for column, (opening, closing) in frames:
        inner = column.cell(row, look) if column.cell else escape(column.text(row, look))
        yield f"{opening}{inner}{closing}"
