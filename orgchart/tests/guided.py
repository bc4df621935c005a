"""Guided actions as a person takes them: look at what follows, then do it."""

from __future__ import annotations

from typing import Any

from django.test import Client


def look(browser: Client, url: str, form: dict[str, Any]) -> Any:
    """The page that shows what would follow, or what is refused."""
    return browser.post(url, form)


def take(browser: Client, url: str, form: dict[str, Any], **confirmed: Any) -> Any:
    """Look, then do it, with the confirmations that were asked for."""
    seen = look(browser, url, form)
    assert seen.status_code == 200, seen.context["form"].errors
    return browser.post(url, {**form, **confirmed, "seen": seen.context["seen"]})


def texts(page: Any) -> str:
    """What would follow, line by line."""
    return "\n".join(str(one.text) for one in page.context["consequences"])
