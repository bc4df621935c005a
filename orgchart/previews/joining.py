"""Before somebody joins."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from orgchart.models import Position, Unit
from orgchart.policies import WITHOUT_SECOND_FACTOR
from orgchart.previews.common import Consequence, signature, staffing, superior, timing
from orgchart.scope import today
from orgchart.services.joining import Newcomer, gets_password


def joining(who: Newcomer, position: Position, unit: Unit, starts_on: date) -> list[Consequence]:
    """Account, password, post, superior. Seven statements at most."""
    facts = {
        "name": who.name, "username": who.username, "post": position.label, "unit": unit.label,
        "day": starts_on.isoformat(),
    }  # fmt: skip
    answer = [
        Consequence("user-plus", _("An account is made for %(name)s: log-in name %(username)s.") % facts),
        _password(starts_on),
        Consequence("briefcase", _("Main post from %(day)s on: %(post)s, %(unit)s.") % facts),
        timing(starts_on),
        staffing(position, unit, starts_on),
        superior(position, unit, max(starts_on, today())),
    ]
    if position.code not in WITHOUT_SECOND_FACTOR:
        answer.append(
            Consequence(
                "shield-lock",
                _("Where it is required, the first log-in leads to setting up a second factor."),
            )
        )
    return [*answer, signature(position)]


def _password(starts_on: date) -> Consequence:
    if gets_password(starts_on):
        return Consequence(
            "password-user", _("A one-time password is shown once at the end; it can be used for seven days.")
        )
    return Consequence(
        "password-user",
        _("No password yet, for it would have expired by then: the superior gives one on the first day."),
        "orange",
    )
