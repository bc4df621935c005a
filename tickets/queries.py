"""Named reads of the case desk, shared by pages, API, exports and services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from core.models import AuditEvent
from core.policy import row_filter
from core.transitions import Transition
from customers import finding
from customers.models import Customer
from customers.rules import parse_phone
from orgchart.models import Appointment, Deputyship, Person, Unit
from products.models import Device, FaultCode
from products.rules import is_imei, normalise_imei
from tickets import figures
from tickets.authority import decide
from tickets.enums import OPEN, Action
from tickets.errors import no_power, not_found
from tickets.models import Case, CaseNote, Notice
from tickets.policies import handler_posts
from tickets.rules.numbers import parse_case_number
from tickets.rules.powers import ACTIONS
from tickets.rules.transitions import possible

LONGEST_ID = 18
"""Digits of an id that a page may bring along; longer ones do not fit the column."""
_MENTION = re.compile(r"@([A-Za-z0-9_.+-]{2,40})")
_WITH_PAGE = ("customer", "device__model", "fault", "unit", "centre", "logged_unit", "assignee", "logged_by")


def may(person: Person, action: str) -> ExpressionWrapper[Any]:
    """Whether `person` may do `action` to the row, as a column."""
    return ExpressionWrapper(row_filter(Case, action, person), output_field=BooleanField())


def with_powers(rows: QuerySet[Case], person: Person) -> QuerySet[Case]:
    """Each row with a column `may_<action>` for every action of the table of powers."""
    columns = {
        f"may_{action}": may(person, action) for action in ACTIONS if action not in ("view", Action.LOG)
    }
    return rows.annotate(**columns)


def actions_for(case: Any) -> list[Transition]:
    """Steps that this person can take now: the transition table and the table of powers both say yes.

    `case` comes from `with_powers`.
    """
    return [row for row in possible(case.kind, case.status) if getattr(case, f"may_{row.action}", False)]


def lock_case(person: Person, number: int, action: str) -> Case:
    """The case under a row lock, for `action`; 404 when invisible, 403 without the power."""
    rows = (
        Case.objects.permitted(person)
        .filter(number=number)
        .select_related("customer", "unit", "centre__calendar")
    )
    case: Any = rows.annotate(allowed=may(person, action)).select_for_update(of=("self",)).first()
    if case is None:
        raise not_found()
    if not case.allowed:
        raise no_power(decide(person, action, case).sentence())
    locked: Case = case
    return locked


def case_page(person: Person, number: int) -> Case:
    """The case with all that its page shows; 404 when invisible. Three statements."""
    rows = with_powers(Case.objects.permitted(person).filter(number=number), person)
    at = figures.Moment(person, timezone.now())
    overdue = ExpressionWrapper(figures.rows("overdue", at), output_field=BooleanField())
    notes = Prefetch("notes", queryset=CaseNote.objects.select_related("author"))
    notices = Prefetch("notices", queryset=Notice.objects.select_related("effect"))
    case = (
        rows.annotate(is_overdue=overdue).select_related(*_WITH_PAGE).prefetch_related(notes, notices).first()
    )
    if case is None:
        raise not_found()
    return case


def last_event(case: Case) -> AuditEvent | None:
    """Who did what to the case last, and when."""
    rows = AuditEvent.objects.filter(subject_type=Case._meta.label_lower, subject_id=case.pk)
    return rows.order_by("-id").first()


def case_with_powers(person: Person, number: int) -> Case:
    """The case and what the person may do to it, for the page of a step; 404 when invisible. One statement."""
    rows = with_powers(Case.objects.permitted(person).filter(number=number), person)
    case: Case | None = rows.select_related(
        "customer", "device__model", "fault", "unit", "centre", "assignee"
    ).first()
    if case is None:
        raise not_found()
    return case


def last_change(case: Case) -> str:
    """Name of whoever wrote the last event about the case; empty when nobody did."""
    event = AuditEvent.objects.filter(subject_type="tickets.case", subject_id=case.pk).order_by("-id").first()
    if event is None or event.actor_id is None:
        return event.actor_label if event else ""
    return (
        Person.objects.filter(pk=event.actor_id).values_list("name", flat=True).first() or event.actor_label
    )


def related_open_cases(person: Person, case: Case, most: int = 10) -> list[Case]:
    """Other open cases in scope of the same customer or device."""
    same = Q(customer_id=case.customer_id)
    if case.device_id:
        same |= Q(device_id=case.device_id)
    rows = (
        Case.objects.permitted(person)
        .filter(same, status__in=[str(status) for status in OPEN])
        .exclude(pk=case.pk)
        .select_related("device__model")
    )
    return list(rows.order_by("due_at", "pk")[:most])


def case_rows(person: Person) -> QuerySet[Case]:
    """All visible cases with what a list shows of each."""
    rows: QuerySet[Case] = Case.objects.permitted(person)
    return rows.select_related("customer", "device__model", "fault", "unit", "assignee")


def group_of_centre(centre_id: int | None, group_kind: str) -> Unit | None:
    """The centre's active group of this kind."""
    groups = Unit.objects.filter(centre_id=centre_id, kind="group", group_kind=group_kind, is_active=True)
    group: Unit | None = groups.select_related("centre__calendar").order_by("code").first()
    return group


