"""What the case desk adds to the pages of customer files and devices: their cases, and what they tell."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Text
from customers.extensions import file_panels
from customers.models import Customer
from orgchart.extensions import Panel
from orgchart.models import Person
from products.extensions import HistoryEntry, device_facts, device_history, device_panels
from products.models import Device
from tickets import columns, figures, policies
from tickets.enums import OPEN
from tickets.models import Case
from tickets.rules.numbers import spoken
from tickets.services import lookup

MOST = 50


def _panel(
    reader: Person, rows: QuerySet[Case], elsewhere: list[lookup.Elsewhere], hint: Text, call: str
) -> Panel:
    at = figures.Moment(reader, timezone.now())
    seen = list(columns.select(rows, at).order_by("-logged_at", "-id")[: MOST + 1])
    look = columns.Look(now=at.now)
    context = {
        "rows": [columns.work_line(row, look) for row in seen[:MOST]],
        "more": len(seen) > MOST,
        "elsewhere": elsewhere,
        "hint": hint,
        "call_url": f"{reverse('tickets:call')}?{call}" if policies.may_log(reader) else "",
    }
    return Panel(_("Cases"), "tickets/panel_cases.html", context)


def cases_of_customer(reader: Person, customer: Customer) -> Panel:
    """All visible cases of the customer, and those of other centres as one line each. Two statements."""
    rows = Case.objects.permitted(reader).filter(customer=customer)
    _cases, elsewhere = lookup.cases_of(reader, [customer], None, own=False)
    hint = _("No case yet. A call about this customer becomes the first one.")
    return _panel(reader, rows, elsewhere, hint, f"customer_id={customer.pk}")


def cases_of_device(reader: Person, device: Device) -> Panel:
    """All visible cases about the phone, and those of other centres as one line each. Two statements."""
    rows = Case.objects.permitted(reader).filter(device=device)
    _cases, elsewhere = lookup.cases_of(reader, [], device, own=False)
    return _panel(
        reader,
        rows,
        elsewhere,
        _("No case about this phone yet."),
        f"customer_id={device.owner_id}&device_id={device.pk}",
    )


def cases_in_history(reader: Person, device: Device) -> list[HistoryEntry]:
    """The visible cases about the phone as entries of its history. One statement."""
    rows = Case.objects.permitted(reader).filter(device=device).select_related("fault")
    return [_entry(case) for case in rows.order_by("-logged_at", "-pk")[:MOST]]


def _entry(case: Case) -> HistoryEntry:
    title = f"{case.get_kind_display()} {spoken(case.number)}"
    facts = (str(case.fault.label) if case.fault else "", str(case.get_status_display()))
    return HistoryEntry(
        case.logged_at, "tool", title, " · ".join(filter(None, facts)), case.get_absolute_url()
    )


def another_customer(reader: Person, device: Device) -> list[Text]:
    """Says so when somebody who is not today's owner has an open case about the phone. One statement."""
    rows: Any = Case.objects.filter(device=device, status__in=[str(status) for status in OPEN])
    if not rows.exclude(customer_id=device.owner_id).exists():
        return []
    return [
        _("An open case about this phone belongs to a customer who is not its owner. Ask whose phone it is.")
    ]


def register() -> None:
    """Add them; from the app's `ready`."""
    file_panels("cases", cases_of_customer)
    device_panels("cases", cases_of_device)
    device_history("cases", cases_in_history)
    device_facts("cases", another_customer)
