"""What stands in the side bar. Each app registers its own entries, so that core knows no trade.

Call `register` from an app's `apps.py` (`ready`). The predicate says who sees an entry; it only tidies the
menu and never replaces a policy: the page behind the link asks its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse

from core.errors import Text

Predicate = Callable[[Any], bool]


def everybody(person: Any) -> bool:
    """The predicate of an entry that every signed-in person sees."""
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar. `section` groups lines under a heading, `shortcut` is a key after "g"."""

    label: Text
    url_name: str
    icon: str
    predicate: Predicate
    order: int
    section: Text
    shortcut: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as one person sees it on one page."""

    label: Text
    url: str
    icon: str
    section: Text
    shortcut: str
    current: bool


_entries: dict[str, Entry] = {}


def register(
    label: Text,
    url_name: str,
    icon: str,
    predicate: Predicate = everybody,
    *,
    order: int = 100,
    section: Text = "",
    shortcut: str = "",
) -> None:
    """Add a line to the side bar; registering the same `url_name` again replaces it."""
    _entries[url_name] = Entry(label, url_name, icon, predicate, order, section, shortcut)


@lru_cache(maxsize=256)
def _url(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _longest_match(urls: list[str], path: str) -> str:
    matching = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matching, key=len, default="")


def lines_for(person: Any, path: str) -> list[Line]:
    """The lines `person` sees at `path`, in order; the line that fits the path best is marked as current."""
    shown = [
        (entry, _url(entry.url_name))
        for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))
        if entry.predicate(person)
    ]
    shown = [(entry, url) for entry, url in shown if url]
    here = _longest_match([url for _, url in shown], path)
    return [
        Line(entry.label, url, entry.icon, entry.section, entry.shortcut, url == here) for entry, url in shown
    ]
