"""Care calls and promises that are due: of the reader's centres, or the reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import masking
from core.errors import Text
from customers.filepage import due_state
from customers.models import CareCall, Promise
from orgchart.models import Person

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do for a customer; names masked."""

    what: Text
    icon: str
    customer: str
    url: str
    done_url: str
    text: str
    due_on: date
    who: str
    label: Text
    tone: str


@dataclass(frozen=True, slots=True)
class Section:
    """Overdue, today or later, with its rows."""

    code: str
    title: Text
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class CareList:
    """The page's three sections; `more`: not everything fits."""

    sections: list[Section]
    more: bool

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(section.rows) for section in self.sections)


def _living(rows: Any) -> Any:
    return rows.filter(customer__merged_into=None, customer__erased_at=None).select_related("customer")


def read(person: Person, mine: bool, what: str, day: date) -> CareList:
    """What is open, the longest due first, at most MOST of each kind. `what`: "", "care" or "promise". Two statements."""
    calls: Any = _living(CareCall.objects.permitted(person).filter(made_at=None)).select_related("caller")
    promises: Any = _living(Promise.objects.permitted(person).filter(kept_at=None)).select_related("made_by")
    if mine:
        calls, promises = calls.filter(caller=person), promises.filter(made_by=person)
    rows: list[Row] = []
    found = [
        list(query.order_by("due_on", "pk")[: MOST + 1]) if what in ("", name) else []
        for name, query in (("care", calls), ("promise", promises))
    ]
    rows = [_call(row, day) for row in found[0][:MOST]] + [_promise(row, day) for row in found[1][:MOST]]
    rows.sort(key=lambda row: row.due_on)
    return CareList(_sections(rows, day), any(len(part) > MOST for part in found))


def _sections(rows: list[Row], day: date) -> list[Section]:
    return [
        Section("overdue", _("Overdue"), [row for row in rows if row.due_on < day]),
        Section("today", _("Today"), [row for row in rows if row.due_on == day]),
        Section("later", pgettext("care", "Later"), [row for row in rows if row.due_on > day]),
    ]


def _call(call: CareCall, day: date) -> Row:
    return Row(
        call.get_kind_display(), "phone-call", masking.mask_name(call.customer.name),
        call.customer.get_absolute_url(), f"{call.customer.get_absolute_url()}care/{call.pk}/result/",
        call.note, call.due_on, str(call.caller or ""), *due_state(call.due_on, day),
    )  # fmt: skip


def _promise(promise: Promise, day: date) -> Row:
    return Row(
        _("Promise"), "hand-stop", masking.mask_name(promise.customer.name), promise.customer.get_absolute_url(),
        f"{promise.customer.get_absolute_url()}promises/{promise.pk}/keep/", promise.text, promise.due_on,
        str(promise.made_by), *due_state(promise.due_on, day),
    )  # fmt: skip
