"""When a periodic job is due: a schedule names the latest slot at a moment, and a slot is run once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LOOK_AGAIN = timedelta(minutes=5)


class Schedule(Protocol):
    """`tick` is how often a scheduler should look, `period` how far slots lie apart."""

    @property
    def tick(self) -> timedelta: ...

    @property
    def period(self) -> timedelta: ...

    def latest_slot(self, now: datetime) -> datetime:
        """The newest slot that has begun at `now` (aware); in UTC."""


@dataclass(frozen=True, slots=True)
class Every:
    """A slot each `step`, counted from 2000-01-01T00:00Z, so that all processes agree on them."""

    step: timedelta

    @property
    def tick(self) -> timedelta:
        """Look as often as slots begin, but not less than every five minutes."""
        return min(self.step, _LOOK_AGAIN)

    @property
    def period(self) -> timedelta:
        """The step."""
        return self.step

    def latest_slot(self, now: datetime) -> datetime:
        """The step's last multiple."""
        return now.astimezone(UTC) - (now - _EPOCH) % self.step


@dataclass(frozen=True, slots=True)
class Daily:
    """One slot a day at a wall-clock time in Asia/Shanghai. Looked for every five minutes, so a missed one is late."""

    at: time

    @property
    def tick(self) -> timedelta:
        """Every five minutes."""
        return _LOOK_AGAIN

    @property
    def period(self) -> timedelta:
        """A day."""
        return timedelta(days=1)

    def latest_slot(self, now: datetime) -> datetime:
        """Today's time when it has come, else yesterday's."""
        local = now.astimezone(LOCAL)
        slot = datetime.combine(local.date(), self.at, LOCAL)
        if slot > local:
            slot = datetime.combine(local.date() - timedelta(days=1), self.at, LOCAL)
        return slot.astimezone(UTC)


def parse(every: timedelta | None, daily: str | None) -> Schedule:
    """A schedule from `@periodic`'s arguments: exactly one of them. `daily` is "HH:MM"."""
    if (every is None) == (daily is None):
        raise ValueError("a periodic job has either every= or daily=")
    if daily is not None:
        return Daily(time.fromisoformat(daily))
    assert every is not None
    if every < timedelta(seconds=1):
        raise ValueError("a periodic job runs once a second at most")
    return Every(every)
