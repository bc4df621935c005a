"""How far each power of the job descriptions reaches, and what a version of a position gives.

Clauses: 1 «职务范围内行政管理权», 2 «对直接下级调配、奖惩的建议权、任用、解聘的提名权», 3 «对所属下级…有考核权»,
4 «职务范围内…监督、检查权», 5 «对职务范围所属下级的工作争议有裁决权», 6 «向…工作报告权».
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from orgchart.enums import Power

DIRECT, BELOW, UPWARDS = "direct", "below", "upwards"

REACH: Mapping[str, str] = MappingProxyType(
    {
        str(Power.ADMINISTER): BELOW,
        str(Power.PROPOSE_TRANSFER): DIRECT,
        str(Power.PROPOSE_REWARD): DIRECT,
        str(Power.PROPOSE_DISCIPLINE): DIRECT,
        str(Power.NOMINATE_APPOINTMENT): DIRECT,
        str(Power.NOMINATE_DISMISSAL): DIRECT,
        str(Power.APPRAISE): BELOW,
        str(Power.SUPERVISE): BELOW,
        str(Power.ADJUDICATE): BELOW,
        str(Power.REPORT): UPWARDS,
    }
)
"""«直接下级» are those for whom no occupied post stands between; «所属下级» and «职务范围» are all below, however far."""

PROPOSALS = frozenset(
    {
        str(Power.PROPOSE_TRANSFER),
        str(Power.PROPOSE_REWARD),
        str(Power.PROPOSE_DISCIPLINE),
        str(Power.NOMINATE_APPOINTMENT),
        str(Power.NOMINATE_DISMISSAL),
    }
)
"""Rights to propose: the next superior up decides (建议权, 提名权)."""


def _clause(body: Mapping[str, Any], reference: str) -> dict[str, str]:
    """The words behind "power.1", "duty.2" or "ruling": {"no", "zh", "en", "lines"}."""
    kind, _, no = reference.partition(".")
    if kind == "power":
        found = next((row for row in body["powers"] if row["no"].rstrip("ab") == no.rstrip("ab")), None)
    elif kind == "duty":
        found = next((row for row in body["duties"] if str(row["no"]) == no), None)
    else:
        found = None
    if found is None:
        return {"no": reference, "zh": "", "en": "", "lines": ""}
    return {"no": reference, "zh": found["zh"], "en": found["en"], "lines": found["lines"]}


def rights_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a whole job description gives, in the shape of `Position.rights`."""
    return {
        "powers": {
            row["power"]: {name: row[name] for name in ("no", "zh", "en", "lines")} for row in body["powers"]
        },
        "grants": {
            row["action"]: {
                "reach": sorted(row["reach"]),
                "kinds": sorted(row["kinds"]),
                "limit": row["limit"],
                "clause": _clause(body, row["clause"]),
            }
            for row in body["grants"]
        },
    }
