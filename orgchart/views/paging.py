"""Pages of a list: numbers from the address, and links that keep the filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest


def number_from(text: str, otherwise: int = 1) -> int:
    """The number in the address; `otherwise` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def page_links(request: HttpRequest, page: Any, kept: Iterable[str]) -> dict[str, str]:
    """Addresses of the first, previous and next page with the parameters `kept`; empty where there is none."""
    parameters = {name: request.GET[name] for name in kept if request.GET.get(name)}

    def url(number: int) -> str:
        return "?" + urlencode({**parameters, "page": number})

    return {
        "first_url": url(1) if page.number > 1 else "",
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
    }
