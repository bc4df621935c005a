"""Paths below /api/v1/cases/."""

from __future__ import annotations

from django.urls import path

from tickets.api import views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("<int:number>/", views.case, name="case"),
    path("<int:number>/<slug:action>/", views.step, name="step"),
]
