"""Paths below /api/v1/positions/."""

from __future__ import annotations

from django.urls import path

from orgchart.api import positions

urlpatterns = [
    path("", positions.positions, name="positions"),
    path("<str:code>/", positions.position, name="position"),
]
