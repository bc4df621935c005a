"""Personal data in a real browser: reveals until the quota is used up, and an erasure from the call to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core import audit
from core.models import AuditEvent
from customers.models import Customer
from customers.tests.privacy_world import World, file_of
from orgchart.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAME, NUMBER = "欧阳灵犀", "13711223344"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the stories of this file."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=30_000)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def world(settings: Any) -> World:
    settings.MFA_REQUIRED = False
    made = World()
    Person.objects.update(language="en")
    return made


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, world: World) -> Iterator[Open]:
    """`desk("agent")`: a page of that person's browser, signed in; it must run without a complaint to the end."""
    contexts, complaints = [], []

    def open_desk(who: str, **options: Any) -> Page:
        client = Client()
        client.force_login(getattr(world, who))
        context = chromium.new_context(base_url=live_server.url, locale="en-GB", **options)
        cookie = client.cookies[site.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        return page

    yield open_desk
    for context in contexts:
        context.close()
    assert complaints == []


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def show_with(page: Page, address: str, reason: str) -> None:
    """Open the form of a hidden value and give a reason."""
    page.goto(address)
    page.locator("main [name=reason]").fill(reason)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def test_reveals_until_the_quota_is_used_up(desk: Open, world: World, settings: Any) -> None:
    settings.REVEAL_DAILY_QUOTA = 3
    customer = file_of(world.org.near.unit, NAME, NUMBER)
    address = f"/customers/{customer.pk}/reveal/phone-{customer.phones.get().pk}/"
    page = desk("leader")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("3 of today's 3 reveals are left")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main [name=reason]")).to_be_visible()
    assert NUMBER not in page.content()
    for left in (2, 1, 0):
        show_with(page, address, f"call back about delivery, {left} left")
        expect(page.locator("main")).to_contain_text(NUMBER)
    show_with(page, address, "call back once more")
    expect(page.locator("main")).to_contain_text("You have used up today's 3 reveals")
    expect(page.locator("main")).to_contain_text("Ask the person who handles the case")
    assert NUMBER not in page.content()
    assert AuditEvent.objects.filter(action="pii.revealed").count() == 3
    watcher = desk("manager")
    watcher.goto("/privacy/")
    expect(watcher.locator("tbody tr")).to_have_count(3)
    expect(watcher.locator("tbody tr").first).to_contain_text("quota used up")
    expect(watcher.locator("tbody tr").first).to_contain_text(f"Customer #{customer.pk}")


def test_an_erasure_from_the_call_to_the_letter(desk: Open, world: World) -> None:
    customer = file_of(world.org.near.unit, NAME, NUMBER)
    agent = desk("agent")
    agent.goto(f"/customers/{customer.pk}/requests/new/")
    agent.locator("main [name=kind]").select_option("erasure")
    agent.locator("main [name=identity_checked]").fill("called back on the number in the file")
    agent.locator("main form button[type=submit]").last.click()
    agent.wait_for_url(re.compile(r"/privacy/requests/\d+/$"))
    expect(agent.locator("main")).not_to_contain_text("See what would be erased")

    manager = desk("manager", viewport={"width": 390, "height": 844})
    manager.goto("/notifications/")
    ring = manager.locator("main tr", has_text="A customer asks to have their data erased")
    ring.get_by_role("button").click()
    manager.wait_for_url(re.compile(r"/privacy/requests/\d+/$"))
    assert fits(manager)
    manager.get_by_role("link", name="See what would be erased").click()
    expect(manager.locator("main")).to_contain_text("This cannot be undone")
    expect(manager.locator("main")).to_contain_text("Phone numbers × 1")
    assert NUMBER not in manager.content()
    assert fits(manager)
    manager.locator("[name=typed]").fill("yes")
    manager.get_by_role("button", name="Erase for good").click()
    expect(manager.locator(".field-error")).to_contain_text("Type the number of the file")
    assert Customer.objects.get(pk=customer.pk).name == NAME
    manager.locator("[name=typed]").fill(str(customer.pk))
    manager.get_by_role("button", name="Erase for good").click()
    expect(manager.locator(".notice-success")).to_contain_text("The personal data are erased")
    manager.get_by_role("link", name="Letter to the customer").click()
    expect(manager.locator("main")).to_contain_text("Your personal data were erased on")
    gone = Customer.objects.get(pk=customer.pk)
    assert (gone.name, gone.phones.count()) == ("", 0)
    assert gone.erased_at is not None
    assert audit.verify_chain().ok
