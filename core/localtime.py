"""Days and times as people here live them: Asia/Shanghai outside, UTC inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

_T = TypeVar("_T")
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def local_zone() -> tzinfo:
    """The time zone of the people (settings.TIME_ZONE), whatever the server's own is."""
    return timezone.get_default_timezone()


def local_midnight(day: date) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time.min, local_zone()).astimezone(UTC)


def local_day_bounds(day: date) -> tuple[datetime, datetime]:
    """A local day as the half-open range [start, end) of UTC instants, for `at >= start and at < end`."""
    return local_midnight(day), local_midnight(day + timedelta(days=1))


def local_today(now: datetime | None = None) -> date:
    """The date that the calendar on the wall shows at `now` (aware; default: this moment)."""
    return (now or timezone.now()).astimezone(local_zone()).date()


def parse_local_date(text: str, *, field: str | None = None) -> date:
    """A date written YYYY-MM-DD within 2000..2100.

    Raises Invalid("date_unreadable" or "date_out_of_range").
    """
    day = _read(parse_date, _ISO_DAY, text)
    if day is None:
        raise Invalid("date_unreadable", _("Write the date as YYYY-MM-DD."), field=field)
    return _within_limits(day, field)


def parse_local_datetime(text: str, *, field: str | None = None) -> datetime:
    """A moment written YYYY-MM-DDTHH:MM[:SS], local unless it carries an offset, as UTC within 2000..2100.

    The limits keep out years that time zone arithmetic overflows on (0001, 9999) and times that did not exist
    or came twice (summer time 1986-1991). Raises Invalid("date_unreadable" or "date_out_of_range").
    """
    moment = _read(parse_datetime, _ISO_MOMENT, text)
    if moment is None:
        raise Invalid("date_unreadable", _("Write date and time as YYYY-MM-DD HH:MM."), field=field)
    _within_limits(moment.date(), field)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=local_zone())
    _within_limits(aware.astimezone(local_zone()).date(), field)
    return aware.astimezone(UTC)


def _read(parse: Callable[[str], _T | None], shape: re.Pattern[str], text: str) -> _T | None:
    stripped = text.strip()
    if not shape.fullmatch(stripped):
        return None
    try:
        return parse(stripped)
    except ValueError:
        return None


def _within_limits(day: date, field: str | None) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid("date_out_of_range", _("The year must be between 2000 and 2100."), field=field)
    return day
