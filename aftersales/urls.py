"""The table of contents."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language
from django.contrib.auth.decorators import login_not_required

urlpatterns = [
    path("", include("kpi.urls")),
    path("", include("tickets.urls")),
    path("", include("orgchart.urls")),
    path("", include("core.urls")),
    path("accounts/", include("allauth.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("aftersales.api")),
]
