"""The one writer of a case's status: applies a row of the transition table under a row lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.retry import when_busy
from core.transitions import Transition
from tickets import errors, queries
from tickets.enums import Action, CaseKind, CaseStatus, WaitReason
from tickets.models import Case, CaseNote
from tickets.policies import acting_for
from tickets.rules import targets
from tickets.rules.transitions import transition
from tickets.services import clock, notices, signals
from tickets.services.devices import device_for


@dataclass(frozen=True, slots=True)
class Step:
    """The inputs of a step; which of them must be filled in stands in the transition table."""

    assignee: int | None = None
    reason: str = ""
    resolution: str = ""
    wait_reason: str = ""
    wait_until: date | None = None
    device: str = ""
    model_id: int | None = None
    fault: int | None = None
    note: str = ""


@when_busy
@transaction.atomic
def perform(
    *,
    actor: Actor,
    number: int,
    action: str,
    version: int | None,
    step: Step = Step(),
    now: datetime | None = None,
) -> Case:
    """Apply `action` to the case with `number` and return it as it is now.

    `version` is the one the person read; None skips the comparison (never from a page or the API).
    Refusals, in this order: "case_not_found" (404), "no_power" (403), "stale_version" (409, with the case as it is
    now), "not_now" (409), "required" and others about an input (422). Side effects in the same transaction: clock
    segments, note, bell, notice to the customer, audit event.
    """
    now = now or timezone.now()
    case = queries.lock_case(actor.person, number, action)
    if version is not None and version != case.version:
        raise errors.stale(case)
    actor = actor.in_place_of(acting_for(actor.person, action, case))
    row = transition(case.kind, action, case.status)
    _check_required(row, step)
    before = _facts(case)
    _EFFECTS[action](case, step, actor, now)
    if row.target is not None:
        case.status = row.target
    _finish(case, row, step, actor, now, before)
    return case


def _check_required(row: Transition, step: Step) -> None:
    for name in row.required:
        value = getattr(step, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise errors.missing(name)


def _facts(case: Case) -> dict[str, Any]:
    """What the audit trail compares before and after; free text is not repeated there."""
    return {
        "status": case.status,
        "kind": case.kind,
        "unit": case.unit_id,
        "handler": case.assignee_id,
        "wait_reason": case.wait_reason,
        "wait_until": case.wait_until.isoformat() if case.wait_until else None,
        "due_at": case.due_at.isoformat(),
    }


def _finish(
    case: Case, row: Transition, step: Step, actor: Actor, now: datetime, before: dict[str, Any]
) -> None:
    case.version += 1
    case.changed_at = now
    _remember_readers(case, actor.person.pk, case.assignee_id)
    case.save()
    if step.note.strip() and "note" in (*row.required, *row.optional):
        add_note(case, step.note, actor, now)
    audit.record(
        actor=actor,
        action=row.audit,
        subject=case,
        subject_label=str(case.number),
        changes=audit.diff(before, _facts(case)),
        reason=step.reason.strip(),
    )
    signals.case_changed.publish(signals.CaseChange(case, row.action, actor))


def _remember_readers(case: Case, *person_ids: int | None) -> None:
    case.reader_ids = sorted({*case.reader_ids, *(pk for pk in person_ids if pk)})


def add_note(case: Case, text: str, actor: Actor, now: datetime) -> CaseNote:
    """Store a note; people mentioned by @log-in name may read the case from now on and hear the bell."""
    note: CaseNote = CaseNote.objects.create(
        case=case, author=actor.person, text=text.strip(), created_at=now
    )
    mentioned = queries.mentioned_people(text)
    if mentioned:
        _remember_readers(case, *mentioned)
        Case.objects.filter(pk=case.pk).update(reader_ids=case.reader_ids)
        notices.ring(case, "case_mentioned", mentioned, actor)
    return note


def _assign(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    person = queries.assignable_people(case).filter(pk=step.assignee or 0).first()
    if person is None:
        raise Invalid(
            "not_assignable", _("Choose somebody who handles cases in this unit today."), field="assignee"
        )
    if case.status == CaseStatus.WAITING:
        _leave_waiting(case, now)
    case.assignee = person
    notices.ring(case, "case_assigned", [person.pk], actor)


def _accept(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.responded_at = case.responded_at or now


def _hand_back(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.assignee = None
    notices.ring_leaders(case, "case_handed_back", actor)


def _wait(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    if step.wait_reason not in WaitReason.values:
        raise Invalid("not_a_choice", _("Choose one of the values offered."), field="wait_reason")
    if step.wait_until and step.wait_until < timezone.localdate(now):
        raise Invalid("date_past", _("Choose today or a later day."), field="wait_until")
    case.wait_reason, case.wait_until = step.wait_reason, step.wait_until
    if targets.pauses(step.wait_reason):
        clock.switch(case, now, running=False, reason=step.wait_reason)


def _leave_waiting(case: Case, now: datetime) -> None:
    if targets.pauses(case.wait_reason):
        clock.switch(case, now, running=True)
    case.wait_reason, case.wait_until = "", None


def _resume(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    _leave_waiting(case, now)


def _resolve(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.responded_at = case.responded_at or now
    case.resolved_at, case.resolution = now, step.resolution.strip()
    clock.switch(case, now, running=None)
    notices.ring(case, "case_resolved", [case.logged_by_id], actor)


def _close(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.closed_at = now
    notices.tell_customer(case, "case_closed", now)


def _reopen(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.reopened_count += 1
    case.resolved_at = case.closed_at = case.assignee = None
    case.resolved_on_call = False
    clock.switch(case, now, running=True)
    notices.ring_leaders(case, "case_reopened", actor)


def _cancel(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.cancel_reason = step.reason.strip()
    clock.switch(case, now, running=None)
    if case.assignee_id:
        notices.ring(case, "case_cancelled", [case.assignee_id], actor)


def _convert(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    case.device = device_for(
        actor=actor, imei=step.device, model_id=step.model_id, owner=case.customer, field="device"
    )
    case.fault_id = step.fault or case.fault_id
    case.kind = CaseKind.REPAIR
    case.unit = queries.group_of_centre(case.centre_id, "tech") or case.centre
    case.assignee = None
    notices.ring_leaders(case, "case_arrived", actor)


def _note(case: Case, step: Step, actor: Actor, now: datetime) -> None:
    """The note itself is stored with every step that carries one."""


_EFFECTS: dict[str, Callable[[Case, Step, Actor, datetime], None]] = {
    Action.ASSIGN: _assign,
    Action.ACCEPT: _accept,
    Action.HAND_BACK: _hand_back,
    Action.WAIT: _wait,
    Action.RESUME: _resume,
    Action.RESOLVE: _resolve,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.CANCEL: _cancel,
    Action.CONVERT: _convert,
    Action.NOTE: _note,
}
