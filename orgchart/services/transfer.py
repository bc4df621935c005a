"""A transfer as one action: the old main post ends, the new one begins the day after, and all that hangs on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record, written_last
from core.errors import Conflict, Invalid
from core.notifications import notify
from orgchart.extensions import work_in_hand
from orgchart.models import Appointment, Deputyship, Person, Position, Unit
from orgchart.scope import forget_scope, today
from orgchart.services.deputies import end_deputyships
from orgchart.services.people import check_place, drop_future_post, save_post
from orgchart.services.permits import to_move
from orgchart.services.staffing import check_room

DAY = timedelta(days=1)


def main_post_before(person: Person, day: date) -> Appointment | None:
    """The main post in force on the day before `day`: the one that a transfer on `day` ends."""
    rows = Appointment.objects.on(day - DAY).filter(person_id=person.pk, is_primary=True)
    found: Appointment | None = rows.select_related("position", "unit").first()
    return found


def additional_posts(person: Person, day: date) -> QuerySet[Appointment]:
    """Additional posts (兼任) that have begun by the day before `day` and reach beyond it."""
    rows: QuerySet[Appointment] = Appointment.objects.on(day).filter(
        person_id=person.pk, is_primary=False, starts_on__lt=day
    )
    return rows.select_related("position", "unit").order_by("starts_on", "pk")


@transaction.atomic
def transfer(
    *,
    actor: Actor,
    person: Person,
    position: Position,
    unit: Unit,
    starts_on: date,
    end_posts: Collection[int] = (),
    over_establishment: bool = False,
    cases_stay: bool = False,
    reason: str = "",
    override: str = "",
) -> Appointment:
    """Move `person` into the position at `unit` from `starts_on` on: a past day (a late entry), today or a later one.

    The present main post ends the day before, with the deputyships of whoever stood in for it; additional posts named
    in `end_posts` end then too, the others go on. The new post ends where the old one would have. Work in hand stays with
    the person until it is passed on, which `cases_stay` confirms. Rings the person's bell.

    Refuses with "about_oneself", "may_not_appoint", "account_closed", "after_last_day", "no_change", "wrong_unit",
    "appointments_overlap", "post_is_held", "post_held_already", "over_establishment" or
    "open_cases". `override`: a technical administrator's reason.
    """
    permit = to_move(actor, person, unit, position, override)
    person = _lock(person, starts_on)
    present = main_post_before(person, starts_on)
    _check_move(person, present, position, unit, starts_on)
    check_room(position, unit, starts_on, confirmed=over_establishment)
    _check_cases(actor, person, confirmed=cases_stay)
    row = Appointment(
        person=person, position=position, unit=unit, starts_on=starts_on,
        ends_on=_end_of(person, present, starts_on), is_primary=True, is_single=position.is_leader,
    )  # fmt: skip
    with written_last():
        permit.note("staff.transfer", person)  # to the superior of today, before the line changes
        ended = _end_old(person, present, starts_on, end_posts)
        save_post(row)
        forget_scope(person)
        _tell(person, row)
        _record(permit.actor, person, present, row, ended, reason)
    return row


def _lock(person: Person, starts_on: date) -> Person:
    locked: Person = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    if locked.leaves_on is not None and starts_on > locked.leaves_on:
        raise Invalid(
            "after_last_day", _("The person has left by then. Choose an earlier day."), field="starts_on"
        )
    return locked


def _check_move(
    person: Person, present: Appointment | None, position: Position, unit: Unit, starts_on: date
) -> None:
    check_place(position, unit)
    if Appointment.objects.filter(person_id=person.pk, is_primary=True, starts_on=starts_on).exists():
        raise Conflict(
            "appointments_overlap",
            _(
                "A main post begins on this very day already. Cancel that transfer first, or choose another day."
            ),
            field="starts_on",
        )
    if present is not None and (present.position_id, present.unit_id) == (position.pk, unit.pk):
        raise Invalid(
            "no_change", _("The person holds this very post already. Choose another one."), field="position"
        )


def _end_of(person: Person, present: Appointment | None, starts_on: date) -> date | None:
    """Where the old post would have ended; after a gap the last working day, when one is entered."""
    if present is None or (present.ends_on is not None and present.ends_on < starts_on):
        return person.leaves_on
    return present.ends_on


def _check_cases(actor: Actor, person: Person, *, confirmed: bool) -> None:
    """Higher apps say what is open; the person keeps it until it is passed on, and somebody has to know that."""
    if confirmed or actor.person is None:
        return
    if work_in_hand(person):
        raise Invalid(
            "open_cases",
            _(
                "Open cases are in hand. Pass them on first, or confirm that they stay in hand until they are passed on."
            ),
            field="cases_stay",
        )


def _end_old(
    person: Person, present: Appointment | None, starts_on: date, end_posts: Collection[int]
) -> list[Appointment]:
    """End the main post and the chosen additional ones on the day before; returns what ended.

    Deputyships of a post count only while it is held, so those of a post that ends later need no change: when the
    transfer is cancelled they are there again.
    """
    chosen = additional_posts(person, starts_on).filter(pk__in=list(end_posts))
    ended = [*([present] if present else []), *chosen]
    for post in ended:
        post.ends_on = starts_on - DAY
        save_post(post)
    if starts_on <= today():
        end_deputyships(Deputyship.objects.filter(post__in=[post.pk for post in ended]), starts_on - DAY)
    return ended


def _tell(person: Person, row: Appointment) -> None:
    facts = {"post": row.position.title, "unit": row.unit.name, "from": str(row.starts_on)}
    notify([person.pk], "orgchart.transferred", facts, path="/account/")


def _place(row: Appointment | None) -> str | None:
    return f"{row.position.code} @ {row.unit.code}" if row is not None else None


def _record(
    actor: Actor,
    person: Person,
    present: Appointment | None,
    row: Appointment,
    ended: list[Appointment],
    reason: str,
) -> None:
    additional = [_place(post) for post in ended if not post.is_primary]
    record(
        actor=actor, action="person.transferred", subject=person, subject_label=person.username, reason=reason,
        changes={
            "post": [_place(present), _place(row)],
            "starts_on": [None, str(row.starts_on)],
            "late": [None, row.starts_on < today()],
            **({"ended": [additional, []]} if additional else {}),
        },
    )  # fmt: skip


@transaction.atomic
def cancel_transfer(
    *,
    actor: Actor,
    appointment: Appointment,
    reopen_posts: Collection[int] = (),
    reason: str = "",
    override: str = "",
) -> Appointment | None:
    """Take back a transfer that has not begun: the old main post goes on as far as the new one would have.

    `reopen_posts`: additional posts that end the day before and go on again. Returns the old main post, None when there
    was none. Refuses with "about_oneself", "may_not_appoint", "already_begun" or, when somebody else was given the old
    post meanwhile, "post_is_held".
    """
    person = appointment.person
    permit = to_move(actor, person, appointment.unit, appointment.position, override)
    before = main_post_before(person, appointment.starts_on)
    drop_future_post(appointment)
    reopened = ending_with(appointment).filter(pk__in=list(reopen_posts))
    for post in [*([before] if before else []), *reopened]:
        post.ends_on = appointment.ends_on
        save_post(post)
    permit.note("staff.cancel_transfer", person)
    record(
        actor=permit.actor, action="person.transfer_cancelled", subject=person, subject_label=person.username,
        reason=reason,
        changes={"post": [_place(appointment), _place(before)], "starts_on": [str(appointment.starts_on), None]},
    )  # fmt: skip
    return before


def ending_with(appointment: Appointment) -> QuerySet[Appointment]:
    """Additional posts of the person that end on the day before a transfer."""
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        person_id=appointment.person_id, is_primary=False, ends_on=appointment.starts_on - DAY
    )
    return rows.select_related("position", "unit").order_by("starts_on", "pk")
