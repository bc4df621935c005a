"""An organisation and browsers for tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from playwright import sync_api as playwright
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core.actors import system_actor
from orgchart.models import Person
from products.loading import load_faults
from products.models import ProductModel
from tickets.tests import factories
from tickets.tests.browser import ARGUMENTS, MODELS, PASSWORD, PATIENCE, Desk, Open, forget_lookups
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


# -- Browsers ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    """One Chromium for all stories of a file.

    Playwright keeps an event loop on the test's thread, which Django takes for asynchronous code.
    """
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as browsers:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        made = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def staff(office: World) -> World:
    """Two centres at work: people with passwords, the official faults, eight models, a case here and there."""
    forget_lookups()
    Person.objects.update(password=make_password(PASSWORD))
    load_faults(actor=system_actor("tests"))
    for place, name in enumerate(MODELS):
        ProductModel.objects.create(
            code=f"M-{place}", name=name, name_en=f"Model {place}", manufacturer="演示"
        )
    factories.log(office.people["agent"], phone="13800138001")
    factories.log(office.people["other"], phone="13800138002")
    return office


@pytest.fixture
def desk(chromium: playwright.Browser, live_server: LiveServer, staff: World) -> Iterator[Open]:
    """`desk("agent")`: that person's browser, signed in; its pages must run without a complaint to the end."""
    opened: list[Desk] = []

    def open_desk(name: str, **options: Any) -> Desk:
        opened.append(Desk(chromium, live_server.url, staff.people[name], **options))
        return opened[-1]

    yield open_desk
    for one in opened:
        one.close()
