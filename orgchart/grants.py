"""The organisation's own actions, as job descriptions grant them: their names and reaches in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgchart.extensions import GrantFamily, grant_family
from orgchart.policies import (
    ALL,
    APPOINT,
    BELOW,
    DECIDE_PROPOSAL,
    EDIT_POSITION,
    ESTABLISH,
    FILE,
    GOODWILL,
    LEAVE,
    ORGANISATION_ACTIONS,
)


def _labels() -> dict[str, str]:
    return {
        APPOINT: _("Appoint, transfer and release staff"),
        LEAVE: _("Record leave and deputies"),
        FILE: _("Keep staff files"),
        ESTABLISH: _("Set established posts"),
        EDIT_POSITION: _("Edit job descriptions"),
        DECIDE_PROPOSAL: _("Decide on proposals and nominations"),
        GOODWILL: _("Approve goodwill"),
    }


def _reaches() -> Mapping[str, frozenset[str]]:
    return ORGANISATION_ACTIONS


def _reach_label(reach: str) -> str:
    return {
        ALL: _("the whole organisation"),
        BELOW: _("positions further down the own line, at the own unit and below"),
        "unit": _("the own unit and below"),
    }[reach]


def register() -> None:
    """Make the actions known to pages about rights and to whoever writes job descriptions; from the app's `ready`."""
    grant_family(
        "orgchart",
        GrantFamily(
            gettext_lazy("Organisation"),
            _labels,
            _reaches,
            _reach_label,
            str,
            with_limit=frozenset({GOODWILL}),
        ),
    )
