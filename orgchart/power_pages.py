"""How the pages of the powers show what is stored: tones, marks in words, the acts of administrators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orgchart import uses
from orgchart.enums import Power, UseState
from orgchart.models import Override, PowerUse
from orgchart.power_forms import MARKS, RATING_LABELS
from orgchart.rules.uses import RATINGS

TAB_LABELS: Mapping[str, str | Promise] = {
    uses.TO_DECIDE: _("To decide"),
    uses.MINE: _("Mine"),
    uses.TOWARDS_ME: _("Towards me"),
    uses.OF_MY_PEOPLE: _("Of my people"),
}
_TONES = {
    UseState.SUBMITTED: "orange",
    UseState.ACCEPTED: "green",
    UseState.DECLINED: "red",
    UseState.WITHDRAWN: "secondary",
    UseState.RECORDED: "blue",
}
OVERRIDE_LABELS: Mapping[str, str | Promise] = {
    **{f"power.{power.value}": power.label for power in Power},
    "staff.join": _("Entered as new staff"),
    "staff.appoint": _("Appointed to a post"),
    "staff.transfer": _("Transferred"),
    "staff.cancel_transfer": _("Transfer cancelled"),
    "staff.end_post": _("Post ended"),
    "staff.withdraw_post": _("Post withdrawn"),
    "staff.leave": _("Account closed"),
}


def state_tone(state: str) -> str:
    """The colour of a state; its word stands beside it."""
    return _TONES[UseState(state)]


def ratings_of(use: PowerUse) -> list[tuple[str | Promise, str | Promise]]:
    """The three parts of an appraisal in words, in the order of the clause."""
    marks = dict(MARKS)
    return [(RATING_LABELS[part], marks[use.ratings[part]]) for part in RATINGS if part in use.ratings]


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One act of an administrator. `refusal`: what the rule had said; `use`: id of the use of a power, if it was one."""

    override: Override
    label: str | Promise
    refusal: str
    use: int | None
    waits: bool


def override_row(override: Override, waits: bool, opened: Collection[int]) -> OverrideRow:
    """The act in words of the page's language. `opened`: ids of the uses that the reader sees."""
    kept: Mapping[str, Any] = override.refusal
    refusal = uses.words_of(kept, get_language() or "") or str(kept.get("message", ""))
    label = OVERRIDE_LABELS.get(override.action, override.action)
    use = kept.get("use")
    return OverrideRow(override, label, refusal, use if use in opened else None, waits)
