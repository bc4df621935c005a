"""Staff and their appointments."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused
from orgchart.models import Appointment, Person, Position, Unit
from orgchart.scope import forget_scope


def _require_personnel(actor: Actor, unit: Unit | None = None) -> None:
    """The system and the personnel group enter staff; anybody else is refused."""
    if actor.person is None:
        return
    units = Unit.objects.permitted(actor.person, "appoint")
    if not (units.filter(pk=unit.pk) if unit is not None else units).exists():
        raise Refused(
            "may_not_appoint", _("Staff is entered by the administration and personnel group. Ask there.")
        )


def _check_free(username: str, employee_no: str) -> None:
    if Person.objects.filter(username=username).exists():
        raise Invalid("username_taken", _("This log-in name is taken. Choose another one."), field="username")
    if Person.objects.filter(employee_no=employee_no).exists():
        raise Invalid(
            "employee_no_taken", _("There is a person with this employee number."), field="employee_no"
        )


@transaction.atomic
def create_person(
    *,
    actor: Actor,
    username: str,
    name: str,
    employee_no: str,
    password: str | None = None,
    must_change_password: bool = True,
    email: str = "",
    language: str = "zh-hans",
    is_technical_admin: bool = False,
    is_demo: bool = False,
) -> Person:
    """Add an account. Without `password` nobody can log in until a superior resets it.

    Refuses with "may_not_appoint", "username_taken" or "employee_no_taken".
    """
    _require_personnel(actor)
    username = username.lower()
    _check_free(username, employee_no)
    person: Person = Person.objects.create_user(
        username, password, name=name, employee_no=employee_no, email=email, language=language,
        must_change_password=must_change_password, is_technical_admin=is_technical_admin, is_demo=is_demo,
        password_changed_at=timezone.now(),
    )  # fmt: skip
    record(actor=actor, action="person.created", subject=person, subject_label=username)
    return person


def _check_place(position: Position, unit: Unit) -> None:
    fits = (unit.kind, unit.group_kind) == (position.unit_kind, position.group_kind)
    if position.is_leader and not fits:
        raise Invalid(
            "wrong_unit", _("This position leads a unit of another kind. Choose that unit."), field="unit"
        )


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    person: Person,
    position: Position,
    unit: Unit,
    starts_on: date,
    ends_on: date | None = None,
    is_primary: bool = True,
) -> Appointment:
    """Give `person` the position at `unit` from `starts_on` to `ends_on` (both included; None: open).

    A person has one primary appointment at a time. Refuses with "may_not_appoint", "wrong_unit",
    "account_closed", "ends_before_start" or "appointments_overlap".
    """
    _require_personnel(actor, unit)
    _check_place(position, unit)
    if not person.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_before_start", _("The last day lies before the first one."), field="ends_on")
    row = Appointment(
        person=person,
        position=position,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        is_primary=is_primary,
    )
    _save_without_overlap(row)
    forget_scope(person)
    record(
        actor=actor, action="person.appointed", subject=person, subject_label=person.username,
        changes={
            "position": [None, position.code], "unit": [None, unit.code], "starts_on": [None, str(starts_on)],
        },
    )  # fmt: skip
    return row


def _save_without_overlap(row: Appointment) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "appointment_one_primary" not in str(error):
            raise
        raise Conflict(
            "appointments_overlap",
            _("The person holds a main post on these days. End that one first, or make this one additional."),
            field="starts_on",
        ) from error


@transaction.atomic
def end_appointment(*, actor: Actor, appointment: Appointment, last_day: date, reason: str = "") -> None:
    """Let the appointment end on `last_day`. Refuses with "may_not_appoint" or "ends_before_start"."""
    _require_personnel(actor, appointment.unit)
    if last_day < appointment.starts_on:
        raise Invalid("ends_before_start", _("The last day lies before the first one."), field="ends_on")
    before, appointment.ends_on = appointment.ends_on, last_day
    appointment.save(update_fields=["ends_on"])
    forget_scope(appointment.person)
    record(
        actor=actor, action="person.appointment_ended", subject=appointment.person,
        subject_label=appointment.person.username, reason=reason,
        changes={"ends_on": [str(before) if before else None, str(last_day)]},
    )  # fmt: skip
