"""Showing a masked field in full:

logged always, with a reason and a daily quota for whoever does not handle it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import person_actor
from core.errors import Invalid, Refused
from core.localtime import local_day_bounds, local_today
from core.models import AuditEvent

REVEALED = "pii.revealed"
REVEALED_BY_HANDLER = "pii.revealed_by_handler"
REVEALED_BATCH = "pii.revealed_batch"
"""A whole list taken out unmasked, see `core.imports.taking`."""
MAX_REASON = 500
_LOCK_CLASS = 7301002


@transaction.atomic
def reveal(
    person: Any,
    obj: models.Model,
    field: str,
    reason: str = "",
    *,
    is_handler: bool = False,
    acting_for: Any = None,
    owner: models.Model | None = None,
    now: datetime | None = None,
) -> str:
    """The plain value of `obj.field`, after an audit event on who looked at what, and why.

    `owner` is the record to which `obj` belongs (a phone number's customer): the event is about that one then.

    Whether `person` may see `obj`, whether they handle it (`is_handler`: no reason, no quota) and whose deputy they
    are (`acting_for`) is decided by the app's policy before this call. Others give a reason and have
    settings.REVEAL_DAILY_QUOTA reveals per local day. Raises Invalid("reason_required") and
    Refused("reveal_quota"). The value never enters the trail.
    """
    obj._meta.get_field(field)
    why = reason.strip()[:MAX_REASON]
    if not is_handler:
        _check_others(person, why, now or timezone.now())
    subject = owner or obj
    part = field if subject == obj else f"{obj._meta.model_name}.{field}"
    audit.record(
        actor=person_actor(person).in_place_of(acting_for),
        action=REVEALED_BY_HANDLER if is_handler else REVEALED,
        subject=subject,
        subject_label=f"#{subject.pk}",
        changes={"field": [None, part]},
        reason=why,
    )
    return str(getattr(obj, field))


def reveals_left(person: Any, now: datetime | None = None) -> int:
    """How many reveals with a reason `person` has left on the local day of `now`."""
    start, end = local_day_bounds(local_today(now))
    used = AuditEvent.objects.filter(actor_id=person.pk, action=REVEALED, at__gte=start, at__lt=end).count()
    return max(0, settings.REVEAL_DAILY_QUOTA - used)


def _check_others(person: Any, reason: str, now: datetime) -> None:
    if len(reason) < 2:
        raise Invalid("reason_required", _("Say in a few words why you need to see this."), field="reason")
    with connection.cursor() as cursor:  # one person's reveals are counted one after another
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, person.pk % 2**31])
    if not reveals_left(person, now):
        raise Refused(
            "reveal_quota",
            _("You have used up today's %(quota)s reveals. Ask the person who handles the case.")
            % {"quota": settings.REVEAL_DAILY_QUOTA},
        )
