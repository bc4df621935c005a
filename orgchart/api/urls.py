"""Paths below /api/v1/staff/."""

from __future__ import annotations

from django.urls import path

from orgchart.api import power_urls, staff

urlpatterns = [
    path("", staff.staff, name="staff"),
    path("<int:pk>/", staff.person, name="staff_person"),
    path("<int:pk>/transfer/", staff.transfer, name="staff_transfer"),
    path("<int:pk>/leave/", staff.leave, name="staff_leave"),
    *power_urls.urlpatterns,
]
