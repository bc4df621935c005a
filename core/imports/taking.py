"""Taking a list out again: masked, or in full for mending, which is a reveal of all its rows at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import person_actor
from core.errors import Invalid, NotVisible, Refused
from core.exports import request_export
from core.imports.registry import Exports, find
from core.models import ExportFile
from core.reveal import REVEALED_BATCH


def _exports(person: Any, kind: str) -> Exports:
    try:
        exports = find(kind).exports
    except LookupError:
        exports = None
    if exports is None or not exports.may(person):
        raise NotVisible("no_such_list", _("There is no such list for you."))
    return exports


@transaction.atomic
def request_list(
    *, person: Any, kind: str, form: str, language: str, full: bool = False, reason: str = ""
) -> ExportFile:
    """Put the export of a list into the queue.

    In full it needs both rights and a reason, and leaves an event "pii.revealed_batch". Refuses "no_such_list" (404),
    "may_not_reveal_batch" (403), "no_full_list", "reason_required" and what `request_export` refuses.
    """
    exports = _exports(person, kind)
    holder = exports.for_whom(person)
    if not full:
        return request_export(person, exports.shown, {}, language, acting_for=holder, form=form)
    if not exports.full:
        raise Invalid("no_full_list", _("This list has nothing masked. Take it out as it is."), field="full")
    if not exports.may_full(person):
        raise Refused("may_not_reveal_batch", _("Your position does not take this list out in full."))
    why = reason.strip()
    if len(why) < 2:
        raise Invalid("reason_required", _("Say in a few words why you need to see this."), field="reason")
    made = request_export(person, exports.full, {}, language, acting_for=holder, form=form)
    audit.record(
        actor=person_actor(person).in_place_of(holder),
        action=REVEALED_BATCH,
        subject=made,
        subject_label=f"{exports.full} #{made.pk}",
        changes={"list": [None, kind]},
        reason=why[:200],
    )
    return made
