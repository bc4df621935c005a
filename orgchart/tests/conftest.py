"""Tests of this app run on its own pages."""

from __future__ import annotations

import pytest
from django.test import Client

from orgchart.tests.factories import Organisation, make_organisation


@pytest.fixture(autouse=True)
def own_pages(settings: object) -> None:
    settings.ROOT_URLCONF = "orgchart.tests.urls"  # type: ignore[attr-defined]


@pytest.fixture
def org(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def browser() -> Client:
    """A browser that shows refusals as pages do."""
    return Client(REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="test browser")
