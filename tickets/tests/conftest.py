"""An organisation and browsers for tests of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tickets.tests import factories
from tickets.tests.world import World

Browser = Callable[[str], Client]


@pytest.fixture
def office(db: None) -> World:
    """Two centres with their people."""
    return factories.office()


@pytest.fixture
def browser(office: World, settings: object) -> Browser:
    """`browser("agent")`: a browser in which that person is signed in."""
    settings.MFA_REQUIRED = False  # type: ignore[attr-defined]

    def signed_in(name: str) -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(office.people[name])
        return client

    return signed_in
