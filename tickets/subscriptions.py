"""What the case desk does when something happens in a lower app."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import outbox
from core.calendars import CalendarChange, calendar_changed
from core.errors import Conflict
from core.notifications import notify
from customers.events import CustomerErased, DataWanted, customer_erased, data_wanted
from orgchart.events import AccountClosed, UnitClosed, UnitMoved, account_closed, unit_closed, unit_moved
from tickets import queries, services
from tickets.models import Case
from tickets.services import privacy

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


def _unit_has_cases() -> Conflict:
    return Conflict("unit_has_cases", _("Open cases are answered by this unit. Pass them on first."))


@unit_closed.subscribe
def keep_units_with_open_cases(closed: UnitClosed) -> None:
    """A unit that still answers for open cases stays open. Refuses with "unit_has_cases"."""
    if Case.objects.open().filter(unit=closed.unit).exists():
        raise _unit_has_cases()


@unit_moved.subscribe
def open_cases_follow_their_unit(moved: UnitMoved) -> None:
    """Open cases go into the unit's new centre; what is closed stays where it was. Refuses with "unit_has_cases"."""
    if moved.unit.centre_id == moved.old_centre:
        return
    if moved.unit.centre_id is None and Case.objects.open().filter(unit__above__ancestor=moved.unit).exists():
        raise _unit_has_cases()
    services.refile_open_cases(actor=moved.actor, unit=moved.unit)


@customer_erased.subscribe
def erase_what_cases_hold(erased: CustomerErased) -> None:
    """Who called and what was sent goes with the file. Refuses with "customer_has_open_cases"."""
    privacy.erase_personal_data(erased)


@data_wanted.subscribe
def give_cases(wanted: DataWanted) -> None:
    """The copy of a customer's data holds all cases."""
    wanted.data["cases"] = privacy.data_of(wanted.customer)
