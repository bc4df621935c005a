"""What every page needs around its content. Costs one statement (the bell), and none on fragments."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core import htmx, navigation
from core.models import Notification


def unread_count(person: Any) -> int:
    """How often the bell rang for `person` without being looked at."""
    return Notification.objects.filter(recipient_id=person.pk, read_at__isnull=True).count()


def shell(request: HttpRequest) -> dict[str, Any]:
    """`layout`, and for a signed-in person `navigation_lines` and `unread_count`, worked out when used."""
    values: dict[str, Any] = {"layout": htmx.layout(request)}
    person = getattr(request, "user", None)
    if person is not None and person.is_authenticated:
        values["navigation_lines"] = SimpleLazyObject(lambda: navigation.lines_for(person, request.path))
        values["unread_count"] = SimpleLazyObject(lambda: unread_count(person))
    return values
