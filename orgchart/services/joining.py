"""A joiner as one action: account, post, one-time password, things handed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import written_last
from core.errors import Invalid
from orgchart.models import Appointment, Person, Position, Unit
from orgchart.passwords import ONE_TIME_DAYS, one_time_password
from orgchart.scope import today
from orgchart.services.loans import Thing, hand_out_all
from orgchart.services.people import add_account, add_post
from orgchart.services.permits import to_appoint
from orgchart.services.staffing import check_room


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who joins. `hired_on` is the first day in the company when that is not the first day in the post."""

    name: str
    employee_no: str
    username: str
    email: str = ""
    language: str = "zh-hans"
    hired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The account, its post, and the one-time password, which stands nowhere else.

    No password when the first day is so far off that it would have expired by then: the superior gives one that day.
    """

    person: Person
    post: Appointment
    password: str | None


def gets_password(starts_on: date) -> bool:
    """Whether a one-time password given today can still be used on the first day."""
    return starts_on < today() + timedelta(days=ONE_TIME_DAYS)


@transaction.atomic
def join(
    *,
    actor: Actor,
    who: Newcomer,
    position: Position,
    unit: Unit,
    starts_on: date,
    over_establishment: bool = False,
    things: Iterable[Thing] = (),
    override: str = "",
) -> Joined:
    """Add the account, the main post from `starts_on` on (a day that has passed is a late entry) and what is handed out.

    Refuses with "may_not_appoint", "username_taken", "employee_no_taken", "hired_after_start", "wrong_unit",
    "post_is_held" or "over_establishment". `override`: a technical administrator's reason.
    """
    permit = to_appoint(actor, unit=unit, position=position, override=override)
    if who.hired_on is not None and who.hired_on > starts_on:
        raise Invalid(
            "hired_after_start",
            _("The first day in the post lies before the first day in the company."),
            field="hired_on",
        )
    check_room(position, unit, starts_on, confirmed=over_establishment)
    password = one_time_password() if gets_password(starts_on) else None
    with written_last():
        person = add_account(
            permit.actor, username=who.username, name=who.name, employee_no=who.employee_no, email=who.email,
            language=who.language, hired_on=who.hired_on or starts_on, password=password,
        )  # fmt: skip
        post = add_post(permit.actor, person, position, unit, starts_on=starts_on)
        hand_out_all(permit.actor, person, things, max(starts_on, today()))
        permit.note("staff.join", person)
    return Joined(person, post, password)
