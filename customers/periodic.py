"""Jobs by the clock."""

from __future__ import annotations

from datetime import datetime

from core.actors import system_actor
from core.jobs import periodic
from customers.services.reminders import remind_of_requests, ring_about_unusual
from customers.services.retention import run_retention


@periodic("customers.retention", daily="03:50")
def delete_what_is_over(slot: datetime) -> None:
    """Delete and erase what the table of retention says is over."""
    run_retention(actor=system_actor("retention"), now=slot)


@periodic("customers.unusual_reveals", daily="08:05")
def tell_of_unusual_reveals(slot: datetime) -> None:
    """Whoever looks after personal data hears of yesterday's unusual reveals."""
    ring_about_unusual(slot)


@periodic("customers.requests_due", daily="08:10")
def tell_of_requests_due(slot: datetime) -> None:
    """Requests that nobody answered ring again three days before they are due."""
    remind_of_requests(slot)
