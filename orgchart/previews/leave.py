"""Before a leave is recorded or ended, or a deputy named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from orgchart.models import Deputyship, Leave, Person
from orgchart.previews.common import Consequence, post_words, until
from orgchart.scope import today
from orgchart.seats import Seat
from orgchart.services.deputies import StandIn


def away(
    person: Person, starts_on: date, ends_on: date | None, stand_ins: Iterable[StandIn], seats: Iterable[Seat]
) -> list[Consequence]:
    """Who stands in for which post, and which post nobody does. One statement a deputy.

    `seats`: the person's posts and those in which the person stands in (see `orgchart.seats.Seat`).
    """
    facts = {"name": person.name, "from": starts_on.isoformat(), "to": until(ends_on)}
    answer = [Consequence("calendar-off", _("%(name)s is away from %(from)s to %(to)s.") % facts)]
    if starts_on < today():
        answer.append(
            Consequence(
                "history",
                _("Late entry: deputies act from today on; the days before stay as they were."),
                "orange",
            )
        )
    named = {(row.post.pk, row.via.pk if row.via else None): row.deputy for row in stand_ins}
    for seat in seats:
        deputy = named.get((seat.post.pk, seat.via.pk if seat.via else None))
        if deputy is None:
            answer.append(_nobody(seat.label, leading=seat.post.position.is_leader))
        else:
            answer += stands_in(deputy, seat.label, starts_on, ends_on)
    return answer


def _nobody(post: str, *, leading: bool) -> Consequence:
    if leading:
        words = _("Nobody stands in for %(post)s: the next superior up decides meanwhile.")
        return Consequence("alert-triangle", words % {"post": post}, "orange")
    return Consequence("user", _("Nobody stands in for %(post)s.") % {"post": post})


def stands_in(deputy: Person, post: str, starts_on: date, ends_on: date | None) -> list[Consequence]:
    """What the deputy gets, and when the deputy is away too."""
    facts = {"deputy": deputy.name, "post": post, "from": starts_on.isoformat(), "to": until(ends_on)}
    answer = [
        Consequence(
            "user-share",
            _("%(deputy)s stands in for %(post)s from %(from)s to %(to)s and may do what the post may, except decide "
              "about oneself and about who is away. The trail says in whose place.") % facts,
            "green",
        )
    ]  # fmt: skip
    leaves = Leave.objects.touching(starts_on, ends_on).filter(person_id=deputy.pk, is_cancelled=False)
    for leave in leaves.order_by("starts_on"):
        facts = {"deputy": deputy.name, "from": leave.starts_on.isoformat(), "to": until(leave.ends_on)}
        words = _(
            "%(deputy)s is away too, from %(from)s to %(to)s: name a deputy of the deputy for these days."
        )
        answer.append(Consequence("alert-triangle", words % facts, "orange"))
    return answer


def naming(deputy: Person, post: str, starts_on: date, ends_on: date | None, depth: int) -> list[Consequence]:
    """A deputy without a leave, or the deputy of a deputy."""
    answer = stands_in(deputy, post, starts_on, ends_on)
    if depth >= settings.DEPUTY_DEPTH:
        words = _("The post cannot be passed on any further from there.")
        answer.append(Consequence("info-circle", words))
    return answer


def back(leave: Leave, last_day: date) -> list[Consequence]:
    """The leave ends early or is cancelled."""
    facts = {"name": leave.person.name, "day": (last_day + timedelta(days=1)).isoformat()}
    words = (
        _("The leave is cancelled: %(name)s is there all the time.")
        if last_day < leave.starts_on
        else _("%(name)s is back from %(day)s on.")
    )
    answer = [Consequence("user-check", words % facts, "green")]
    rows = Deputyship.objects.touching(last_day, None).filter(leave=leave, is_cancelled=False)
    for row in rows.select_related("deputy", "post__position", "post__unit").order_by("starts_on", "pk"):
        answer.append(_stops(row, last_day))
    return answer


def _stops(row: Deputyship, last_day: date) -> Consequence:
    facts = {"deputy": row.deputy.name, "post": post_words(row.post), "day": last_day.isoformat()}
    if last_day < row.starts_on:
        words = _("%(deputy)s does not stand in for %(post)s.")
    elif last_day < today():
        words = _("%(deputy)s no longer stands in for %(post)s, at once.")
    else:
        words = _("%(deputy)s stands in for %(post)s until %(day)s.")
    return Consequence("user-share", words % facts)


def stopping(deputyship: Deputyship, last_day: date) -> list[Consequence]:
    """The deputyship ends."""
    answer = [_stops(deputyship, last_day)]
    rows = Deputyship.objects.touching(last_day, None).filter(via=deputyship, is_cancelled=False)
    answer += [_stops(row, last_day) for row in rows.select_related("deputy", "post__position", "post__unit")]
    if deputyship.post.position.is_leader:
        answer.append(_nobody(post_words(deputyship.post), leading=True))
    return answer
