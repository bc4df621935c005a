"""Refusals of the case desk that are raised in more than one place."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotVisible, Refused, StaleVersion
from tickets.models import Case


def not_found() -> NotVisible:
    """A case that does not exist for this person."""
    return NotVisible("case_not_found", _("There is no such case in your area."))


def no_power(why: str = "") -> Refused:
    """The position does not do this to this case; `why` is the sentence of the decision."""
    return Refused("no_power", why or _("Your position may not do this to this case."))


def stale(case: Case) -> StaleVersion:
    """Somebody changed the case meanwhile."""
    return StaleVersion(
        "stale_version",
        _("Somebody changed this case in the meantime. See what is there now, then decide again."),
        context={"current": case},
    )


def missing(field: str) -> Invalid:
    """A step needs an input that was left empty."""
    return Invalid("required", _REQUIRED.get(field, _("Fill in this field.")), field=field)


_REQUIRED = {
    "assignee": _("Choose who is to handle the case."),
    "reason": _("Give the reason in a few words."),
    "resolution": _("Write what was done and what the result is."),
    "wait_reason": _("Choose what the case is waiting for."),
    "device": _("A repair needs the device: enter its IMEI."),
    "note": _("Write the note."),
    "description": _("Describe the problem in a few words."),
}
