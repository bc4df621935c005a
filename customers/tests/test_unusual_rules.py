"""What counts as unusual, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from customers.rules import unusual
from customers.rules.unusual import Facts, Limits, says_nothing

ORDINARY = Facts(
    by_handler=False,
    reason="客户来电要求核对地址",
    at_work=True,
    in_hour=2,
    with_reason=2,
    quota=30,
    people=1,
    own_day=3,
    own_average=3.0,
    others_median=3.0,
    in_hand=True,
)

CASES = [
    ("ordinary", {}, ()),
    (
        "nothing to compare with",
        {"own_average": None, "others_median": None, "in_hand": None, "own_day": 99},
        (),
    ),
    ("in the evening", {"at_work": False}, (unusual.OUTSIDE_HOURS,)),
    ("one below many", {"in_hour": 9}, ()),
    ("many in an hour", {"in_hour": 10}, (unusual.MANY_IN_HOUR,)),
    ("one before the quota", {"with_reason": 29}, ()),
    ("the last of the quota", {"with_reason": 30}, (unusual.QUOTA_USED_UP,)),
    ("two people", {"people": 2}, ()),
    ("three people", {"people": 3}, (unusual.MANY_PEOPLE,)),
    ("three times is not yet far", {"own_day": 9, "others_median": 9.0}, ()),
    ("more than three times the own", {"own_day": 10, "others_median": 9.0}, (unusual.FAR_ABOVE_OWN,)),
    ("more than three times the others'", {"own_day": 10, "own_average": 9.0}, (unusual.FAR_ABOVE_OTHERS,)),
    ("few are never far above", {"own_day": 5, "own_average": 1.0, "others_median": 1.0}, ()),
    ("no case", {"in_hand": False}, (unusual.NO_CASE,)),
    ("reason", {"reason": "查"}, (unusual.EMPTY_REASON,)),
    (
        "a handler gives no reason and has no quota",
        {"by_handler": True, "reason": "", "with_reason": 99, "in_hand": False},
        (),
    ),
    (
        "several, in the order of the table",
        {"reason": "111", "in_hand": False, "at_work": False},
        (unusual.OUTSIDE_HOURS, unusual.NO_CASE, unusual.EMPTY_REASON),
    ),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_the_table(given: dict[str, object], expected: tuple[str, ...]) -> None:
    assert unusual.unusual(replace(ORDINARY, **given), Limits()) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reason",
    ["", "查", "111", "1 1 1", "...", "aaaa", "查查查", "test", "TEST!", "看一下", "工作需要", "13800138000"],
)
def test_says_nothing(reason: str) -> None:
    assert says_nothing(reason)


@pytest.mark.parametrize("reason", ["回访", "客户投诉", "核对地址", "call back", "寄件 3 单"])
def test_says_something(reason: str) -> None:
    assert not says_nothing(reason)


def test_thresholds_are_the_installation_s() -> None:
    facts = replace(ORDINARY, in_hour=4, people=2)
    assert unusual.unusual(facts, Limits(in_hour=4, people=2)) == (unusual.MANY_IN_HOUR, unusual.MANY_PEOPLE)
