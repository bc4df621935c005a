"""Figures' addresses; the start page is one of them."""

from __future__ import annotations

from django.urls import path

from kpi.views import home

urlpatterns = [path("", home.home, name="home")]
