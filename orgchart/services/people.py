"""Staff and their appointments."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid
from orgchart.models import Appointment, Deputyship, Person, Position, Unit
from orgchart.rules.staffing import fits
from orgchart.scope import forget_scope, today
from orgchart.services.deputies import end_deputyships
from orgchart.services.permits import to_appoint
from orgchart.services.staffing import check_room


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
    actor = to_appoint(actor).actor
    return add_account(
        actor, username=username, name=name, employee_no=employee_no, email=email, language=language,
        password=password, must_change_password=must_change_password, is_technical_admin=is_technical_admin,
        is_demo=is_demo,
    )  # fmt: skip


def add_account(
    actor: Actor,
    *,
    username: str,
    name: str,
    employee_no: str,
    password: str | None,
    must_change_password: bool = True,
    email: str = "",
    language: str = "zh-hans",
    hired_on: date | None = None,
    is_technical_admin: bool = False,
    is_demo: bool = False,
) -> Person:
    """As `create_person`, for services that have asked already whether the actor may."""
    username = username.lower()
    _check_free(username, employee_no)
    person: Person = Person.objects.create_user(
        username, password, name=name, employee_no=employee_no, email=email, language=language, hired_on=hired_on,
        must_change_password=must_change_password, is_technical_admin=is_technical_admin, is_demo=is_demo,
        password_changed_at=timezone.now(),
    )  # fmt: skip
    record(actor=actor, action="person.created", subject=person, subject_label=username)
    return person


def check_place(position: Position, unit: Unit) -> None:
    """Refuses with "wrong_unit"."""
    if not fits(position, unit):
        raise Invalid(
            "wrong_unit",
            _("This position belongs to a unit of another kind. Choose that unit."),
            field="unit",
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
    over_establishment: bool = True,
    override: str = "",
) -> Appointment:
    """Give `person` the position at `unit` from `starts_on` to `ends_on` (both included; None: open).

    A person has one primary appointment at a time, and whoever leads a unit is the only one. Days that have passed
    already may be entered late; the row says when it was recorded. Refuses with "may_not_appoint", "about_oneself",
    "wrong_unit", "account_closed", "ends_before_start", "appointments_overlap", "post_is_held", "post_held_already" and,
    without `over_establishment`, "over_establishment". `override`: a technical administrator's reason.
    """
    permit = to_appoint(actor, person=person, unit=unit, position=position, override=override)
    check_room(position, unit, starts_on, confirmed=over_establishment)
    row = add_post(
        permit.actor, person, position, unit, starts_on=starts_on, ends_on=ends_on, is_primary=is_primary
    )
    permit.note("staff.appoint", person)
    return row


def add_post(
    actor: Actor,
    person: Person,
    position: Position,
    unit: Unit,
    *,
    starts_on: date,
    ends_on: date | None = None,
    is_primary: bool = True,
) -> Appointment:
    """As `appoint`, for services that have asked already whether the actor may."""
    check_place(position, unit)
    _check_account(person, starts_on)
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_before_start", _("The last day lies before the first one."), field="ends_on")
    row = Appointment(
        person=person, position=position, unit=unit, starts_on=starts_on, ends_on=_within(person, ends_on),
        is_primary=is_primary, is_single=position.is_leader,
    )  # fmt: skip
    save_post(row)
    forget_scope(person)
    record(
        actor=actor, action="person.appointed", subject=person, subject_label=person.username,
        changes={
            "position": [None, position.code], "unit": [None, unit.code], "starts_on": [None, str(starts_on)],
            "late": [None, starts_on < today()],
        },
    )  # fmt: skip
    return row


def _check_account(person: Person, starts_on: date) -> None:
    if not person.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    if person.leaves_on is not None and starts_on > person.leaves_on:
        raise Invalid(
            "after_last_day", _("The person has left by then. Choose an earlier day."), field="starts_on"
        )


def _within(person: Person, ends_on: date | None) -> date | None:
    """No post outlives the last working day that is entered already."""
    if person.leaves_on is None:
        return ends_on
    return person.leaves_on if ends_on is None else min(ends_on, person.leaves_on)


def _overlap_refusals() -> dict[str, Conflict]:
    """By the constraint that was violated."""
    return {
        "appointment_one_primary": Conflict(
            "appointments_overlap",
            _("The person holds a main post on these days. End that one first, or make this one additional."),
            field="starts_on",
        ),
        "appointment_one_holder": Conflict(
            "post_is_held",
            _(
                "Somebody else holds this post on some of these days. End that appointment first, or choose other days."
            ),
            field="starts_on",
        ),
        "appointment_same_post_once": Conflict(
            "post_held_already",
            _("The person holds this very post on some of these days."),
            field="starts_on",
        ),
    }


def save_post(row: Appointment) -> None:
    """Save; what the exclusion constraints refuse becomes "appointments_overlap", "post_is_held", "post_held_already"."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        refusals = _overlap_refusals()
        name = next((name for name in refusals if name in str(error)), None)
        if name is None:
            raise
        raise refusals[name] from error


@transaction.atomic
def end_appointment(
    *, actor: Actor, appointment: Appointment, last_day: date, reason: str = "", override: str = ""
) -> None:
    """Let the appointment end on `last_day`; deputyships of the post end with it.

    Refuses with "may_not_appoint", "about_oneself" or "ends_before_start". `override`: an administrator's reason.
    """
    person = appointment.person
    permit = to_appoint(
        actor, person=person, unit=appointment.unit, position=appointment.position, override=override
    )
    if last_day < appointment.starts_on:
        raise Invalid("ends_before_start", _("The last day lies before the first one."), field="last_day")
    permit.note("staff.end_post", person)  # to the superior of today, before the line changes
    before, appointment.ends_on = appointment.ends_on, last_day
    save_post(appointment)
    end_deputyships(Deputyship.objects.filter(post=appointment), last_day)
    forget_scope(person)
    record(
        actor=permit.actor, action="person.appointment_ended", subject=person, subject_label=person.username,
        reason=reason, changes={"ends_on": [str(before) if before else None, str(last_day)]},
    )  # fmt: skip


@transaction.atomic
def withdraw_appointment(
    *, actor: Actor, appointment: Appointment, reason: str = "", override: str = ""
) -> None:
    """Take back an additional post that has not begun; its deputyships go with it.

    Refuses with "may_not_appoint", "about_oneself" or "already_begun".
    """
    person = appointment.person
    permit = to_appoint(
        actor, person=person, unit=appointment.unit, position=appointment.position, override=override
    )
    drop_future_post(appointment)
    permit.note("staff.withdraw_post", person)
    record(
        actor=permit.actor, action="person.appointment_withdrawn", subject=person, subject_label=person.username,
        reason=reason,
        changes={
            "position": [appointment.position.code, None], "unit": [appointment.unit.code, None],
            "starts_on": [str(appointment.starts_on), None],
        },
    )  # fmt: skip


def drop_future_post(appointment: Appointment) -> None:
    """Delete a post that never came into force, with its deputyships. Refuses with "already_begun"."""
    if appointment.starts_on <= today():
        raise Conflict("already_begun", _("This post has begun. Let it end on a day instead."))
    for row in Deputyship.objects.filter(post_id=appointment.pk).order_by("-depth"):
        row.delete()
    Appointment.objects.filter(pk=appointment.pk).delete()
    forget_scope(appointment.person)
