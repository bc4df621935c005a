"""Units, positions, people and posts for tests. Nothing here is real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import factory

from core.actors import Actor, system_actor
from orgchart.enums import GroupKind, UnitKind
from orgchart.models import Appointment, Person, Position, Unit
from orgchart.scope import forget_scope, today
from orgchart.services import create_unit, load_positions, rebuild_links

SYSTEM: Actor = system_actor("test")
PASSWORD = "blue-kettle-42"


class PersonFactory(factory.django.DjangoModelFactory):
    """An open account whose password is PASSWORD and needs no change."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"tester{number}")
    name = factory.Sequence(lambda number: f"试{number}")
    employee_no = factory.Sequence(lambda number: f"T{number:06d}")
    must_change_password = False
    is_demo = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Person:
        password = kwargs.pop("password", PASSWORD)
        person: Person = model_class.objects.create_user(password=password, **kwargs)
        return person


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre with its groups, a branch, and an outlet below the branch."""

    unit: Unit
    info: Unit
    tech: Unit
    finance: Unit
    branch: Unit
    outlet: Unit


@dataclass(frozen=True, slots=True)
class Organisation:
    """Company, department, personnel group and two centres, `near` and `far`."""

    company: Unit
    department: Unit
    personnel: Unit
    near: Centre
    far: Centre


def _unit(code: str, kind: str, parent: Unit | None, group_kind: str = "", province_code: str = "") -> Unit:
    return create_unit(
        actor=SYSTEM,
        code=code,
        kind=kind,
        name=code,
        name_en=code,
        parent=parent,
        group_kind=group_kind,
        province_code=province_code,
        links=False,
    )


def make_centre(department: Unit, code: str, province_code: str, *, links: bool = True) -> Centre:
    """One more centre below the department."""
    unit = _unit(code, UnitKind.CENTRE, department, province_code=province_code)
    branch = _unit(f"{code}-B1", UnitKind.BRANCH, unit)
    centre = Centre(
        unit,
        _unit(f"{code}-INFO", UnitKind.GROUP, unit, GroupKind.INFO),
        _unit(f"{code}-TECH", UnitKind.GROUP, unit, GroupKind.TECH),
        _unit(f"{code}-FIN", UnitKind.GROUP, unit, GroupKind.FINANCE),
        branch,
        _unit(f"{code}-B1-O1", UnitKind.OUTLET, branch),
    )
    if links:
        rebuild_links()
    return centre


def make_organisation() -> Organisation:
    """All positions, and two centres with groups, branch and outlet."""
    load_positions(actor=SYSTEM)
    company = _unit("HQ", UnitKind.COMPANY, None)
    department = _unit("ASD", UnitKind.DEPARTMENT, company)
    organisation = Organisation(
        company,
        department,
        _unit("ASD-HR", UnitKind.GROUP, department, GroupKind.ADMIN_HR),
        make_centre(department, "C440000", "440000", links=False),
        make_centre(department, "C510000", "510000", links=False),
    )
    rebuild_links()
    return organisation


def appoint(person: Person, position_code: str, unit: Unit, **fields: Any) -> Appointment:
    """A post since a month ago, whatever the rules of the service say."""
    fields.setdefault("starts_on", today() - timedelta(days=30))
    position = Position.objects.get(code=position_code)
    row = Appointment.objects.create(person=person, position=position, unit=unit, **fields)
    forget_scope(person)
    return row


def person_with(position_code: str, unit: Unit, *, starts_on: date | None = None, **fields: Any) -> Person:
    """A person who holds the position at the unit today; further fields go to the account."""
    person: Person = PersonFactory(**fields)
    appoint(person, position_code, unit, **({"starts_on": starts_on} if starts_on else {}))
    return person


def technical_admin(**fields: Any) -> Person:
    """An account without rights in the trade that looks after accounts."""
    admin: Person = PersonFactory(is_technical_admin=True, **fields)
    return admin
