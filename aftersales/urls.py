"""The table of contents."""

from __future__ import annotations

from django.urls import include, path

from orgchart.views import set_language

urlpatterns = [
    path("", include("kpi.urls")),
    path("", include("tickets.urls")),
    path("", include("customers.urls")),
    path("", include("products.urls")),
    path("", include("orgchart.urls")),
    path("", include("core.urls")),
    path("accounts/", include("orgchart.account_urls")),
    path("language/", set_language, name="set_language"),
    path("api/v1/", include("aftersales.api")),
]
