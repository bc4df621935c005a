"""Before somebody is transferred."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from orgchart.models import Appointment, Leave, Person, Position, Unit
from orgchart.previews import common
from orgchart.previews.common import Consequence, post_words, until
from orgchart.scope import today
from orgchart.services.transfer import additional_posts, main_post_before

DAY = timedelta(days=1)


def transferring(
    person: Person, position: Position, unit: Unit, starts_on: date, end_posts: Collection[int] = ()
) -> list[Consequence]:
    """What ends, what begins, who stops standing in, whose work is seen. Statements: fixed, and some per post."""
    present, last_day = main_post_before(person, starts_on), starts_on - DAY
    extra = list(additional_posts(person, starts_on))
    ending = [post for post in extra if post.pk in set(end_posts)]
    gone = [*([present] if present else []), *ending]
    return [
        *_posts(present, position, unit, starts_on, ending, [post for post in extra if post not in ending]),
        common.timing(starts_on),
        common.staffing(position, unit, starts_on, person.pk),
        common.superior(position, unit, max(starts_on, today()), person.pk),
        *common.led(person, gone, max(starts_on, today())),
        *common.stand_ins(person, last_day, Q(post__in=[post.pk for post in gone])),
        *_others(person, starts_on),
        *_away(person, starts_on),
        _queue(present, unit),
        *common.in_hand(person),
        common.signature(position),
    ]


def _posts(
    present: Appointment | None,
    position: Position,
    unit: Unit,
    starts_on: date,
    ending: list[Appointment],
    staying: list[Appointment],
) -> Iterator[Consequence]:
    facts = {"day": (starts_on - DAY).isoformat(), "new": position.label, "unit": unit.label}
    for post in [*([present] if present else []), *ending]:
        yield Consequence("briefcase", _("%(post)s ends on %(day)s.") % {**facts, "post": post_words(post)})
    facts["day"] = starts_on.isoformat()
    yield Consequence("briefcase", _("Main post from %(day)s on: %(new)s, %(unit)s.") % facts, "green")
    if present is not None and present.ends_on is not None and present.ends_on >= starts_on:
        yield Consequence(
            "calendar-event",
            _("The new post ends on %(day)s, as the present one would have.")
            % {"day": present.ends_on.isoformat()},
            "orange",
        )
    for post in staying:
        yield Consequence("briefcase", _("%(post)s goes on beside it.") % {"post": post_words(post)})


def _others(person: Person, starts_on: date) -> Iterator[Consequence]:
    for row in common.standing_in_for(person, starts_on):
        facts = {
            "holder": row.post.person.name,
            "post": post_words(row.post),
            "until": until(row.ends_on),
        }
        yield Consequence(
            "user-share", _("Goes on standing in for %(holder)s, %(post)s, until %(until)s.") % facts
        )


def _away(person: Person, starts_on: date) -> Iterator[Consequence]:
    rows = Leave.objects.touching(max(starts_on, today()), None).filter(
        person_id=person.pk, is_cancelled=False
    )
    for row in rows.order_by("starts_on"):
        facts = {"from": max(row.starts_on, starts_on).isoformat(), "to": until(row.ends_on)}
        yield Consequence(
            "calendar-off",
            _("Away from %(from)s to %(to)s: nobody stands in for the new post on these days yet.") % facts,
            "orange",
        )


def _queue(present: Appointment | None, unit: Unit) -> Consequence:
    if present is None or present.unit_id == unit.pk:
        return Consequence("inbox", _("From that day on the work of the new post is in sight."))
    facts = {"new": unit.label, "old": present.unit.label}
    words = _(
        "From that day on the work of %(new)s is in sight; that of %(old)s no longer, except what is still in hand."
    )
    return Consequence("inbox", words % facts)