def assignable_people(case: Case) -> QuerySet[Person]:
    """Who may be given this case: handlers with a post today in its unit, or at the centre itself."""
    posts = Appointment.objects.on(timezone.localdate()).filter(
        handler_posts(),
        person_id=OuterRef("pk"),
        unit_id__in={case.unit_id, case.centre_id},
    )
    people: QuerySet[Person] = Person.objects.filter(Exists(posts), is_active=True).order_by("employee_no")
    return people


def leaders_of(unit_id: int) -> list[int]:
    """People who lead the unit today and their deputies; when nobody does, those of the next unit up."""
    day = timezone.localdate()
    posts = (
        Appointment.objects.on(day)
        .filter(position__is_leader=True, person__is_active=True, unit__below__descendant_id=unit_id)
        .order_by("unit__below__depth")
        .values_list("unit__below__depth", "person_id", "pk")
    )
    rows = list(posts)
    nearest = [(person, post) for depth, person, post in rows if depth == rows[0][0]]
    standing_in = Deputyship.objects.entered_for(day).filter(
        post__in=[post for _, post in nearest], deputy__is_active=True
    )
    return [*(person for person, _ in nearest), *standing_in.values_list("deputy_id", flat=True)]


def mentioned_people(text: str) -> list[int]:
    """Ids of active people mentioned as @log-in name."""
    names = {name.lower().rstrip(".") for name in _MENTION.findall(text)}
    return (
        list(Person.objects.filter(username__in=names, is_active=True).values_list("pk", flat=True))
        if names
        else []
    )


def device_by_imei(digits: str) -> Device | None:
    """The device with this IMEI in either slot, company-wide."""
    rows = Device.objects.select_related("model", "owner").filter(Q(imei=digits) | Q(imei2=digits))
    device: Device | None = rows.first()
    return device


def customers_by_phone(digits: str) -> QuerySet[Customer]:
    """Customers with exactly this number, company-wide; merged and erased files are left out."""
    return finding.with_number(digits)


def selectable_customer(person: Person, customer_id: int, *, phone: str, imei: str) -> Customer | None:
    """The customer, when the person may log a case for them: found by the exact number or device, or visible."""
    wanted = Customer.objects.filter(pk=customer_id, merged_into=None, erased_at=None)
    number = parse_phone(phone)
    digits = normalise_imei(imei)
    known = Q(phones__number=number.digits) if number else Q(pk__in=[])
    if is_imei(digits):
        known |= Q(devices__imei=digits) | Q(devices__imei2=digits)
    customer: Customer | None = wanted.filter(known).first() or wanted.permitted(person).first()
    return customer


def customer_in_sight(person: Person, customer_id: str) -> Customer | None:
    """The visible customer chosen on a page before, with phones and devices; None for anything else."""
    if not customer_id.isdecimal() or len(customer_id) > LONGEST_ID or not int(customer_id):
        return None
    rows = Customer.objects.permitted(person).filter(pk=customer_id, merged_into=None, erased_at=None)
    customer: Customer | None = rows.prefetch_related("phones", "devices__model").first()
    return customer


def selectable_device(person: Person, device_id: int, phone: str) -> Device | None:
    """A device chosen from a list: its owner has exactly the number typed, or the person sees it anyway."""
    number = parse_phone(phone)
    rows = Device.objects.filter(pk=device_id)
    by_number = rows.filter(owner__phones__number=number.digits).first() if number else None
    device: Device | None = by_number or rows.permitted(person).first()
    return device


def fault_by_text(text: str) -> FaultCode | None:
    """The active fault meant by "code", "code name", or its name in either language."""
    code = text.split()[0].upper()
    rows = FaultCode.objects.filter(is_active=True)
    found: FaultCode | None = rows.filter(
        Q(code=code) | Q(name__iexact=text) | Q(name_en__iexact=text)
    ).first()
    return found


def find_number(person: Person, text: str) -> Case | None:
    """The visible case whose number was typed."""
    number = parse_case_number(text)
    case: Case | None = Case.objects.permitted(person).filter(number=number).first() if number else None
    return case


def open_cases_of(people: Iterable[int]) -> QuerySet[Case]:
    """Open cases handled by these people, to be passed on when they leave."""
    rows: QuerySet[Case] = Case.objects.filter(
        assignee_id__in=list(people), status__in=[str(s) for s in OPEN]
    )
    return rows.select_related("unit").order_by("due_at")
