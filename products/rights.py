"""Tells the organisation which actions on devices and the catalogue a job description may grant."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.rights import reach_label as customer_reach
from orgchart.extensions import GrantFamily, grant_family
from products.rules import grants


def _labels() -> dict[str, str]:
    return {
        grants.EDIT: _("Register and correct devices"),
        grants.CATALOGUE: _("Edit the catalogue"),
    }


def _reach_label(reach: str) -> str:
    return _("the whole catalogue") if reach == grants.ALL else customer_reach(reach)


def register() -> None:
    """Make the actions known; from the app's `ready`."""
    grant_family(
        "products",
        GrantFamily(gettext_lazy("Products"), _labels, lambda: grants.REACHES, _reach_label, str),
    )
