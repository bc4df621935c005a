"""Addresses of devices and of the catalogue."""

from __future__ import annotations

from products.routes import catalogue, devices

app_name = "products"
urlpatterns = [*devices.urlpatterns, *catalogue.urlpatterns]
