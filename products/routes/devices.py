"""Devices."""

from __future__ import annotations

from django.urls import URLPattern, path

from products.views import devices, devicework

urlpatterns: list[URLPattern] = [
    path("devices/", devices.devices, name="devices"),
    path("devices/new/", devices.register, name="device_new"),
    path("devices/new/imei/", devices.read, name="device_imei"),
    path("devices/<int:pk>/", devices.device, name="device"),
    path("devices/<int:pk>/serials/<int:entry>/remove/", devicework.remove_serial, name="serial_remove"),
    path("devices/<int:pk>/<slug:action>/", devicework.work, name="device_work"),
]
