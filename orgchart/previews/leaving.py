"""Before somebody leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from orgchart.models import Appointment, Leave, Person
from orgchart.previews import common
from orgchart.previews.common import Consequence, post_words, until


def leaving(person: Person, last_day: date, *, at_once: bool = False) -> list[Consequence]:
    """Posts, deputyships both ways, leave to come, people below."""
    rows = Appointment.objects.touching(last_day, None).filter(person_id=person.pk)
    posts = list(rows.select_related("position", "unit").order_by("starts_on", "pk"))
    return [
        _account(last_day, at_once=at_once),
        *_posts(posts, last_day),
        *common.led(person, posts, last_day),
        *common.in_hand(person),
        *common.stand_ins(person, last_day),
        *_others(person, last_day),
        *_away(person, last_day),
    ]


def _account(last_day: date, *, at_once: bool) -> Consequence:
    if at_once:
        return Consequence("lock", _("The account closes at once and all sessions end."), "orange")
    return Consequence(
        "lock", _("The account closes when %(day)s is over (Beijing time).") % {"day": last_day.isoformat()}
    )


def _posts(posts: list[Appointment], last_day: date) -> Iterator[Consequence]:
    for post in posts:
        facts = {"post": post_words(post), "day": last_day.isoformat(), "from": post.starts_on.isoformat()}
        if post.starts_on > last_day:
            words = _("%(post)s, entered from %(from)s on, does not begin.")
        else:
            words = _("%(post)s ends on %(day)s.")
        yield Consequence("briefcase", words % facts)


def _others(person: Person, last_day: date) -> Iterator[Consequence]:
    for row in common.standing_in_for(person, last_day):
        if row.ends_on is not None and row.ends_on <= last_day:
            continue
        facts = {"holder": row.post.person.name, "post": post_words(row.post), "until": until(row.ends_on)}
        yield Consequence(
            "user-share",
            _(
                "No longer stands in for %(holder)s, %(post)s (now entered until %(until)s): name somebody else."
            )
            % facts,
            "orange",
        )


def _away(person: Person, last_day: date) -> Iterator[Consequence]:
    for row in Leave.objects.touching(last_day, None).filter(person_id=person.pk, is_cancelled=False):
        if row.ends_on is not None and row.ends_on <= last_day:
            continue
        facts = {"from": row.starts_on.isoformat(), "to": until(row.ends_on), "day": last_day.isoformat()}
        words = (
            _("Leave from %(from)s to %(to)s is cancelled.")
            if row.starts_on > last_day
            else _("Leave from %(from)s to %(to)s ends on %(day)s.")
        )
        yield Consequence("calendar-off", words % facts)
