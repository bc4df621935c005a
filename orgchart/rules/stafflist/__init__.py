"""A staff list, judged row by row: what would be added, what is there already, what is wrong. No query, no clock."""

from orgchart.rules.stafflist.facts import (
    ADD,
    BAD,
    COLUMNS,
    REQUIRED,
    UNCHANGED,
    Directory,
    Held,
    Judged,
    Known,
    PositionFact,
    Problem,
    Row,
    UnitFact,
)
from orgchart.rules.stafflist.judging import judge
from orgchart.rules.stafflist.words import column_of, read_day

__all__ = [
    "ADD",
    "BAD",
    "COLUMNS",
    "REQUIRED",
    "UNCHANGED",
    "Directory",
    "Held",
    "Judged",
    "Known",
    "PositionFact",
    "Problem",
    "Row",
    "UnitFact",
    "column_of",
    "judge",
    "read_day",
]
