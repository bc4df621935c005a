"""A small organisation and cases in any state, written straight into the tables: set-up, not behaviour."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.actors import system_actor
from customers.models import Customer, CustomerPhone
from orgchart.models import Appointment, Person, Position, Unit
from orgchart.services import load_positions, rebuild_links
from products.models import Device, ProductModel
from products.rules import luhn_digit
from tickets.models import Case, ClockSegment
from tickets.rules.numbers import case_number

LONG_AGO = date(2020, 1, 1)
_counter = itertools.count(1)


@dataclass
class World:
    """Two centres with their groups, a branch, and whatever people a test asks for."""

    units: dict[str, Unit]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, position: str, unit: str) -> Person:
        """The person `name`, appointed to `position` at `unit` since long ago."""
        person = self.account(name)
        Appointment.objects.create(
            person=person,
            position=Position.objects.get(code=position),
            unit=self.units[unit],
            starts_on=LONG_AGO,
        )
        return person

    def account(self, name: str, **options: Any) -> Person:
        """An account without any post."""
        person: Person = Person.objects.create(
            username=name,
            name=f"演示{name}",
            employee_no=f"T{next(_counter):06d}",
            must_change_password=False,
            **options,
        )
        self.people[name] = person
        return person


def build() -> World:
    """Company > department > centres A and B; in A groups, a branch and an outlet, in B groups."""
    company = _unit("HQ", "company", None)
    department = _unit("DEP", "department", company)
    units = [company, department, _unit("DEP-HR", "group", department, group_kind="admin_hr")]
    for letter in "AB":
        centre = _unit(letter, "centre", department)
        units += [
            centre,
            _unit(f"{letter}-INFO", "group", centre, group_kind="info"),
            _unit(f"{letter}-TECH", "group", centre, group_kind="tech"),
            _unit(f"{letter}-FIN", "group", centre, group_kind="finance"),
            _unit(f"{letter}-BR", "branch", centre),
        ]
    rebuild_links()
    load_positions(actor=system_actor("tests"))
    return World({unit.code: unit for unit in units})


def _unit(code: str, kind: str, parent: Unit | None, group_kind: str = "") -> Unit:
    unit = Unit(code=code, kind=kind, group_kind=group_kind, name=code, name_en=code, parent=parent)
    unit.save()
    unit.centre = unit if kind == "centre" else (parent.centre if parent else None)
    unit.save(update_fields=["centre"])
    return unit


def customer(name: str = "测试客户", number: str = "13900000000", email: str = "") -> Customer:
    """A customer with one number."""
    made: Customer = Customer.objects.create(name=name, email=email)
    CustomerPhone.objects.create(customer=made, number=number, kind="mobile")
    return made


def imei(serial: int) -> str:
    """A valid IMEI of the test range."""
    body = f"35999900{serial:06d}"
    return f"{body}{luhn_digit(body)}"


def device(owner: Customer, serial: int | None = None) -> Device:
    """A phone of `owner`."""
    model, _ = ProductModel.objects.get_or_create(
        code="TEST-1", defaults={"name": "测试机", "name_en": "Test phone", "manufacturer": "演示"}
    )
    made: Device = Device.objects.create(imei=imei(serial or next(_counter)), model=model, owner=owner)
    return made


def case(
    *,
    unit: Unit,
    logged_by: Person,
    status: str = "logged",
    kind: str = "inquiry",
    assignee: Person | None = None,
    readers: tuple[Person, ...] = (),
    of: Customer | None = None,
    phone: Device | None = None,
    now: datetime | None = None,
    **values: Any,
) -> Case:
    """A case in `status` with all that the state needs."""
    owner = of or customer()
    at = now or datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    finished = status in ("resolved", "closed")
    touched = {logged_by.pk, *(reader.pk for reader in readers), *([assignee.pk] if assignee else [])}
    made: Case = Case.objects.create(
        number=case_number(90_000_000 + next(_counter)),
        kind=kind,
        status=status,
        customer=owner,
        caller_number="13955556666",
        device=phone or (device(owner) if kind == "repair" else None),
        description="测试描述",
        unit=unit,
        centre=unit.centre,
        logged_unit=unit,
        assignee=assignee if status not in ("logged", "cancelled") else None,
        logged_by=logged_by,
        logged_at=at,
        changed_at=at,
        response_due_at=at + timedelta(hours=4),
        due_at=at + timedelta(days=3),
        responded_at=at if status not in ("logged", "assigned", "cancelled") else None,
        resolved_at=at if finished else None,
        closed_at=at if status == "closed" else None,
        resolution="已处理" if finished else "",
        wait_reason="customer" if status == "waiting" else "",
        cancel_reason="误登记" if status == "cancelled" else "",
        reader_ids=sorted(touched),
        **values,
    )
    _segment(made, at)
    return made


def _segment(made: Case, at: datetime) -> None:
    stopped = made.status in ("resolved", "closed", "cancelled")
    paused = made.status == "waiting"
    ClockSegment.objects.create(
        case=made,
        starts_at=at,
        ends_at=at if stopped else None,
        is_running=not paused,
        reason="customer" if paused else "",
    )
