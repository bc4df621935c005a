"""Tells the organisation which actions on cases a job description may grant, and in which words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from orgchart.extensions import GrantFamily, grant_family
from tickets.authority import action_label, reach_label
from tickets.enums import CaseKind
from tickets.rules.powers import ACTIONS, REACHES, grant_of


def _labels() -> dict[str, str]:
    return {grant_of(action): action_label(action) for action in ACTIONS}


def _reaches() -> dict[str, frozenset[str]]:
    return {grant_of(action): REACHES for action in ACTIONS}


def _kind(kind: str) -> str:
    return str(CaseKind(kind).label)


grant_family(
    "tickets",
    GrantFamily(_("Cases"), _labels, _reaches, reach_label, _kind, kinds=tuple(CaseKind.values)),
)
