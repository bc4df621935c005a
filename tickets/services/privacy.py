"""What the case desk does with a customer's personal data when they are asked for or erased.

A case itself is kept as long as claims from it can be raised: three years after it was closed (民法典 art. 188). Whose
it was, who called and what was sent is erased at once; texts of older cases as well.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict
from core.localtime import local_zone
from customers.models import Customer
from tickets.enums import OPEN
from tickets.models import Case, CaseNote, Notice

KEPT_YEARS = 3
BASIS = "民法典 art. 188"
NOTHING_LEFT = "—"
"""Stands where a text was: a finished case must not look as if it had never had one."""
_LEAP = 29
_ENDED = Coalesce("closed_at", "changed_at")


def kept_until(closed_at: datetime) -> date:
    """The last day on which a case closed at this moment (UTC) is kept; a 29 February ends on the 28th."""
    day = closed_at.astimezone(local_zone()).date()
    safe = day - timedelta(days=1) if (day.month, day.day) == (2, _LEAP) else day
    return safe.replace(year=safe.year + KEPT_YEARS)


def refuse_open_cases(customer: Customer) -> None:
    """Refuses with "customer_has_open_cases": without the number nobody could finish them."""
    if Case.objects.filter(customer=customer, status__in=[str(status) for status in OPEN]).exists():
        raise Conflict(
            "customer_has_open_cases",
            _("This customer has open cases. Close or cancel them first; then the data can be erased."),
        )


def erase_personal_data(customer: Customer, now: datetime | None = None) -> list[dict[str, Any]]:
    """Erase who called and what was sent; returns what is kept, as `CustomerErased.kept` wants it.

    Refuses with "customer_has_open_cases".
    """
    refuse_open_cases(customer)
    cases = Case.objects.filter(customer=customer)
    cases.update(caller_number="", caller_name="", caller_relation="")
    Notice.objects.filter(case__customer=customer).update(address="", subject="", body="")
    old = [
        pk
        for pk, closed in cases.annotate(ended=_ENDED).values_list("pk", "ended")
        if kept_until(closed) < timezone.localdate(now)
    ]
    for field in ("description", "resolution", "cancel_reason"):
        cases.filter(pk__in=old).exclude(**{field: ""}).update(**{field: NOTHING_LEFT})
    CaseNote.objects.filter(case__in=old).update(text=NOTHING_LEFT)
    recent = cases.exclude(pk__in=old)
    last = recent.aggregate(last=Max(_ENDED))["last"]
    if not recent.exists():
        return []
    until = kept_until(last).isoformat() if last else ""
    return [{"what": "cases", "count": recent.count(), "until": until, "basis": BASIS}]


def data_of(customer: Customer) -> list[dict[str, Any]]:
    """Every case of the customer with what was said and sent, plain JSON, oldest first."""
    rows = (
        Case.objects.filter(customer=customer)
        .prefetch_related("notes", "notices")
        .order_by("logged_at", "pk")
    )
    return [_case(case) for case in rows]


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "kind": case.kind,
        "status": case.status,
        "logged_at": case.logged_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "caller_number": case.caller_number,
        "caller_name": case.caller_name,
        "description": case.description,
        "resolution": case.resolution,
        "notes": [{"at": note.created_at.isoformat(), "text": note.text} for note in case.notes.all()],
        "notices": [
            {"at": notice.created_at.isoformat(), "to": notice.address, "subject": notice.subject}
            for notice in case.notices.all()
        ],
    }
