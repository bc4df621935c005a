"""Who is away, and who stands in (代理): dated, never overlapping, no deeper than settings.DEPUTY_DEPTH."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, DomainError, Invalid, Refused
from core.notifications import notify
from orgchart.models import Appointment, Deputyship, Leave, Person
from orgchart.policies import LEAVE, granted_in_place_of, may
from orgchart.scope import account_is_open, forget_scope, today


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for which post of the absent person; `via`: for a post in which that person stands in already."""

    post: Appointment
    deputy: Person
    via: Deputyship | None = None


def end_deputyships(rows: QuerySet[Deputyship], last_day: date) -> None:
    """No row outlives `last_day`; those that would begin later never come into force."""
    rows.filter(starts_on__gt=last_day, is_cancelled=False).update(is_cancelled=True)
    rows.filter(Q(ends_on=None) | Q(ends_on__gt=last_day), is_cancelled=False).update(ends_on=last_day)


def _require(actor: Actor, person: Person) -> Actor:
    """A superior with 行政管理权 or the personnel group, never the person; the system needs no power."""
    if actor.person is None:
        return actor
    if actor.person.pk == person.pk:
        raise Refused("about_oneself", _("Nobody decides about their own leave or deputy. Ask the superior."))
    if not may(actor.person, "record_leave", person):
        raise Refused(
            "may_not_record_leave",
            _("Leave and deputies are entered by a superior of this person or by the personnel group."),
        )
    return actor.in_place_of(granted_in_place_of(actor.person, LEAVE, person))


