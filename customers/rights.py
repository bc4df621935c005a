"""Tells the organisation which actions on customer files a job description may grant, and in which words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.rules import grants
from orgchart.extensions import GrantFamily, grant_family


def _labels() -> dict[str, str]:
    return {
        grants.VIEW: _("Read customer files"),
        grants.EDIT: _("Open and correct customer files"),
        grants.MERGE: _("Merge customer files"),
        grants.REVEAL: _("Show personal data in full, with a reason"),
        grants.EXPORT: _("Export customer files"),
        grants.IMPORT: _("Import customer files and phones"),
        grants.PRIVACY: _("Look after personal data: reveals, requests, notices"),
    }


def reach_label(reach: str) -> str:
    """How far a grant reaches, in words."""
    return {
        grants.CENTRE: _("files of the own service centre"),
        grants.CASE: _("what the holder sees through a case"),
    }[reach]


def register() -> None:
    """Make the actions known; from the app's `ready`."""
    grant_family(
        "customers",
        GrantFamily(gettext_lazy("Customers"), _labels, lambda: grants.REACHES, reach_label, str),
    )
