"""The desk's organisation and browsers."""

from __future__ import annotations

from tickets.tests.conftest import browser, office

__all__ = ["browser", "office"]
