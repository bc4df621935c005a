"""From a call to a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid, Refused
from core.retry import when_busy
from customers.models import Customer
from customers.services import create_customer, require_phone
from orgchart.models import Unit
from orgchart.scope import Post
from products.models import FaultCode
from tickets import policies, queries
from tickets.enums import CaseKind, CaseStatus, Channel, NextStep, Priority
from tickets.errors import missing
from tickets.models import Case, ClockSegment
from tickets.rules.numbers import case_number
from tickets.rules.transitions import LOG_TARGETS
from tickets.services import clock, notices, signals
from tickets.services.devices import device_for

_GROUP_OF_KIND = {CaseKind.INQUIRY: "info", CaseKind.REPAIR: "tech"}


@dataclass(frozen=True, slots=True)
class NewCase:
    """What the call page or the API gives.

    `withheld` stands for a caller whose number is hidden: `phone` may be empty then. `caller_name` and
    `caller_relation` say who calls when it is not the customer; the number is the caller's then.

    The customer is either `customer_id` (found by exact number, by device, or visible through a case) or a new file
    with `customer_name` and `phone`; the device either an IMEI already registered or a new one with `model_id`.
    """

    kind: str
    description: str
    phone: str
    next_step: str = NextStep.PASS_ON
    customer_id: int | None = None
    customer_name: str = ""
    customer_email: str = ""
    imei: str = ""
    model_id: int | None = None
    fault_id: int | None = None
    priority: int = Priority.NORMAL
    channel: str = Channel.PHONE
    resolution: str = ""
    withheld: bool = False
    caller_name: str = ""
    caller_relation: str = ""


@when_busy
@transaction.atomic
def log_case(*, actor: Actor, new: NewCase, now: datetime | None = None) -> Case:
    """Log a case and return it.

    Refusals: "may_not_log" (403), "required", "phone_not_recognised", "imei_…", "customer_unknown",
    "model_missing", "fault_unknown" (422). Writes case, clock segment, audit event, bell and, when resolved on the
    call, nothing to the customer, who heard the answer.
    """
    with audit.written_last():
        return _log(actor, new, now or timezone.now())


def _log(actor: Actor, new: NewCase, now: datetime) -> Case:
    post = policies.require_log_post(actor.person)
    actor = actor.in_place_of(post.acting_for)
    _check_words(new)
    if new.next_step != NextStep.PASS_ON and not policies.handles(post):
        raise Refused(
            "may_not_handle",
            _("Your position does not handle cases itself. Pass the case on."),
            field="next_step",
        )
    digits = "" if new.withheld and not new.phone.strip() else require_phone(new.phone).digits
    customer = _customer(actor, new)
    device = None
    if new.imei.strip():
        device = device_for(actor=actor, imei=new.imei, model_id=new.model_id, owner=customer)
    if new.kind == CaseKind.REPAIR and device is None:
        raise missing("device")
    unit = _answering_unit(post, new.kind, new.next_step)
    case = Case(
        number=_next_number(),
        kind=new.kind,
        priority=new.priority,
        channel=new.channel,
        customer=customer,
        caller_number=digits,
        caller_name=new.caller_name.strip(),
        caller_relation=new.caller_relation.strip(),
        device=device,
        fault=_fault(new.fault_id),
        description=new.description.strip(),
        unit=unit,
        centre=unit.centre,
        logged_unit_id=post.unit_id,
        logged_by=actor.person,
        logged_at=now,
        changed_at=now,
        reader_ids=[actor.person.pk],
    )
    _begin(case, new, now)
    case.save(force_insert=True)
    ClockSegment.objects.create(case=case, starts_at=now, ends_at=case.resolved_at, is_running=True)
    if case.status == CaseStatus.LOGGED:
        notices.ring_leaders(case, "case_arrived", actor)
    audit.record(
        actor=actor,
        action="case.logged",
        subject=case,
        subject_label=str(case.number),
        changes={"status": [None, case.status], "kind": [None, case.kind], "unit": [None, unit.code]},
    )
    signals.case_changed.publish(signals.CaseChange(case, "log", actor))
    return case


def _whose(new: NewCase) -> str:
    """Whose number it is when somebody else calls for the customer."""
    return (new.caller_relation.strip() or new.caller_name.strip())[:30]


def _check_words(new: NewCase) -> None:
    for value, allowed, field in (
        (new.kind, CaseKind.values, "kind"),
        (new.next_step, NextStep.values, "next_step"),
        (new.priority, Priority.values, "priority"),
        (new.channel, Channel.values, "channel"),
    ):
        if value not in allowed:
            raise Invalid("not_a_choice", _("Choose one of the values offered."), field=field)
    if not new.description.strip():
        raise missing("description")
    if new.next_step == NextStep.RESOLVED and not new.resolution.strip():
        raise missing("resolution")


def _customer(actor: Actor, new: NewCase) -> Customer:
    if new.customer_id is None:
        return create_customer(
            actor=actor,
            name=new.customer_name,
            phone=new.phone,
            email=new.customer_email,
            relation=_whose(new),
        )
    customer = queries.selectable_customer(actor.person, new.customer_id, phone=new.phone, imei=new.imei)
    if customer is None:
        raise Invalid(
            "customer_unknown", _("Look the customer up again by number or IMEI."), field="customer_id"
        )
    return customer


def _fault(fault_id: int | None) -> FaultCode | None:
    if fault_id is None:
        return None
    fault = FaultCode.objects.filter(pk=fault_id, is_active=True).first()
    if fault is None:
        raise Invalid("fault_unknown", _("Choose a fault from the list."), field="fault_id")
    return fault


def _answering_unit(post: Post, kind: str, next_step: str) -> Unit:
    """The centre's group for this kind of case; who keeps a case keeps it in the own unit."""
    if next_step == NextStep.KEEP:
        return _unit(pk=post.unit_id)
    group = queries.group_of_centre(post.centre_id, _GROUP_OF_KIND[CaseKind(kind)])
    return group or _unit(pk=post.centre_id or post.unit_id)


def _unit(pk: int) -> Unit:
    unit: Unit = Unit.objects.select_related("centre__calendar").get(pk=pk)
    return unit


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_case_number')")
        return case_number(cursor.fetchone()[0])


def _begin(case: Case, new: NewCase, now: datetime) -> None:
    """First status and what goes with it."""
    case.status = LOG_TARGETS[new.next_step]
    clock.start(case, now)
    if case.status != CaseStatus.LOGGED:
        case.assignee = case.logged_by
        case.responded_at = now
    if case.status == CaseStatus.CLOSED:
        case.resolution, case.resolved_on_call = new.resolution.strip(), True
        case.resolved_at = case.closed_at = now
