"""Losing a race for a lock is no error: try again, and say "busy" when that does not help."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 3
PAUSE = 0.05
# deadlock_detected, serialization_failure, lock_not_available
_LOST_RACES = frozenset({"40P01", "40001", "55P03"})


def lost_race(error: BaseException) -> bool:
    """Whether the database gave up on a lock that somebody else holds."""
    return getattr(error.__cause__, "pgcode", None) in _LOST_RACES


def when_busy(function: Callable[P, T]) -> Callable[P, T]:
    """Run a whole transaction again, at most ATTEMPTS times, when it loses a race for a lock.

    Inside a transaction of the caller nothing can be repeated, so the error goes on to whoever began it. Raises
    Conflict("busy") at the end.
    """

    @wraps(function)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for turn in range(ATTEMPTS):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if not lost_race(error):
                    raise
                time.sleep(PAUSE * (turn + random.random()))  # noqa: S311 - spreads out the next attempts
        raise Conflict("busy", _("Somebody else is just writing here. Try again in a moment."))

    return attempt
