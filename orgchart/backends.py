"""Who can log in at all; asked at log-in and again on every request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from orgchart.models import Person
from orgchart.passwords import one_time_is_stale
from orgchart.scope import account_is_open, today


class StaffBackend(ModelBackend):
    """Open accounts only. A person whose last day is over is logged out by the next request."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Active, not past the last day, and no one-time password older than a week."""
        return isinstance(user, Person) and account_is_open(user, today()) and not one_time_is_stale(user)


def client_ip(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw.

    With PROXY_COUNT 0 the header X-Forwarded-For is the visitor's own word and is never read.
    """
    direct = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    count = settings.PROXY_COUNT
    return seen[-count] if count and len(seen) >= count else direct
