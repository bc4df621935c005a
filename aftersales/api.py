"""Mounts /api/v1/. Every path answers in JSON, also one that does not exist."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from orgchart.api.power_urls import question_patterns

app_name = "api"


@extend_schema(exclude=True)
@api_view(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request) -> Response:
    """404 in the API's own shape."""
    raise NotFound


urlpatterns = [
    path("cases/", include("tickets.api.urls")),
    path("customers/", include("customers.api.urls")),
    path("catalogue/", include("products.api.catalogue_urls")),
    path("staff/", include("orgchart.api.urls")),
    path("positions/", include("orgchart.api.position_urls")),
    path("rights/", include(question_patterns)),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    re_path(r"", nothing_here, name="nothing"),
]
