"""The story's clock: while it runs, `django.utils.timezone.now` answers with the story's time.

Services stamp their rows with the present moment; only so do audit events, bells and notices of the past carry the
time at which they happen in the story. For a command that runs alone in its process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


class StoryClock:
    """A clock that is set by hand and never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The story's present (UTC)."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Go on to `moment`."""
        self._now = max(self._now, moment)


@contextmanager
def story_time(start: datetime) -> Iterator[StoryClock]:
    """Let the process live in the story, from `start` on."""
    clock, real = StoryClock(start), timezone.now
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real
