"""The first content of the calendar tables: official days of 2004-2026 and the standard service windows.

The days come from the package chinesecalendar (State Council notices), read here and never at request time:
it raises for a year it does not know.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction

from core.holidays import statutory_days
from core.models import CalendarDay, ServiceWindow, WorkCalendar
from core.models.calendar import DayKind

DEFAULT = "default"
FIRST_DAY, LAST_DAY = date(2004, 1, 1), date(2026, 12, 31)
SOURCE = "State Council notices, by chinesecalendar"
_INSERT = """
INSERT INTO core_calendarday (date, kind, name, source, version, provisional)
SELECT day::date,
       COALESCE(given.kind, CASE WHEN extract(isodow FROM day) > 5 THEN 'weekend' ELSE 'workday' END),
       COALESCE(given.name, ''), %(source)s, 1, false
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS day
LEFT JOIN unnest(%(days)s::date[], %(kinds)s::text[], %(names)s::text[]) AS given(date, kind, name)
       ON given.date = day::date
ON CONFLICT (date) DO NOTHING
"""


def seed_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Signal handler for post_migrate:

    also after the tables were emptied, since nothing works without a calendar.
    """
    tables = {CalendarDay._meta.db_table, ServiceWindow._meta.db_table, WorkCalendar._meta.db_table}
    if tables <= set(connections[using].introspection.table_names()):
        seed(using)


def seed(using: str = "default") -> int:
    """Fill in what is missing and leave alone what is there; returns how many days were added."""
    with transaction.atomic(using=using):
        _seed_standard(using)
        if CalendarDay.objects.using(using).filter(date=LAST_DAY).exists():
            return 0
        return _seed_days(using)


def _seed_standard(using: str) -> None:
    """Monday to Friday, 09:00-12:00 and 13:00-18:00."""
    calendar, created = WorkCalendar.objects.using(using).get_or_create(
        code=DEFAULT, defaults={"name": "标准工作时间"}
    )
    if created:
        ServiceWindow.objects.using(using).bulk_create(
            ServiceWindow(calendar=calendar, weekday=weekday, starts=time(starts), ends=time(ends))
            for weekday in range(5)
            for starts, ends in ((9, 12), (13, 18))
        )


def _seed_days(using: str) -> int:
    days = official_days()
    with connections[using].cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "source": SOURCE,
                "first": FIRST_DAY,
                "last": LAST_DAY,
                "days": list(days),
                "kinds": [kind for kind, _ in days.values()],
                "names": [name for _, name in days.values()],
            },
        )
        return int(cursor.rowcount)


def official_days() -> dict[date, tuple[str, str]]:
    """(kind, Chinese name) of every day that is not plainly a working day or a weekend."""
    import chinese_calendar

    def name_of(english: str) -> str:
        return str(chinese_calendar.Holiday(english).chinese)

    working = {
        day: (str(DayKind.MAKEUP_WORK), name_of(name)) for day, name in chinese_calendar.workdays.items()
    }
    off = {day: (_kind_off(day), name_of(name)) for day, name in chinese_calendar.holidays.items()}
    return working | off


def _kind_off(day: date) -> str:
    """Statutory by the law of that year, else a weekend inside the holiday, else a day off in lieu."""
    if day in statutory_days(day.year):
        return DayKind.STATUTORY
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.LIEU_REST
