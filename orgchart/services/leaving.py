"""A leaver: the account closes when the last day is over, or at once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid
from orgchart.events import AccountClosed, account_closed
from orgchart.models import Appointment, Person
from orgchart.scope import forget_scope, today
from orgchart.services.accounts import drop_sessions, require


@transaction.atomic
def close_account(
    *, actor: Actor, person: Person, last_day: date, at_once: bool = False, reason: str = ""
) -> Person:
    """Let `person` leave: no post outlives `last_day`, and from the next day on the account is closed.

    `at_once` closes it now, without waiting for the end of the day. Publishes `account_closed` on closing.
    Refuses with "may_not_manage_account", "account_closed" or "last_day_passed".
    """
    require(actor, "close_account", person)
    locked: Person = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    if last_day < today():
        raise Invalid(
            "last_day_passed", _("The last day has passed. Choose today, or close at once."), field="last_day"
        )
    before, locked.leaves_on = locked.leaves_on, last_day
    locked.save(update_fields=["leaves_on"])
    _end_posts(locked, last_day)
    record(
        actor=actor, action="account.leaving", subject=locked, subject_label=locked.username, reason=reason,
        changes={"leaves_on": [str(before) if before else None, str(last_day)]},
    )  # fmt: skip
    if at_once:
        _close(actor, locked)
    return locked


def _end_posts(person: Person, last_day: date) -> None:
    """Posts that would begin later are dropped; they never came into force."""
    rows = Appointment.objects.filter(person_id=person.pk)
    rows.filter(starts_on__gt=last_day).delete()
    rows.filter(ends_on=None).update(ends_on=last_day)
    rows.filter(ends_on__gt=last_day).update(ends_on=last_day)
    forget_scope(person)


def _close(actor: Actor, person: Person) -> None:
    person.is_active = False
    person.sessions_valid_from = timezone.now()
    person.save(update_fields=["is_active", "sessions_valid_from"])
    drop_sessions(person)
    forget_scope(person)
    record(
        actor=actor, action="account.closed", subject=person, subject_label=person.username,
        changes={"is_active": [True, False]},
    )  # fmt: skip
    account_closed.publish(AccountClosed(person, actor))


@transaction.atomic
def close_leavers(*, actor: Actor) -> int:
    """Close every account whose last day is over; returns how many. Safe to run twice and side by side."""
    due = Person.objects.select_for_update(skip_locked=True).filter(is_active=True, leaves_on__lt=today())
    people = list(due)
    for person in people:
        _close(actor, person)
    return len(people)
