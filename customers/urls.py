"""Addresses of customer files and of the protection of personal data."""

from __future__ import annotations

from customers.routes import files, finding, privacy

app_name = "customers"
urlpatterns = [*finding.urlpatterns, *privacy.urlpatterns, *files.urlpatterns]
