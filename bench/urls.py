"""The application's addresses and the floor: a view that asks nobody and nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from aftersales.urls import urlpatterns as application_urls


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Two letters through all middleware, without log-in and without a statement."""
    return HttpResponse(b"ok", content_type="text/plain")


urlpatterns = [path("bare/", bare), *application_urls]
