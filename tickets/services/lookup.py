"""Who is calling, with which phone: exact numbers are looked up company-wide, counted, limited and logged.

The trail says that somebody looked a number up and how much was found, never the number itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from core.actors import Actor
from customers.models import Customer
from customers.rules import parse_phone
from customers.services.lookups import check_rate, record
from orgchart.models import Person
from products.models import Device
from products.rules import imei_problem, normalise_imei
from tickets import policies, queries
from tickets.enums import OPEN
from tickets.models import Case

MOST_CUSTOMERS = 9
MOST_CASES = 20
_BY_NUMBER = "by_number"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case of another centre as one line: nothing that could identify the customer."""

    kind: str
    logged_at: datetime
    is_open: bool
    centre: str


@dataclass(frozen=True, slots=True)
class Found:
    """What exact numbers lead to. `phone` and `imei` say "", "unreadable", "unknown" or "known"."""

    phone: str = ""
    imei: str = ""
    imei_problem: str = ""
    customers: list[Customer] = field(default_factory=list)
    device: Device | None = None
    cases: list[Case] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def devices(self) -> list[Device]:
        """Phones of the customers found by number, to choose from while no IMEI is given."""
        if self.imei:
            return []
        return [device for customer in self.customers for device in customer.devices.all()][:MOST_CUSTOMERS]


def look_up(*, actor: Actor, phone: str = "", imei: str = "") -> Found:
    """Find customers by exact number and the device by exact IMEI, company-wide, with their cases.

    Cases in scope come whole, those of other centres as one line each. A number that is not complete finds nothing
    and costs nothing. Refuses with "too_many_lookups" (429). Writes the audit event "customer.looked_up".
    """
    number, digits = parse_phone(phone), normalise_imei(imei)
    problem = (imei_problem(digits) or "") if digits else ""
    found_by = [name for name, given in (("phone", number), ("imei", digits and not problem)) if given]
    if not found_by:
        return Found(
            phone="unreadable" if phone.strip() else "", imei="wrong" if problem else "", imei_problem=problem
        )
    check_rate(actor)
    actor = actor.in_place_of(policies.looking_up_for(actor.person))
    device = queries.device_by_imei(digits) if "imei" in found_by else None
    customers = _customers(number.digits if number else "", device)
    visible, elsewhere = cases_of(actor.person, customers, device)
    record(actor, found_by, {"customers": len(customers), "device": device is not None})
    return Found(
        phone=_state(phone, number is not None, any(getattr(row, _BY_NUMBER, False) for row in customers)),
        imei="wrong" if problem else _state(imei, True, device is not None),
        imei_problem=problem,
        customers=customers,
        device=device,
        cases=visible,
        elsewhere=elsewhere,
    )


def _state(text: str, readable: bool, known: bool) -> str:
    if not text.strip():
        return ""
    if not readable:
        return "unreadable"
    return "known" if known else "unknown"


def _customers(digits: str, device: Device | None) -> list[Customer]:
    """Customers with the number, and the owner of the device when that is somebody else."""
    found = []
    if digits:
        found = list(
            queries.customers_by_phone(digits).prefetch_related("phones", "devices__model")[:MOST_CUSTOMERS]
        )
    for customer in found:
        setattr(customer, _BY_NUMBER, True)
    if device and device.owner_id not in {customer.pk for customer in found}:
        rows = Customer.objects.filter(pk=device.owner_id).prefetch_related("phones", "devices__model")
        found += list(rows)
    return found


def cases_of(
    person: Person, customers: Iterable[Customer], device: Device | None, *, own: bool = True
) -> tuple[list[Case], list[Elsewhere]]:
    """Cases of these customers and this device, newest first: those in scope, and the others as one line each.

    Without `own` only the others are read.
    """
    theirs = Q(customer__in=[customer.pk for customer in customers])
    if device:
        theirs |= Q(device_id=device.pk)
    rows = Case.objects.filter(theirs)
    visible = rows.permitted(person).select_related("device__model", "fault", "assignee", "unit")
    hidden: QuerySet[Case] = rows.exclude(pk__in=Case.objects.permitted(person).filter(theirs).values("pk"))
    latest = hidden.select_related("centre").order_by("-logged_at", "-pk")[:MOST_CASES]
    seen = list(visible.order_by("-logged_at", "-pk")[:MOST_CASES]) if own else []
    return seen, [_line(case) for case in latest]


def _line(case: Case) -> Elsewhere:
    return Elsewhere(case.get_kind_display(), case.logged_at, case.status in OPEN, case.centre.label)
