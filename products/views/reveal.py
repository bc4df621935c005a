"""Showing a number of a device in full."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.personal import Home, reveal_page
from products import personal


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """At one click for whoever handles a case about the device, with a reason and a quota for others."""
    device = personal.device_of(request.user, pk)
    part = personal.part(device, code, request.user)
    personal.require_reveal(device)
    home = Home(device.get_absolute_url(), _("Device %(id)s") % {"id": pk}, _("Devices"), "/devices/")
    return reveal_page(
        request, part, home, lambda reason: personal.reveal(request.user, device, code, reason)
    )
