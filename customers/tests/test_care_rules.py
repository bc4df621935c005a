"""When somebody is called again."""

from __future__ import annotations

from datetime import date

import pytest

from customers.enums import CareKind, CareResult
from customers.rules.care import interval_ok, next_call

DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("kind", "result", "interval", "asked", "expected"),
    [
        (CareKind.FOLLOW_UP, CareResult.REACHED, None, None, None),
        (CareKind.FOLLOW_UP, CareResult.NOT_REACHED, None, None, date(2027, 1, 1)),
        (CareKind.FOLLOW_UP, CareResult.CALL_LATER, None, date(2027, 1, 5), date(2027, 1, 5)),
        (CareKind.FOLLOW_UP, CareResult.DECLINED, None, None, None),
        (CareKind.REGULAR, CareResult.REACHED, 90, None, date(2027, 3, 31)),
        (CareKind.REGULAR, CareResult.REACHED, 90, date(2027, 2, 1), date(2027, 2, 1)),
        (CareKind.REGULAR, CareResult.NOT_REACHED, 90, None, date(2027, 1, 1)),
        (CareKind.REGULAR, CareResult.CALL_LATER, 90, date(2027, 1, 9), date(2027, 1, 9)),
        (CareKind.REGULAR, CareResult.DECLINED, 90, None, None),
    ],
)
def test_the_next_call(
    kind: str, result: str, interval: int | None, asked: date | None, expected: date | None
) -> None:
    assert next_call(kind, result, DAY, interval, asked) == expected


@pytest.mark.parametrize(("days", "fine"), [(None, False), (6, False), (7, True), (366, True), (367, False)])
def test_intervals(days: int | None, fine: bool) -> None:
    assert interval_ok(days) is fine
