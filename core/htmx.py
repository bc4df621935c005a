"""One view for page and fragment: small helpers for answers to htmx."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from core.errors import Text

DIALOG_TARGET = "div#app-dialog-body"
PAGE_LAYOUT = "layouts/base.html"
DIALOG_LAYOUT = "layouts/dialog.html"
_SHOWN_ON_NEXT_PAGE = frozenset({301, 302, 303})


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks (and not the browser itself)."""
    return bool(getattr(request, "htmx", False))


def in_dialog(request: HttpRequest) -> bool:
    """Whether the answer goes into the shared dialog over the open page."""
    return is_htmx(request) and request.headers.get("HX-Target") == DIALOG_TARGET


def layout(request: HttpRequest) -> str:
    """The template to extend: the dialog's frame when a dialog asked for the page, else the whole page."""
    return DIALOG_LAYOUT if in_dialog(request) else PAGE_LAYOUT


def redirect(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go to another page after a success, from a plain form and from htmx alike. `to` as for resolve_url."""
    url = resolve_url(to, *args, **kwargs)
    if is_htmx(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def toast(response: HttpResponse, text: Text, tone: str = "success") -> HttpResponse:
    """Let the open page show a short message; after a redirect use django.contrib.messages instead."""
    if response.status_code in _SHOWN_ON_NEXT_PAGE:
        raise ValueError("a redirect cannot carry a toast; use django.contrib.messages")
    response["HX-Trigger"] = json.dumps({"app:toast": {"text": str(text), "tone": tone}})
    return response
