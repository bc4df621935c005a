"""A phone's life in a real browser: registered by a scan, sold on, exchanged, and what was wrong taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from orgchart.models import Person
from products.models import Device, Exchange
from products.tests import factories
from products.tests.factories import Counter, imei

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "gate-river-lamp-72"
PATIENCE = 30_000
PHONE = "13700137000"
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the stories of this file; its event loop must not look like asynchronous Django."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


def sign_in(chromium: Browser, site: str, person: Person, **options: Any) -> tuple[Page, list[str]]:
    """The browser of a person, in Chinese, and what its console complained about."""
    complaints: list[str] = []
    context = chromium.new_context(base_url=site, locale="zh-CN", **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and not re.search(r"status of (409|422)", line.text)
            else None
        ),
    )
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(person.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    expect(page.locator("#bell")).to_be_visible()
    return page, complaints


def save(page: Page, address: str) -> None:
    """Send the form of the page and arrive at `address`."""
    page.locator("main form .form-end button[type=submit]").click()
    page.wait_for_url(re.compile(address))
    expect(page.locator(".notice")).to_be_visible()
    assert not page.evaluate(WIDER), page.url


@pytest.fixture
def desk(counter: Counter, settings: Any) -> Counter:
    """The counter with passwords, a model whose type code is known, and a buyer."""
    settings.MFA_REQUIRED = False
    Person.objects.update(password=make_password(PASSWORD))
    factories.product("A5", tacs=[factories.TAC])
    factories.customer(counter.org.near.unit, "李四", PHONE)
    return counter


def test_a_phone_is_scanned_sold_on_exchanged_and_all_taken_back(
    chromium: Browser, live_server: LiveServer, desk: Counter
) -> None:
    page, complaints = sign_in(chromium, live_server.url, desk.agent)
    page.goto(f"/devices/new/?owner={desk.customer.pk}")
    expect(page.locator("[name=imei]")).to_be_focused()
    page.keyboard.type(f"{imei(1)[:2]}-{imei(1)[2:8]}-{imei(1)[8:14]}-{imei(1)[14]}")
    expect(page.locator("#imei-reading")).to_contain_text("青禾 A5")
    save(page, r"/devices/\d+/$")
    device = Device.objects.get()
    home = rf"/devices/{device.pk}/$"
    assert (device.imei, device.model.code) == (imei(1), "A5")
    assert imei(1) not in page.content()

    page.locator(f"a[href='/devices/{device.pk}/owner/']").click()
    page.locator("[name=owner]").fill(PHONE)
    page.locator("[name=reason]").fill("转卖")
    save(page, home)
    expect(page.locator(".events").first).to_contain_text("李*")

    page.locator(f"a[href='/devices/{device.pk}/owner-undo/']").click()
    dialog = page.locator("#app-dialog")
    dialog.locator("[name=reason]").fill("录错了")
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".events").first).not_to_contain_text("李*")

    page.locator(f"a[href='/devices/{device.pk}/exchange/']").click()
    page.locator("[name=imei]").fill(imei(2))
    page.locator("[name=reason]").fill("不开机")
    save(page, home)
    expect(page.locator(".chain .chain-phone")).to_have_count(2)

    page.locator(f"a[href='/devices/{device.pk}/exchange-undo/']").click()
    dialog.locator("[name=reason]").fill("换错了")
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".chain")).to_have_count(0)
    assert not Exchange.objects.exists()
    assert Device.objects.filter(owner=desk.customer).count() == 2
    page.context.close()
    assert complaints == []


def test_registering_on_a_telephone_without_javascript(
    chromium: Browser, live_server: LiveServer, desk: Counter
) -> None:
    page, _complaints = sign_in(
        chromium,
        live_server.url,
        desk.agent,
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
    )
    page.goto(f"/devices/new/?owner={desk.customer.pk}")
    page.locator("[name=imei]").fill(f"IMEI1: {imei(3)[:-1]}")
    page.locator("button[name=read]").click()
    expect(page.locator("#imei-reading")).to_contain_text("青禾 A5")
    page.locator("main form .form-end button[type=submit]").click()
    expect(page.locator(".form-errors")).to_be_visible()
    page.locator("[name=imei]").fill(f"IMEI1: {imei(3)}")
    page.locator("main form .form-end button[type=submit]").click()
    page.wait_for_url(re.compile(r"/devices/\d+/$"))
    assert Device.objects.get().imei == imei(3)
    page.context.close()
