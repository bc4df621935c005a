"""Periods, and the table of what is kept how long."""

from __future__ import annotations

from datetime import date

import pytest

from customers.privacy.words import BASIS, CLASSES, ENDS
from customers.rules import retention
from customers.rules.retention import Period


@pytest.mark.parametrize(
    ("period", "day", "before", "after"),
    [
        (Period(days=7), date(2026, 1, 3), date(2025, 12, 27), date(2026, 1, 10)),
        (Period(years=3), date(2026, 11, 25), date(2023, 11, 25), date(2029, 11, 25)),
        (Period(years=3), date(2028, 2, 29), date(2025, 2, 28), date(2031, 2, 28)),
        (Period(years=4), date(2028, 2, 29), date(2024, 2, 29), date(2032, 2, 29)),
        (Period(years=5), date(2026, 1, 1), date(2021, 1, 1), date(2031, 1, 1)),
    ],
)
def test_periods(period: Period, day: date, before: date, after: date) -> None:
    assert (period.before(day), period.after(day)) == (before, after)


def test_the_table_says_what_the_notice_says() -> None:
    periods = {row.code: row.period for row in retention.table()}
    assert periods == {
        "searches": Period(days=90),
        "imports": Period(days=7),
        "copies": Period(days=3),
        "changes": Period(years=3),
        "files": Period(years=3),
        "requests": Period(years=3),
        "cases": Period(years=3),
        "invoices": Period(years=5),
        "access_log": Period(years=3),
    }


def test_an_installation_may_set_another_period() -> None:
    assert retention.class_of("searches", {"searches": 30}).period == Period(days=30)


def test_every_code_has_a_word() -> None:
    for row in retention.table():
        assert row.code in CLASSES
        assert row.end in ENDS
        assert set(row.basis) <= set(BASIS)
