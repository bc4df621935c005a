"""What the case desk does when something happens in a lower app."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from core import outbox
from core.calendars import CalendarChange, calendar_changed
from core.notifications import notify
from orgchart.events import AccountClosed, account_closed
from tickets import queries

_AFTER_CACHES = timedelta(seconds=30)


@account_closed.subscribe
def tell_leaders_of_open_cases(closed: AccountClosed) -> None:
    """Whoever leads the units of the leaver's open cases hears that they wait to be passed on."""
    units = Counter(queries.open_cases_of([closed.person.pk]).values_list("unit_id", flat=True))
    counts: Counter[int] = Counter()
    for unit_id, count in units.items():
        for leader in queries.leaders_of(unit_id):
            counts[leader] += count
    for leader, count in counts.items():
        if leader != closed.person.pk:
            path = f"/cases/?view=open&handler={closed.person.pk}"
            notify([leader], "tickets.leaver", {"name": closed.person.name, "count": count}, path=path)


@calendar_changed.subscribe
def recompute_later(change: CalendarChange) -> None:
    """Deadlines are computed again once every process has let go of the calendar it kept."""
    later = timezone.now() + timedelta(seconds=settings.CALENDAR_CACHE_SECONDS) + _AFTER_CACHES
    payload = {"calendar": change.code or ""}
    outbox.publish("tickets.recompute", uuid.uuid4().hex, payload, available_at=later)
