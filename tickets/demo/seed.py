"""Tells the story into an empty database."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from core import calendars
from core.models import Effect, Notification
from core.models.outbox import EffectState
from core.workcalendar import CHINA
from customers.models import Customer
from orgchart.models import Person
from products.loading import load_reference
from products.models import Device
from tickets.demo import files, organisation
from tickets.demo.clock import StoryClock, story_time
from tickets.demo.plan import DAYS, plan
from tickets.demo.staff import ACTOR, hire
from tickets.demo.story import CaseStory, Stage, Steps
from tickets.models import Case

_BEFORE_THE_STORY = timedelta(days=45)
_SEEN_AFTER = timedelta(minutes=25)
_END_OF_DAY = time(18, 5)


def has_data() -> bool:
    """Whether somebody works with this database already, demo or not."""
    return any(model.objects.exists() for model in (Customer, Device, Case, Person))


def is_demo_only() -> bool:
    """Whether all that is there is the demo."""
    return not any(model.objects.filter(is_demo=False).exists() for model in (Customer, Device, Case, Person))


def seed(today: date | None = None) -> int:
    """Tell the story that ends on `today` (None: now) in one transaction; returns the number of cases.

    Of the present day only as much is told as has passed. The caller has made sure that the database is empty.
    """
    now = timezone.now()
    today = today or timezone.localdate(now)
    end = min(now, _evening(today)) if today == timezone.localdate(now) else _evening(today)
    begin = datetime.combine(today - timedelta(days=DAYS) - _BEFORE_THE_STORY, time(9), CHINA)
    with transaction.atomic(), _without_savepoints(), override("zh-hans"), story_time(begin) as clock:
        _tell(today, end, clock)
        _mark()
        _settle(end)
    return int(Case.objects.count())


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """All or nothing: a service that fails ends the whole story, so none needs a savepoint (a quarter of the time)."""
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        del connection.features.uses_savepoints


def _evening(day: date) -> datetime:
    return datetime.combine(day, _END_OF_DAY, CHINA)


def _tell(today: date, end: datetime, clock: StoryClock) -> None:
    load_reference(ACTOR)
    files.enter_catalogue()
    teams = hire(since=timezone.localdate(clock.now()))
    calendar = calendars.calendar_for(fresh=True)
    stage = Stage(clock, calendar, teams)
    organisation.establish(timezone.localdate(clock.now()))
    _play([CaseStory(call, stage).steps() for call in plan(today, calendar)], clock, end)
    clock.set(end)
    files.tell(teams, timezone.localdate(end))
    organisation.tell(teams, timezone.localdate(end))


def _play(stories: list[Steps], clock: StoryClock, end: datetime) -> None:
    """Resume whichever story is next in time, until the end of the story's last day."""
    queue: list[tuple[datetime, int, Iterator[datetime]]] = []
    for index, story in enumerate(stories):
        _queue_next(queue, index, story)
    while queue and queue[0][0] <= end:
        moment, index, story = heapq.heappop(queue)
        clock.set(moment)
        _queue_next(queue, index, story)


def _queue_next(queue: list[tuple[datetime, int, Steps]], index: int, story: Steps) -> None:
    moment = next(story, None)
    if moment is not None:
        heapq.heappush(queue, (moment, index, story))


def _mark() -> None:
    for model in (Customer, Device, Case):
        model.objects.update(is_demo=True)


def _settle(end: datetime) -> None:
    """The past is past: its notices are not sent any more, and all but the latest bells were looked at."""
    Effect.objects.filter(state=EffectState.PENDING).update(
        state=EffectState.DONE,
        done_at=F("created_at"),
        attempts=1,
        last_error="demo: never sent",
        request_id="demo",
    )
    today = timezone.localdate(end)
    seen = Notification.objects.filter(created_at__lt=datetime.combine(today, time(0), CHINA))
    seen.update(read_at=F("created_at") + _SEEN_AFTER)
