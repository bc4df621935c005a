"""What the case desk does with a customer's personal data when they are asked for or erased.

A case itself is kept as long as claims from it can be raised: three years after it ended (民法典 art. 188). Whose
it was, who called and what was sent is erased at once; texts of older cases as well.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict
from core.localtime import local_zone
from customers.events import CustomerErased
from customers.extensions import Pairs, SubjectKind, cases_in_hand, last_activity, revealed_subjects
from customers.models import Customer
from customers.rules import retention
from tickets.enums import OPEN
from tickets.models import Case, CaseNote, Notice

NOTHING_LEFT = "—"
"""Stands where a text was: a finished case must not look as if it had never had one."""
_ENDED = Coalesce("closed_at", "changed_at")


def kept_until(ended_at: datetime) -> date:
    """The last day on which a case that ended at this moment (UTC) is kept."""
    period = retention.class_of(retention.CASES, settings.RETENTION_DAYS).period
    return period.after(ended_at.astimezone(local_zone()).date())


def refuse_open_cases(customer: Customer) -> None:
    """Refuses with "customer_has_open_cases": without the number nobody could finish them."""
    if Case.objects.filter(customer=customer, status__in=[str(status) for status in OPEN]).exists():
        raise Conflict(
            "customer_has_open_cases",
            _("This customer has open cases. Close or cancel them first; then the data can be erased."),
        )


def erase_personal_data(erased: CustomerErased, now: datetime | None = None) -> None:
    """Erase who called and what was sent, and the texts of cases that need not be kept any more; says what is kept.

    Refuses with "customer_has_open_cases".
    """
    refuse_open_cases(erased.customer)
    cases = Case.objects.filter(customer=erased.customer)
    cases.update(caller_number="", caller_name="", caller_relation="")
    notices = Notice.objects.filter(case__customer=erased.customer)
    erased.gone.append({"what": "notices", "count": notices.update(address="", subject="", body="")})
    ends = dict(cases.annotate(ended=Coalesce("closed_at", "changed_at")).values_list("pk", "ended"))
    over = {pk for pk, ended in ends.items() if kept_until(ended) < timezone.localdate(now)}
    _erase_texts(over)
    stay = [ended for pk, ended in ends.items() if pk not in over]
    if over:
        erased.gone.append({"what": "cases", "count": len(over)})
    if stay:
        erased.kept.append(
            {
                "what": "cases",
                "count": len(stay),
                "until": kept_until(max(stay)).isoformat(),
                "basis": "civil_188",
            }
        )


def _erase_texts(over: set[int]) -> None:
    for field in ("description", "resolution", "cancel_reason"):
        Case.objects.filter(pk__in=over).exclude(**{field: ""}).update(**{field: NOTHING_LEFT})
    CaseNote.objects.filter(case__in=over).update(text=NOTHING_LEFT)


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


def _active_since(moment: datetime) -> Q:
    """A case that changed since, or is open, keeps the file."""
    theirs = Case.objects.filter(customer=OuterRef("pk"))
    return Q(
        Exists(theirs.filter(Q(changed_at__gte=moment) | Q(status__in=[str(status) for status in OPEN])))
    )


def _in_hand(pairs: Pairs) -> Pairs:
    """Whoever handles, handled, logged or was mentioned in a case of the customer."""
    people, customers = {person for person, _ in pairs}, {customer for _, customer in pairs}
    rows = Case.objects.filter(customer__in=customers, reader_ids__overlap=list(people))
    found = {
        (person, customer)
        for customer, readers in rows.values_list("customer_id", "reader_ids")
        for person in readers
    }
    return pairs & found


def register() -> None:
    """Make it known; from the app's `ready`."""
    last_activity("cases", _active_since)
    cases_in_hand("cases", _in_hand)
    rows = Case._default_manager.all
    revealed_subjects(
        SubjectKind(Case._meta.label_lower, rows, "customer_id", "centre", _("Case"), "number", "/cases/{}/")
    )