def _check_days(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_before_start", _("The last day lies before the first one."), field="ends_on")


@transaction.atomic
def record_leave(
    *,
    actor: Actor,
    person: Person,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    note: str = "",
    stand_ins: Iterable[StandIn] = (),
) -> Leave:
    """`person` is away on these days, and the deputies act from the first of them on by themselves.

    Refuses with "may_not_record_leave", "about_oneself", "ends_before_start", "leave_overlaps" and what `name_deputy`
    refuses, with the id of the post in the refusal's context. Rings the deputies' bells.
    """
    actor = _require(actor, person)
    _check_days(starts_on, ends_on)
    leave = Leave(
        person=person, kind=kind, starts_on=starts_on, ends_on=ends_on, note=note, recorded_by=actor.person
    )
    _save(leave)
    record(
        actor=actor, action="leave.recorded", subject=person, subject_label=person.username,
        changes={
            "kind": [None, kind], "starts_on": [None, str(starts_on)],
            "ends_on": [None, str(ends_on) if ends_on else None],
        },
    )  # fmt: skip
    for stand_in in stand_ins:
        try:
            _name(actor, stand_in.post, stand_in.deputy, starts_on, ends_on, leave=leave, via=stand_in.via)
        except DomainError as refusal:
            refusal.context["post"] = stand_in.post.pk
            raise
    return leave


def _save(row: Leave | Deputyship) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "leave_once_at_a_time" in str(error):
            raise Conflict(
                "leave_overlaps",
                _("Leave is recorded for some of these days already. Change that entry instead."),
                field="starts_on",
            ) from error
        if "deputyship_one_deputy" in str(error):
            raise Conflict(
                "deputy_overlaps",
                _("Somebody stands in for this post on some of these days already. End that first."),
                field="starts_on",
            ) from error
        raise


@transaction.atomic
def name_deputy(
    *,
    actor: Actor,
    post: Appointment,
    deputy: Person,
    starts_on: date,
    ends_on: date | None,
    via: Deputyship | None = None,
    reason: str = "",
) -> Deputyship:
    """`deputy` stands in for the holder of `post` on these days; `via`: in the place of a deputy who is away.

    Refuses with "may_not_record_leave", "about_oneself", "ends_before_start", "own_deputy", "account_closed",
    "deputy_outside_post", "deputy_too_deep" or "deputy_overlaps". Rings the deputy's bell.
    """
    actor = _require(actor, post.person if via is None else via.deputy)
    _check_days(starts_on, ends_on)
    return _name(actor, post, deputy, starts_on, ends_on, via=via, reason=reason)


def _check_deputy(post: Appointment, deputy: Person, starts_on: date, via: Deputyship | None) -> None:
    if deputy.pk in (post.person_id, via.deputy_id if via else None):
        raise Invalid("own_deputy", _("Nobody stands in for themself. Choose somebody else."), field="deputy")
    if not account_is_open(deputy, max(starts_on, today())) or deputy.is_technical_admin:
        raise Invalid("account_closed", _("This account is closed."), field="deputy")
    if not Appointment.objects.on(starts_on).filter(person=deputy).exists():
        raise Invalid(
            "deputy_without_post", _("A deputy holds a post of their own on the first day."), field="deputy"
        )


def _check_frame(post: Appointment, starts_on: date, ends_on: date | None, via: Deputyship | None) -> None:
    """The deputyship lies within the appointment and, for a deputy's deputy, within that deputyship."""
    for frame in (post, via):
        if frame is None:
            continue
        too_late = frame.ends_on is not None and (ends_on is None or ends_on > frame.ends_on)
        if starts_on < frame.starts_on or too_late:
            raise Invalid(
                "deputy_outside_post",
                _("These days reach beyond those of the post itself. Choose days within it."),
                field="ends_on" if too_late else "starts_on",
            )


def _within(
    starts_on: date, ends_on: date | None, post: Appointment, via: Deputyship | None
) -> tuple[date, date | None]:
    """A leave may outlast the post; whoever stands in does so on the days on which there is one."""
    frames = [frame for frame in (post, via) if frame is not None]
    ends = [day for day in (ends_on, *(frame.ends_on for frame in frames)) if day is not None]
    first, last = max(starts_on, *(frame.starts_on for frame in frames)), min(ends, default=None)
    return (first, last) if last is None or first <= last else (starts_on, ends_on)


def _name(
    actor: Actor,
    post: Appointment,
    deputy: Person,
    starts_on: date,
    ends_on: date | None,
    *,
    leave: Leave | None = None,
    via: Deputyship | None = None,
    reason: str = "",
) -> Deputyship:
    depth = 1 if via is None else via.depth + 1
    if depth > settings.DEPUTY_DEPTH:
        raise Invalid(
            "deputy_too_deep",
            _(
                "A deputy's deputy may not pass the post on any further. The next superior up decides meanwhile."
            ),
            field="deputy",
        )
    if leave is not None:
        starts_on, ends_on = _within(starts_on, ends_on, post, via)
    _check_deputy(post, deputy, starts_on, via)
    _check_frame(post, starts_on, ends_on, via)
    row = Deputyship(
        post=post, deputy=deputy, via=via, depth=depth, leave=leave, starts_on=starts_on, ends_on=ends_on,
        reason=reason, recorded_by=actor.person,
    )  # fmt: skip
    _save(row)
    forget_scope(deputy)
    record(
        actor=actor, action="deputy.named", subject=post.person, subject_label=post.person.username, reason=reason,
        changes={
            "deputy": [None, deputy.pk], "position": [None, post.position.code], "depth": [None, depth],
            "starts_on": [None, str(starts_on)], "ends_on": [None, str(ends_on) if ends_on else None],
        },
    )  # fmt: skip
    facts = {"name": post.person.name, "post": post.position.title, "from": str(starts_on)}
    notify([deputy.pk], "orgchart.deputy", facts, path="/account/")
    return row


@transaction.atomic
def end_leave(*, actor: Actor, leave: Leave, last_day: date) -> None:
    """The person is back after `last_day`, or never left when that lies before the first day; deputies end with it.

    Refuses with "may_not_record_leave" or "about_oneself".
    """
    actor = _require(actor, leave.person)
    before = leave.ends_on
    if last_day < leave.starts_on:
        leave.is_cancelled = True
    else:
        leave.ends_on = last_day
    _save(leave)
    standing_in = Deputyship.objects.filter(Q(leave=leave) | Q(via__leave=leave) | Q(via__via__leave=leave))
    end_deputyships(standing_in, last_day)
    record(
        actor=actor, action="leave.ended", subject=leave.person, subject_label=leave.person.username,
        changes={"ends_on": [str(before) if before else None, str(last_day)]},
    )  # fmt: skip


@transaction.atomic
def end_deputyship(*, actor: Actor, deputyship: Deputyship, last_day: date | None = None) -> None:
    """The deputyship ends on `last_day` (None: it ended yesterday); deputies of the deputy end with it.

    Refuses with "may_not_record_leave" or "about_oneself".
    """
    actor = _require(actor, deputyship.post.person)
    last_day = last_day if last_day is not None else today() - timedelta(days=1)
    same = Q(pk=deputyship.pk) | Q(via=deputyship) | Q(via__via=deputyship)
    end_deputyships(Deputyship.objects.filter(same), last_day)
    forget_scope(deputyship.deputy)
    record(
        actor=actor, action="deputy.ended", subject=deputyship.post.person,
        subject_label=deputyship.post.person.username, changes={"ends_on": [None, str(last_day)]},
    )  # fmt: skip
