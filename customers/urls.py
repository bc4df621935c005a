"""Addresses of customer files and of the protection of personal data."""

from __future__ import annotations

from django.urls import path

from customers.routes import files, finding, privacy
from customers.views import reveal

app_name = "customers"
urlpatterns = [
    path("customers/<int:pk>/reveal/<slug:code>/", reveal.reveal, name="reveal"),
    *finding.urlpatterns,
    *privacy.urlpatterns,
    *files.urlpatterns,
]
