"""A leaver as one action: posts, deputyships, leave and loaned things; the account closes when the last day is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record, written_last
from core.errors import Conflict, Invalid
from orgchart.events import AccountClosed, account_closed
from orgchart.models import Appointment, Deputyship, Leave, LoanedItem, Person
from orgchart.scope import forget_scope, today
from orgchart.services.accounts import drop_sessions, require
from orgchart.services.deputies import end_deputyships
from orgchart.services.loans import take_back_now
from orgchart.services.overrides import checked_reason, record_override


@transaction.atomic
def close_account(
    *,
    actor: Actor,
    person: Person,
    last_day: date,
    at_once: bool = False,
    reason: str = "",
    returned: Collection[int] = (),
    stay_out: bool = False,
) -> Person:
    """Let `person` leave: no post outlives `last_day`, and from the next day on the account is closed.

    Deputyships both ways and leave end with the posts. Loaned things are taken back (`returned`, their ids) or
    `stay_out` confirms that they are still to come. `at_once` closes the account now, without waiting for the end of
    the day. A technical administrator does this by override: `reason` goes to the superior. Publishes `account_closed`
    on closing. Refuses with "may_not_manage_account", "account_closed", "last_day_passed", "items_out" or, an
    administrator, "reason_too_short".
    """
    actor = require(actor, "close_account", person)
    with written_last():
        locked = _lock(person, last_day)
        _note_override(actor, locked, reason)
        _items(actor, locked, returned, stay_out=stay_out)
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


def _lock(person: Person, last_day: date) -> Person:
    locked: Person = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    if last_day < today():
        raise Invalid(
            "last_day_passed", _("The last day has passed. Choose today, or close at once."), field="last_day"
        )
    return locked


def _note_override(actor: Actor, person: Person, reason: str) -> None:
    """An administrator's act on somebody with posts is an override."""
    if actor.person is None or not actor.person.is_technical_admin:
        return
    if Appointment.objects.touching(today(), None).filter(person_id=person.pk).exists():
        record_override(
            actor=actor, action="staff.leave", subject=person, reason=checked_reason(reason, "reason")
        )


def _items(actor: Actor, person: Person, returned: Collection[int], *, stay_out: bool) -> None:
    out = list(LoanedItem.objects.filter(person_id=person.pk, returned_on=None).order_by("pk"))
    left = [item for item in out if item.pk not in set(returned)]
    if left and not stay_out:
        raise Invalid(
            "items_out",
            _(
                "Things of the company are still out. Tick what came back, or confirm that the rest is still to come."
            ),
            field="stay_out",
        )
    for item in out:
        if item not in left:
            take_back_now(actor, item, today())


def _end_posts(person: Person, last_day: date) -> None:
    """Posts that would begin later are dropped; they never came into force. Deputyships and leave end with the posts."""
    rows = Appointment.objects.filter(person_id=person.pk)
    later = rows.filter(starts_on__gt=last_day)
    for row in Deputyship.objects.filter(post__in=later).order_by("-depth"):
        row.delete()
    later.delete()
    mine = Q(post__person_id=person.pk) | Q(deputy_id=person.pk) | Q(via__deputy_id=person.pk)
    end_deputyships(Deputyship.objects.filter(mine), last_day)
    rows.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)).update(ends_on=last_day)
    away = Leave.objects.filter(person_id=person.pk, is_cancelled=False)
    away.filter(starts_on__gt=last_day).update(is_cancelled=True)
    away.filter(Q(ends_on=None) | Q(ends_on__gt=last_day), starts_on__lte=last_day).update(ends_on=last_day)
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
