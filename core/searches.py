"""Searches are kept on the server, so that no phone number, name or IMEI stands in a URL or an access log."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotVisible
from core.models import StoredSearch

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def keep_search(person: Any, kind: str, query: Mapping[str, Any]) -> str:
    """Keep what `person` searched for and return the opaque token that stands for it in the URL.

    `query` is cleaned form data, plain JSON. Whoever opens the token gets the question, never the answer: the
    list is made anew within the reader's own scope.
    """
    token = secrets.token_urlsafe(32)
    StoredSearch.objects.create(
        token=token, owner=person, kind=kind, query=dict(query), created_at=timezone.now()
    )
    return token


def open_search(token: str, kind: str) -> dict[str, Any]:
    """What was searched for; a colleague's token works too. Raises NotVisible("search_gone")."""
    found = StoredSearch.objects.filter(token=token, kind=kind).first() if _TOKEN.fullmatch(token) else None
    if found is None:
        raise NotVisible("search_gone", _("This search is not kept any more. Search again."))
    return dict(found.query)
