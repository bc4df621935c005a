"""Which reveals of personal data are unusual, so that somebody looks at them. Pure: facts in, codes out.

The rules find what deserves a question, never a verdict. Thresholds come from the settings (see `Limits`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OUTSIDE_HOURS = "outside_hours"
MANY_IN_HOUR = "many_in_hour"
QUOTA_USED_UP = "quota_used_up"
MANY_PEOPLE = "many_people"
FAR_ABOVE_OWN = "far_above_own"
FAR_ABOVE_OTHERS = "far_above_others"
NO_CASE = "no_case"
EMPTY_REASON = "empty_reason"
CODES = (
    OUTSIDE_HOURS,
    MANY_IN_HOUR,
    QUOTA_USED_UP,
    MANY_PEOPLE,
    FAR_ABOVE_OWN,
    FAR_ABOVE_OTHERS,
    NO_CASE,
    EMPTY_REASON,
)

_NO_WORDS = re.compile(r"[\W\d_]+")
_IN_CHINESE = (
    "查 看 查看 看看 查询 查一下 看一下 需要 工作 工作需要 业务 业务需要 有事 无 没有 测试 原因 理由 其他"
)
_IN_ENGLISH = "ok yes test look check see need work none reason asdf qwer abc xxx na"
_SAYS_NOTHING = frozenset(f"{_IN_CHINESE} {_IN_ENGLISH}".split())
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """From which number on something is unusual. `least` reveals a day are never far above anything."""

    in_hour: int = 10
    people: int = 3
    times: float = 3.0
    least: int = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one reveal.

    `in_hour`: reveals of this person in the hour that ends with it. `with_reason` of the local day up to and with it,
    and the `quota`. `people`: different people who looked at the same customer in the seven days that end with it.
    `own_day`: reveals of this person on that day, `own_average` a day with any over the 28 days before, `others_median`
    of the colleagues who revealed something on that day. None: not known. `in_hand`: whether the person handles or
    handled a case of the customer.
    """

    by_handler: bool
    reason: str
    at_work: bool
    in_hour: int
    with_reason: int
    quota: int
    people: int
    own_day: int
    own_average: float | None
    others_median: float | None
    in_hand: bool | None


def says_nothing(reason: str) -> bool:
    """Whether a reason has no meaning: digits, punctuation, one letter over and over, "查", "test"."""
    letters = _NO_WORDS.sub("", reason).lower()
    return len(letters) < _FEWEST_LETTERS or len(set(letters)) == 1 or letters in _SAYS_NOTHING


def _far_above(count: int, usual: float | None, limits: Limits) -> bool:
    return usual is not None and count >= limits.least and count > usual * limits.times


def unusual(facts: Facts, limits: Limits) -> tuple[str, ...]:
    """Codes of what is unusual about a reveal, in the order of CODES; empty for an ordinary one."""
    found = {
        OUTSIDE_HOURS: not facts.at_work,
        MANY_IN_HOUR: facts.in_hour >= limits.in_hour,
        QUOTA_USED_UP: not facts.by_handler and facts.with_reason >= facts.quota,
        MANY_PEOPLE: facts.people >= limits.people,
        FAR_ABOVE_OWN: _far_above(facts.own_day, facts.own_average, limits),
        FAR_ABOVE_OTHERS: _far_above(facts.own_day, facts.others_median, limits),
        NO_CASE: not facts.by_handler and facts.in_hand is False,
        EMPTY_REASON: not facts.by_handler and says_nothing(facts.reason),
    }
    return tuple(code for code in CODES if found[code])
