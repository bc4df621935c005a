"""Refusals about customer files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import NotVisible


def not_found() -> NotVisible:
    """The answer for a file that does not exist for this person ("customer_not_found")."""
    return NotVisible("customer_not_found", _("There is no such customer file, or you may not see it."))
