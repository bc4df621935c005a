"""Calendars from the tables: seeding, keeping, loading a year, the alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from core import calendars
from core.actors import system_actor
from core.calendarfiles import read_notice
from core.calendars import (
    CalendarChange,
    calendar_changed,
    calendar_for,
    load_days,
    missing_year,
    set_windows,
)
from core.calendarseed import seed
from core.errors import Invalid
from core.holidays import statutory_days
from core.models import AuditEvent, CalendarDay, ServiceWindow, WorkCalendar
from core.serviceclock import add_working_time

pytestmark = pytest.mark.django_db

ACTOR = system_actor("test")
NEW_YEAR_EVE = datetime(2026, 12, 31, 9, 30, tzinfo=UTC)  # 17:30 local


def notice_2027(**more: tuple[str, str]) -> dict[date, tuple[str, str]]:
    """The law's own days of 2027, for want of a notice, plus what the test adds."""
    days = {day: ("statutory", name) for day, name in statutory_days(2027).items()}
    return days | {date.fromisoformat(day.lstrip("d").replace("_", "-")): kind for day, kind in more.items()}


@pytest.fixture
def changes() -> Iterator[list[CalendarChange]]:
    seen: list[CalendarChange] = []
    calendar_changed.subscribe(seen.append)
    yield seen
    calendar_changed._subscribers.remove(seen.append)


# --- what stands in the tables from the beginning


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-01-01", "statutory", "元旦"),
        ("2026-01-02", "lieu_rest", "元旦"),
        ("2026-01-03", "weekend", "元旦"),
        ("2026-01-04", "makeup_work", "元旦"),
        ("2026-02-16", "statutory", "春节"),
        ("2026-02-20", "lieu_rest", "春节"),
        ("2026-09-20", "makeup_work", "国庆节"),
        ("2026-10-04", "weekend", "国庆节"),
        ("2026-10-10", "makeup_work", "国庆节"),
        ("2026-11-24", "workday", ""),
        ("2026-11-22", "weekend", ""),
        ("2008-02-06", "statutory", "春节"),
        ("2015-09-03", "lieu_rest", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
    ],
)
def test_seeded_days(day: str, kind: str, name: str) -> None:
    row = CalendarDay.objects.get(pk=day)
    assert (row.kind, row.name, row.provisional) == (kind, name[:40], False)


def test_every_day_from_2004_to_2026_is_there() -> None:
    assert CalendarDay.objects.count() == (date(2027, 1, 1) - date(2004, 1, 1)).days


def test_248_working_days_in_2026() -> None:
    assert CalendarDay.objects.filter(date__year=2026, kind__in=["workday", "makeup_work"]).count() == 248


def test_seeding_again_changes_nothing() -> None:
    CalendarDay.objects.filter(pk="2026-11-24").update(kind="lieu_rest")
    assert seed() == 0
    assert CalendarDay.objects.get(pk="2026-11-24").kind == "lieu_rest"


def test_the_default_calendar_has_a_lunch_break() -> None:
    due = add_working_time(datetime(2026, 11, 24, 3, tzinfo=UTC), timedelta(hours=2), calendar_for())
    assert due.at == datetime(2026, 11, 24, 6, tzinfo=UTC)


# --- keeping


