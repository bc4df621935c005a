"""Sentences that several guided actions share. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgchart.extensions import work_in_hand
from orgchart.line import chart, codes_above
from orgchart.models import Appointment, Deputyship, Person, Position, Unit, UnitLink
from orgchart.queries import posts_on
from orgchart.reach import directly_under, open_on
from orgchart.scope import scope_of, today
from orgchart.services.staffing import room


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows. `tone`: blue (so it is), green (good), orange (look twice)."""

    icon: str
    text: str
    tone: str = "blue"


def until(day: date | None) -> str:
    """The last day in a sentence."""
    return day.isoformat() if day else _("further notice")


def post_words(row: Appointment) -> str:
    """ "Position (unit)" in the reader's language."""
    return _("%(post)s (%(unit)s)") % {"post": row.position.label, "unit": row.unit.label}


def timing(starts_on: date) -> Consequence:
    """Whether the first day is past (a late entry), today or to come."""
    days = (starts_on - today()).days
    facts = {"day": starts_on.isoformat(), "days": abs(days)}
    if days < 0:
        words = ngettext(
            "Late entry: the first day, %(day)s, lies %(days)d day back. Page and audit trail say so; what was seen "
            "and done before today stays as it was.",
            "Late entry: the first day, %(day)s, lies %(days)d days back. Page and audit trail say so; what was seen "
            "and done before today stays as it was.",
            -days,
        )
        return Consequence("history", words % facts, "orange")
    if days == 0:
        return Consequence("calendar-event", _("Rights of the new post begin at once.") % facts)
    return Consequence(
        "calendar-event",
        _("Rights of the new post begin by themselves on %(day)s; until then everything stays as it is.")
        % facts,
    )


def staffing(position: Position, unit: Unit, day: date, without: int | None = None) -> Consequence:
    """Established posts against those filled."""
    found = room(position, unit, day, without=without)
    facts = {"count": found.count, "filled": found.filled}
    if found.count is None:
        return Consequence(
            "users-group",
            _("No number of established posts is set here for this position; %(filled)d are filled.") % facts,
        )
    if found.is_full:
        return Consequence(
            "alert-triangle",
            _("Established posts: %(count)d, filled: %(filled)d. This one goes beyond them.") % facts,
            "orange",
        )
    return Consequence(
        "users-group", _("Established posts: %(count)d, filled: %(filled)d. One is free.") % facts, "green"
    )


def holders_above(position: Position, unit: Unit, day: date, without: int | None = None) -> list[Appointment]:
    """Posts of the nearest rung above this place that somebody else holds on `day`. Two statements."""
    codes = list(codes_above(chart(), position.code))
    above = UnitLink.objects.filter(descendant_id=unit.pk).values("ancestor_id")
    held = posts_on(day).filter(open_on(day, "person__"), position__code__in=codes, unit_id__in=above)
    rows = list(held if without is None else held.exclude(person_id=without))
    nearest = min((codes.index(row.position.code) for row in rows), default=None)
    return [row for row in rows if codes.index(row.position.code) == nearest]


def superior(position: Position, unit: Unit, day: date, without: int | None = None) -> Consequence:
    """Whom the post answers to."""
    held = holders_above(position, unit, day, without)
    if not held:
        return Consequence("sitemap", _("Nobody stands above this post."))
    names = _(", ").join(f"{row.person.name} · {row.position.label}" for row in held)
    return Consequence("sitemap", _("Superior of the post: %(names)s.") % {"names": names})


def in_hand(person: Person) -> Iterator[Consequence]:
    """Open work of the person, also what the reader does not see. One statement an app."""
    count = work_in_hand(person)
    if count:
        words = ngettext(
            "%(count)d open case stays in hand until it is passed on.",
            "%(count)d open cases stay in hand until they are passed on.",
            count,
        )
        yield Consequence("inbox", words % {"count": count}, "orange")


def signature(position: Position) -> Consequence:
    """The holder is asked to sign the description."""
    return Consequence(
        "file-text",
        _("The holder is asked to read and sign the job description of %(post)s.") % {"post": position.label},
    )


def stand_ins(person: Person, last_day: date, posts: Q | None = None) -> Iterator[Consequence]:
    """Who stands in for the person's posts beyond `last_day`, and stops with the post."""
    rows = Deputyship.objects.touching(last_day, None).filter(post__person_id=person.pk, is_cancelled=False)
    if posts is not None:
        rows = rows.filter(posts)
    for row in rows.select_related("deputy", "post__position", "post__unit").order_by("starts_on", "pk"):
        if row.ends_on is not None and row.ends_on <= last_day:
            continue
        yield Consequence(
            "user-share",
            _("%(deputy)s no longer stands in for %(post)s (now entered until %(until)s).")
            % {"deputy": row.deputy.name, "post": post_words(row.post), "until": until(row.ends_on)},
            "orange",
        )


def standing_in_for(person: Person, day: date) -> list[Deputyship]:
    """Deputyships of the person that reach to `day` or beyond. One statement."""
    rows = Deputyship.objects.touching(day, None).filter(deputy_id=person.pk, is_cancelled=False)
    return list(
        rows.select_related("post__person", "post__position", "post__unit").order_by("starts_on", "pk")
    )


def led(person: Person, posts: list[Appointment], day: date) -> Iterator[Consequence]:
    """Who answers to the person in these posts today, and to whom they answer once the posts are vacant."""
    superiors = chart()
    wanted = {post.pk: post for post in posts}
    for seat in scope_of(person).posts:
        post = wanted.get(seat.appointment_id)
        if post is None or not post.position.is_leader:
            continue
        rows = Appointment.objects.on(today()).filter(
            directly_under(seat, superiors), open_on(today(), "person__")
        )
        count = rows.values("person_id").distinct().count()
        above = holders_above(post.position, post.unit, day, person.pk)
        yield _left_behind(post, count, above)


def _left_behind(post: Appointment, count: int, above: list[Appointment]) -> Consequence:
    names = _(", ").join(f"{row.person.name} · {row.position.label}" for row in above)
    facts = {"post": post_words(post), "count": count, "names": names or _("nobody yet")}
    words = ngettext(
        "%(post)s becomes vacant: %(count)d person answers to the next one up until it is filled: %(names)s.",
        "%(post)s becomes vacant: %(count)d people answer to the next one up until it is filled: %(names)s.",
        count,
    )
    return Consequence("users", words % facts, "orange")
