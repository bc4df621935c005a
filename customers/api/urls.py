"""Paths below /api/v1/customers/."""

from __future__ import annotations

from django.urls import path

from customers.api import views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("<int:pk>/", views.customer, name="customer"),
]
