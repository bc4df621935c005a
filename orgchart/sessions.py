"""How long a session lives: an idle limit and an absolute one, both in epoch seconds inside the session.

OWASP ASVS 7.3.1 and 7.3.2. Django itself knows one clock only.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

STARTED = "session_started"
SEEN = "session_seen"
SECOND_FACTOR_SEEN = "second_factor_seen"
# Seconds between two notes of activity, so that reading pages does not write a session row each time.
WRITE_EVERY = 60


def begin(session: SessionBase) -> None:
    """Start both clocks; at log-in."""
    session[STARTED] = session[SEEN] = time.time()


def is_over(session: SessionBase, valid_from: datetime | None) -> bool:
    """Whether one of the limits is reached, or the session began before `valid_from`.

    A session without clocks was not begun by a log-in and is over.
    """
    now = time.time()
    if STARTED not in session or SEEN not in session:
        return True
    if valid_from is not None and session[STARTED] < valid_from.timestamp():
        return True
    idle = now - session[SEEN] >= settings.SESSION_IDLE_LIMIT.total_seconds()
    return bool(idle or now - session[STARTED] >= settings.SESSION_ABSOLUTE_LIMIT.total_seconds())


def touch(session: SessionBase) -> bool:
    """Note activity of the person; True when it was written."""
    now = time.time()
    if now - session[SEEN] < WRITE_EVERY:
        return False
    session[SEEN] = now
    return True


def in_background(request: HttpRequest) -> bool:
    """Whether the page asks by itself (polling); that is no activity of the person."""
    return request.headers.get("X-Background") == "1"


def wants_no_page(request: HttpRequest) -> bool:
    """Whether the answer goes into an open page, where a redirect to the log-in page would be swallowed."""
    return request.headers.get("HX-Request") == "true" or request.headers.get("X-Requested-With") in (
        "fetch",
        "XMLHttpRequest",
    )
