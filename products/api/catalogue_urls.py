"""Paths below /api/v1/catalogue/."""

from __future__ import annotations

from django.urls import path

from products.api import catalogue_views

urlpatterns = [
    path("models/", catalogue_views.models, name="catalogue_models"),
    path("faults/", catalogue_views.faults, name="catalogue_faults"),
]
