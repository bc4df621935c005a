"""The bell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import notifications
from core.context import unread_count
from core.models import Notification

SHOWN = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest rings of the person's bell."""
    rows = Notification.objects.permitted(request.user).order_by("-id")[:SHOWN]
    return render(
        request,
        "core/pages/notifications.html",
        {"page_title": _("Notifications"), "rings": [_ring(row) for row in rows], "shown": SHOWN},
    )


def _ring(row: Notification) -> dict[str, Any]:
    return {"row": row, "text": notifications.text_of(row.code, row.params)}


@never_cache
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many rings are unread, for the page that polls."""
    return JsonResponse({"unread": unread_count(request.user)})


@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a ring was seen and go to what it is about. By POST: it changes something."""
    row = get_object_or_404(Notification.objects.permitted(request.user), pk=pk)
    notifications.mark_read(request.user, [row.pk])
    safe = url_has_allowed_host_and_scheme(row.path, allowed_hosts=None)
    return redirect(row.path if safe and row.path else "core:notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything was seen."""
    notifications.mark_read(request.user)
    return redirect("core:notifications")
