"""Addresses of devices and of the catalogue."""

from __future__ import annotations

from django.urls import path

from products.routes import catalogue, devices
from products.views import reveal

app_name = "products"
urlpatterns = [
    path("devices/<int:pk>/reveal/<slug:code>/", reveal.reveal, name="reveal"),
    *devices.urlpatterns,
    *catalogue.urlpatterns,
]