def test_a_kept_calendar_costs_nothing_and_its_version_one_statement(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    calendars.forget()
    with django_assert_num_queries(3):
        first = calendar_for()
    with django_assert_num_queries(1):
        assert calendar_for() is first
    settings.CALENDAR_CACHE_SECONDS = 60
    with django_assert_num_queries(0):
        assert calendar_for() is first


def test_a_change_elsewhere_is_seen_by_its_version() -> None:
    first = calendar_for()
    WorkCalendar.objects.filter(code="default").update(version=first.version + 1)
    assert calendar_for().version == first.version + 1


def test_an_unknown_code_counts_by_the_default() -> None:
    assert calendar_for("nowhere").code == "default"


def test_empty_tables_count_by_law() -> None:
    CalendarDay.objects.all().delete()
    WorkCalendar.objects.all().delete()
    due = add_working_time(NEW_YEAR_EVE, timedelta(hours=1), calendar_for())
    assert (due.at, due.provisional) == (datetime(2027, 1, 4, 1, 30, tzinfo=UTC), True)


def test_a_calendar_without_windows_counts_by_standard_hours() -> None:
    WorkCalendar.objects.create(code="empty", name="Empty")
    assert calendar_for("empty").windows.weekly[0] == calendar_for().windows.weekly[0]


# --- loading a year


def test_loading_a_year_moves_deadlines_and_tells(changes: list[CalendarChange]) -> None:
    before = add_working_time(NEW_YEAR_EVE, timedelta(hours=1), calendar_for())
    kinds = notice_2027(d2027_01_04=("lieu_rest", "元旦"))
    assert load_days(actor=ACTOR, year=2027, kinds=kinds, source="test") == 365
    after = add_working_time(NEW_YEAR_EVE, timedelta(hours=1), calendar_for())
    assert (before.at.day, before.provisional, after.at.day, after.provisional) == (4, True, 5, False)
    assert changes == [CalendarChange(None, 2027, ACTOR)]


def test_loading_it_again_changes_nothing(changes: list[CalendarChange]) -> None:
    load_days(actor=ACTOR, year=2027, kinds=notice_2027(), source="test")
    changes.clear()
    assert load_days(actor=ACTOR, year=2027, kinds=notice_2027(), source="again") == 0
    assert (changes, AuditEvent.objects.filter(action="calendar.year_loaded").count()) == ([], 1)


def test_a_correction_touches_its_days_alone() -> None:
    load_days(actor=ACTOR, year=2027, kinds=notice_2027(), source="first")
    kinds = notice_2027(d2027_02_09=("lieu_rest", "春节"), d2027_02_20=("makeup_work", "春节"))
    assert load_days(actor=ACTOR, year=2027, kinds=kinds, source="second") == 2
    row = CalendarDay.objects.get(pk="2027-02-09")
    assert (row.version, row.source) == (2, "second")


def test_a_dry_run_counts_only(changes: list[CalendarChange]) -> None:
    assert load_days(actor=ACTOR, year=2027, kinds=notice_2027(), source="t", dry_run=True) == 365
    assert (CalendarDay.objects.filter(date__year=2027).count(), changes) == (0, [])


def test_new_windows_move_deadlines(changes: list[CalendarChange]) -> None:
    row = WorkCalendar.objects.create(code="late", name="Late")
    windows = [ServiceWindow(weekday=3, starts=time(20), ends=time(0))]
    set_windows(actor=ACTOR, calendar=row, windows=windows)
    due = add_working_time(NEW_YEAR_EVE, timedelta(hours=4), calendar_for("late"))
    assert due.at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert changes == [CalendarChange("late", None, ACTOR)]


@pytest.mark.parametrize(
    "windows",
    [
        [],
        [ServiceWindow(weekday=5, starts=time(9), ends=time(12))],
        [ServiceWindow(weekday=0, starts=time(12), ends=time(9))],
    ],
)
def test_windows_that_never_open_are_refused(windows: list[ServiceWindow]) -> None:
    with pytest.raises(Invalid, match="no_window"):
        set_windows(actor=ACTOR, calendar=WorkCalendar.objects.get(code="default"), windows=windows)


# --- files


def as_json(days: list[dict[str, object]], year: object = 2027) -> bytes:
    return json.dumps({"year": year, "papers": [], "days": days}).encode()


def json_2027() -> list[dict[str, object]]:
    return [{"name": name, "date": str(day), "isOffDay": True} for day, name in statutory_days(2027).items()]


def test_json_in_the_shape_of_holiday_cn() -> None:
    extra: list[dict[str, object]] = [
        {"name": "元旦", "date": "2026-12-27", "isOffDay": False},
        {"name": "春节", "date": "2027-02-09", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
    ]
    notice = read_notice(as_json(json_2027() + extra))
    assert (notice.year, notice.problems) == (2027, [])
    kinds = [notice.days[date.fromisoformat(str(row["date"]))][0] for row in extra]
    assert kinds == ["makeup_work", "lieu_rest", "weekend"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(encoding: str) -> None:
    lines = [f"{day},statutory,{name}" for day, name in statutory_days(2027).items()]
    notice = read_notice("\r\n".join(["date,kind,name", *lines, ""]).encode(encoding))
    assert (notice.year, notice.problems, notice.days) == (2027, [], notice_2027())


@pytest.mark.parametrize(
    ("day", "row", "column"),
    [
        ({"name": "x", "date": "2027-02-30", "isOffDay": True}, 14, "date"),
        ({"name": "x", "date": 20270104, "isOffDay": True}, 14, "date"),
        ({"name": "x", "date": "2028-01-01", "isOffDay": True}, 14, "date"),
        ({"name": "x", "date": "2027-10-01", "isOffDay": True}, 14, "date"),
        ({"name": "x", "date": "2027-01-04", "isOffDay": False}, 14, "kind"),
        ({"name": "x", "date": "2027-01-04", "isOffDay": "yes"}, 14, "kind"),
        ({"name": "x" * 41, "date": "2027-01-04", "isOffDay": True}, 14, "name"),
        ({"name": "\x00", "date": "2027-01-04", "isOffDay": True}, 14, "name"),
        ("2027-01-04", 14, "days"),
    ],
)
def test_a_bad_day_is_reported(day: dict[str, object], row: int, column: str) -> None:
    problems = read_notice(as_json([*json_2027(), day])).problems
    assert [(problem.row, problem.column) for problem in problems] == [(row, column)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe\x00",
        as_json([]),
        as_json(json_2027(), year="2027"),
        as_json(json_2027()[1:]),
        b'date,kind,name\n2027-01-01,statutory,"x',
        b"day,kind\n",
        b"date,kind,name\n2027-01-01,statutory\n",
        b"x" * 1_000_001,
    ],
)
def test_a_bad_file_is_reported(data: bytes) -> None:
    assert len(read_notice(data).problems) == 1


def test_every_bad_row_is_reported() -> None:
    text = "date,kind,name\n2027-13-01,statutory,a\n2027-01-02,holiday,b\n2027-01-04,weekend,c\n"
    problems = [(problem.row, problem.column) for problem in read_notice(text.encode()).problems]
    assert problems == [(2, "date"), (3, "kind"), (4, "kind")]


def test_the_command_loads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_bytes(as_json(json_2027()))
    out = StringIO()
    call_command("import_calendar", str(path), "--dry-run", stdout=out)
    call_command("import_calendar", str(path), stdout=out)
    assert out.getvalue() == "2027: 365 days would change\n2027: 365 days changed\n"


def test_the_command_loads_nothing_of_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_bytes(as_json([*json_2027(), {"name": "x", "date": "?", "isOffDay": True}]))
    with pytest.raises(CommandError, match="1 problems"):
        call_command("import_calendar", str(path), stderr=StringIO())
    assert missing_year(date(2026, 11, 24)) == 2027


# --- the alarm


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), None),
    ],
)
def test_the_alarm_begins_on_1_november(today: date, year: int | None) -> None:
    assert missing_year(today) == year


def test_the_alarm_ends_with_the_notice() -> None:
    load_days(actor=ACTOR, year=2027, kinds=notice_2027(), source="test")
    assert missing_year(date(2026, 12, 1)) is None
