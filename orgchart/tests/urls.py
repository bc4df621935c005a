"""The pages of this app alone, so that its tests need no higher app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from orgchart.views import set_language


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"home of {request.user.username}")


urlpatterns = [
    path("", home, name="home"),
    path("", include("orgchart.urls")),
    path("accounts/", include("orgchart.account_urls")),
    path("language/", set_language, name="set_language"),
]
