"""What each power asks for beside its text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from orgchart.enums import Power

MAX_TEXT = 4_000

MANAGEMENT, PROFESSION, RESULTS = "management", "profession", "results"
RATINGS = (MANAGEMENT, PROFESSION, RESULTS)
"""The three parts of an appraisal, clause 3: 管理水平, 业务水平, 业绩."""
LOWEST, HIGHEST = 1, 5

_TAKES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        str(Power.ADMINISTER): frozenset({"due_on"}),
        str(Power.SUPERVISE): frozenset({"due_on"}),
        str(Power.APPRAISE): frozenset({"ratings"}),
        str(Power.ADJUDICATE): frozenset({"second"}),
    }
)


def takes(power: str, name: str) -> bool:
    """Whether a use of `power` takes the input `name`: "second", "ratings" or "due_on"."""
    return name in _TAKES.get(power, frozenset())
