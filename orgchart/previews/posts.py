"""Before an additional post begins, a post ends, or a transfer is taken back."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from orgchart.models import Appointment, Person, Position, Unit
from orgchart.previews import common
from orgchart.previews.common import Consequence, post_words, until
from orgchart.scope import today
from orgchart.services.transfer import main_post_before


def additional(
    person: Person, position: Position, unit: Unit, starts_on: date, ends_on: date | None
) -> list[Consequence]:
    """The post beside the main one."""
    facts = {
        "from": starts_on.isoformat(), "to": until(ends_on), "post": position.label, "unit": unit.label,
    }  # fmt: skip
    return [
        Consequence(
            "briefcase", _("Additional post from %(from)s to %(to)s: %(post)s, %(unit)s.") % facts, "green"
        ),
        common.timing(starts_on),
        common.staffing(position, unit, starts_on, person.pk),
        common.superior(position, unit, max(starts_on, today()), person.pk),
        common.signature(position),
    ]


def ending(post: Appointment, last_day: date) -> list[Consequence]:
    """The post ends on `last_day`."""
    person, facts = post.person, {"post": post_words(post), "day": last_day.isoformat()}
    answer = [Consequence("briefcase", _("%(post)s ends on %(day)s.") % facts)]
    others = Appointment.objects.filter(person_id=person.pk).exclude(pk=post.pk)
    if not others.touching(last_day, None).exists():
        answer.append(
            Consequence(
                "alert-triangle",
                _("No other post is left: the account stays open, but sees and does nothing in the trade."),
                "orange",
            )
        )
    return [
        *answer,
        *common.led(person, [post], max(last_day, today())),
        *common.in_hand(person),
        *common.stand_ins(person, last_day, Q(post_id=post.pk)),
    ]


def cancelling(post: Appointment) -> list[Consequence]:
    """A post that has not begun is taken back."""
    facts = {"post": post_words(post), "day": post.starts_on.isoformat()}
    answer = [Consequence("arrow-back-up", _("%(post)s, entered from %(day)s on, does not begin.") % facts)]
    before = main_post_before(post.person, post.starts_on) if post.is_primary else None
    if before is not None:
        facts = {"post": post_words(before), "to": until(post.ends_on)}
        answer.append(Consequence("briefcase", _("%(post)s goes on until %(to)s.") % facts, "green"))
    return [*answer, *common.stand_ins(post.person, post.starts_on, Q(post_id=post.pk))]
