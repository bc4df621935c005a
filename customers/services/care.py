"""Calls to customers: planned, made, planned again.

A follow-up call (回访) belongs to the service and needs no consent (PIPL art. 13(2)); regular care calls (定期跟进) do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible
from customers.enums import CareKind, CareResult, Purpose
from customers.models import CareCall, Customer
from customers.rules.care import LONGEST_INTERVAL, SHORTEST_INTERVAL, interval_ok, next_call
from customers.services.consents import end_consent, in_force
from customers.services.writing import locked_file, note
from orgchart.models import Person
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class CarePlan:
    """A call to plan. `interval_days` for a regular one; `caller` None: whoever plans it."""

    kind: str
    due_on: date
    caller: Person | None = None
    interval_days: int | None = None
    note: str = ""


def _call(file: Customer, call: int) -> CareCall:
    found: CareCall | None = (
        file.care_calls.select_for_update(of=("self",)).select_related("caller").filter(pk=call).first()
    )
    if found is None:
        raise NotVisible("care_call_not_found", _("There is no such call in this file."))
    if found.made_at is not None:
        raise Conflict("care_call_made", _("This call was made already."))
    return found


def _check(file: Customer, plan: CarePlan, caller: Person) -> None:
    if plan.kind not in CareKind.values:
        raise Invalid("not_a_choice", _("Choose one of the values offered."), field="kind")
    if plan.due_on < today():
        raise Invalid("day_passed", _("This day is over. Choose today or a later day."), field="due_on")
    if not Customer.objects.permitted(caller, "edit").filter(pk=file.pk).exists():
        raise Invalid("caller_may_not", _("This colleague may not write this file."), field="caller")
    if plan.kind == CareKind.REGULAR:
        _check_regular(file, plan)


def _check_regular(file: Customer, plan: CarePlan) -> None:
    if not interval_ok(plan.interval_days):
        raise Invalid(
            "interval_wrong",
            _("Say after how many days to call again: %(least)s to %(most)s.")
            % {"least": SHORTEST_INTERVAL, "most": LONGEST_INTERVAL},
            field="interval_days",
        )
    if in_force(file.pk, Purpose.CARE) is None:
        raise Invalid(
            "no_consent_to_care",
            _(
                "The customer did not agree to care calls. Record the consent first, or plan a follow-up call."
            ),
            field="kind",
        )
    if file.care_calls.filter(kind=CareKind.REGULAR, made_at=None).exists():
        raise Conflict(
            "care_planned", _("A regular care call is planned already. Change or cancel that one.")
        )


@transaction.atomic
def plan_care_call(*, actor: Actor, customer: int, plan: CarePlan) -> CareCall:
    """Plan a call to the customer (id). Writes "customer.care_planned".

    Refusals: those of `locked_file`, "day_passed" (field "due_on"), "caller_may_not" (field "caller"),
    "interval_wrong" (field "interval_days"), "no_consent_to_care" (field "kind"), "care_planned" (409).
    """
    file = locked_file(actor, customer)
    caller = plan.caller or actor.person
    _check(file, plan, caller)
    return _plan(actor, file, plan, caller)


def _plan(actor: Actor, file: Customer, plan: CarePlan, caller: Person | None) -> CareCall:
    made: CareCall = CareCall.objects.create(
        customer=file, kind=plan.kind, due_on=plan.due_on, caller=caller, note=plan.note.strip(),
        interval_days=plan.interval_days if plan.kind == CareKind.REGULAR else None, planned_by=actor.person,
    )  # fmt: skip
    note(
        actor, file, "customer.care_planned",
        care_call=[None, made.pk], kind=[None, str(plan.kind)], due_on=[None, plan.due_on],
    )  # fmt: skip
    return made


@transaction.atomic
def record_result(
    *, actor: Actor, customer: int, call: int, result: str, text: str = "", next_on: date | None = None
) -> CareCall | None:
    """Write down how the call ended; returns the next one, which is planned by itself, or None.

    `next_on` is the day the customer asked for. "declined" withdraws the consent to care calls. Writes
    "customer.care_result" and what follows from it. Refusals: those of `locked_file`, "care_call_not_found" (404),
    "care_call_made" (409), "not_a_choice" (field "result"), "next_missing", "day_passed" (field "next_on").
    """
    file = locked_file(actor, customer)
    row = _call(file, call)
    _check_result(result, next_on)
    row.result, row.made_at, row.made_by = result, timezone.now(), actor.person
    row.note = "\n".join(filter(None, (row.note, text.strip())))
    row.save(update_fields=["result", "made_at", "made_by", "note"])
    with audit.written_last():
        note(actor, file, "customer.care_result", care_call=[row.pk, row.pk], result=[None, str(result)])
        if result == CareResult.DECLINED:
            end_consent(actor, file, Purpose.CARE)
        return _next(actor, file, row, next_on)


def _check_result(result: str, next_on: date | None) -> None:
    if result not in CareResult.values:
        raise Invalid("not_a_choice", _("Choose one of the values offered."), field="result")
    if result == CareResult.CALL_LATER and next_on is None:
        raise Invalid("next_missing", _("Say on which day to call again."), field="next_on")
    if next_on is not None and next_on < today():
        raise Invalid("day_passed", _("This day is over. Choose today or a later day."), field="next_on")


def _next(actor: Actor, file: Customer, row: CareCall, asked: date | None) -> CareCall | None:
    due = next_call(row.kind, row.result, today(), row.interval_days, asked)
    if due is None:
        return None
    if row.kind == CareKind.REGULAR and in_force(file.pk, Purpose.CARE) is None:
        return None
    return _plan(actor, file, CarePlan(row.kind, due, interval_days=row.interval_days), row.caller)


@transaction.atomic
def cancel_care_call(*, actor: Actor, customer: int, call: int) -> None:
    """Take a planned call off the plan. Writes "customer.care_cancelled".

    Refusals: those of `locked_file`, "care_call_not_found" (404), "care_call_made" (409).
    """
    file = locked_file(actor, customer)
    row = _call(file, call)
    pk, kind, due_on = row.pk, row.kind, row.due_on
    row.delete()
    note(
        actor, file, "customer.care_cancelled", care_call=[pk, None], kind=[kind, None], due_on=[due_on, None]
    )
