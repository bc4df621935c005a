"""When a customer is called again. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from customers.enums import CareKind, CareResult

SHORTEST_INTERVAL, LONGEST_INTERVAL, USUAL_INTERVAL = 7, 366, 90


def interval_ok(days: int | None) -> bool:
    """Whether somebody may be called every so many days."""
    return days is not None and SHORTEST_INTERVAL <= days <= LONGEST_INTERVAL


def next_call(
    kind: str, result: str, done_on: date, interval: int | None = None, asked_for: date | None = None
) -> date | None:
    """The day of the next call after one that ended with `result` on `done_on`; None: no further call.

    A regular call comes again after its interval. Who was not reached is tried on the next day, or on the day asked
    for; who wants a later call gets it on that day. Who declines is not called again.
    """
    if result == CareResult.DECLINED:
        return None
    if result in (CareResult.NOT_REACHED, CareResult.CALL_LATER):
        return asked_for or done_on + timedelta(days=1)
    if kind == CareKind.REGULAR and interval:
        return asked_for or done_on + timedelta(days=interval)
    return None
