"""Cases as plain data. A list is read column by column and never as instances; a colleague is id and name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import get_language

from core import masking
from core.models import AuditEvent
from core.transitions import Transition
from orgchart.models import Person, Unit
from tickets import queries
from tickets.models import Case

SUMMARY = 120
_CASE = (
    "id", "number", "kind", "status", "priority", "version",
    "logged_at", "changed_at", "response_due_at", "due_at",
)  # fmt: skip
_COMPANIONS = {"device": ("model_id",)}


def case_columns(rows: QuerySet[Case]) -> QuerySet[Case, dict[str, Any]]:
    """The columns of a list line, by one statement with joins."""
    english = (get_language() or "").startswith("en")
    name = "name_en" if english else "name"
    columns: QuerySet[Case, dict[str, Any]] = rows.values(
        *_CASE,
        "channel",
        "assignee_id",
        summary=Left("description", SUMMARY),
        customer_name=F("customer__name"),
        model=F(f"device__model__{name}"),
        fault_name=F(f"fault__{name}"),
        unit_code=F("unit__code"),
        unit_name=F(f"unit__{name}"),
        assignee_name=F("assignee__name"),
    )
    return columns


def case_line(row: dict[str, Any]) -> dict[str, Any]:
    """A list line from `case_columns`."""
    return {
        **_always(row),
        "channel": row["channel"],
        "summary": row["summary"],
        "customer": masking.mask_name(row["customer_name"]),
        "device_model": row["model"],
        "fault": row["fault_name"],
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "assignee": {"id": row["assignee_id"], "name": row["assignee_name"]} if row["assignee_id"] else None,
    }


def case_brief(case: Case) -> dict[str, Any]:
    """What is always said about a case; the answer to a write."""
    return _always({name: getattr(case, name) for name in _CASE})


def case_detail(case: Any) -> dict[str, Any]:
    """A case from `queries.case_page`."""
    return {
        **case_brief(case),
        "channel": case.channel,
        "description": case.description,
        **_people(case),
        **_things(case),
        **_course(case),
        "notes": [
            {"author": _person(note.author), "text": note.text, "created_at": _time(note.created_at)}
            for note in case.notes.all()
        ],
        "actions": [_action(case, row) for row in queries.actions_for(case)],
    }


def case_now(case: Case, last: AuditEvent | None) -> dict[str, Any]:
    """What is there now, for whoever wrote on an older version."""
    change = {"by": last.actor_label, "at": _time(last.at), "action": last.action} if last else None
    return {**case_brief(case), "assignee": _person(case.assignee), "last_change": change}


def _always(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "url": f"{_root()}{row['number']}/",
        "kind": row["kind"],
        "status": row["status"],
        "priority": row["priority"],
        "version": row["version"],
        "logged_at": _time(row["logged_at"]),
        "changed_at": _time(row["changed_at"]),
        "response_due_at": _time(row["response_due_at"]),
        "due_at": _time(row["due_at"]),
    }


def _people(case: Case) -> dict[str, Any]:
    customer = case.customer
    return {
        "customer": {
            "id": customer.pk,
            "name": masking.mask_name(customer.name),
            "phones": [masking.mask_phone(phone.number) for phone in customer.phones.all()],
            "email": masking.mask_email(customer.email),
        },
        "caller_number": masking.mask_phone(case.caller_number),
        "unit": _unit(case.unit),
        "centre": _unit(case.centre),
        "logged_unit": _unit(case.logged_unit),
        "assignee": _person(case.assignee),
        "logged_by": _person(case.logged_by),
    }


def _things(case: Case) -> dict[str, Any]:
    device, fault = case.device, case.fault
    return {
        "device": device
        and {"imei": masking.mask_imei(device.imei), "model": device.model.label, "colour": device.colour},
        "fault": fault and {"code": fault.code, "name": fault.label},
    }


def _course(case: Case) -> dict[str, Any]:
    return {
        "due_is_provisional": case.due_is_provisional,
        "responded_at": _time(case.responded_at),
        "resolved_at": _time(case.resolved_at),
        "closed_at": _time(case.closed_at),
        "resolved_on_call": case.resolved_on_call,
        "resolution": case.resolution,
        "wait_reason": case.wait_reason,
        "wait_until": case.wait_until and case.wait_until.isoformat(),
        "cancel_reason": case.cancel_reason,
        "reopened_count": case.reopened_count,
    }


def _action(case: Case, row: Transition) -> dict[str, Any]:
    return {
        "action": str(row.action),
        "label": str(row.label),
        "url": f"{_root()}{case.number}/{row.action}/",
        "required": list(row.required),
        "optional": [name for name in inputs_of(row) if name not in row.required],
    }


def inputs_of(row: Transition) -> list[str]:
    """Names of the inputs that a step takes: those of the table, and what belongs to them."""
    named = [*row.required, *row.optional]
    return [*named, *(companion for name in named for companion in _COMPANIONS.get(name, ()))]


def _unit(unit: Unit) -> dict[str, Any]:
    return {"code": unit.code, "name": unit.label}


def _person(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person else None


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _root() -> str:
    return reverse("api:cases")
