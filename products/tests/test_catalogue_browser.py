"""The code tree in a real browser: opened by keyboard alone, and an own fault added with its cause and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core.actors import system_actor
from orgchart.models import Person
from orgchart.tests.factories import PASSWORD, make_organisation, person_with
from products.loading import load_faults, load_service_codes
from products.models import FaultCode

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
CUT_OFF = """width => document.documentElement.scrollWidth > width
    || [...document.querySelectorAll('dialog[open]')].some(box => box.scrollWidth > box.clientWidth)"""


@contextmanager
def step(words: str) -> Iterator[None]:
    """A step of a story; whatever fails inside says at which step it was."""
    try:
        yield
    except BaseException as problem:
        problem.add_note(f"At the step: {words}")
        raise


def fits(page: Page) -> bool:
    """Whether nothing of page or dialog sticks out to the side."""
    return not page.evaluate(CUT_OFF, page.viewport_size["width"])  # type: ignore[index]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the stories of this file.

    Playwright keeps an event loop on the test's thread, which Django takes for asynchronous code.
    """
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def lead(settings: Any, transactional_db: None) -> Person:
    """A technical group leader, with the official faults and the starter set loaded."""
    settings.MFA_REQUIRED = False
    org = make_organisation()
    load_faults(actor=system_actor("tests"))
    load_service_codes(actor=system_actor("tests"))
    return person_with("tech_lead", org.near.tech, name="吴组长", password=PASSWORD)


@pytest.fixture
def page(chromium: Browser, lead: Person, live_server: LiveServer) -> Iterator[Page]:
    """The leader's browser, signed in, in Chinese; its pages must run without a complaint to the end."""
    complaints: list[str] = []
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    made = context.new_page()
    made.on("pageerror", lambda problem: complaints.append(str(problem)))
    made.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    made.goto("/accounts/login/")
    made.locator("[name=login]").fill(lead.username)
    made.locator("[name=password]").fill(PASSWORD)
    made.get_by_role("button", name="登录").click()
    expect(made.locator("#bell")).to_be_visible()
    yield made
    context.close()
    assert complaints == []


def tab_until(page: Page, text: str) -> None:
    """Tab on until the summary or link with `text` has the focus."""
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.locator("summary:focus, a:focus").filter(has_text=text).count():
            return
    raise AssertionError(f"Tab never leads to {text}")


def test_the_tree_opens_and_closes_by_keyboard_alone(page: Page) -> None:
    with step("open the tree and go to a fault of the list"):
        page.goto("/catalogue/faults/")
        fault = page.locator("details", has=page.locator("summary", has_text="F02")).last
        expect(fault).not_to_have_attribute("open", "")
        tab_until(page, "屏幕无显示")
    with step("Enter opens it, Tab leads to its causes, Space opens one"):
        page.keyboard.press("Enter")
        expect(fault).to_have_attribute("open", "")
        tab_until(page, "显示屏总成损坏")
        page.keyboard.press("Space")
        cause = fault.locator("details", has=page.locator("summary", has_text="K010"))
        remedy = cause.locator(".ct-remedy", has_text="更换显示屏总成")
        expect(remedy).to_be_visible()
    with step("Shift+Tab leads back, Enter closes it again"):
        page.locator("summary", has_text="F02").last.focus()
        page.keyboard.press("Enter")
        expect(fault).not_to_have_attribute("open", "")
        expect(remedy).not_to_be_visible()


def test_an_own_fault_gets_a_cause_and_a_remedy(page: Page) -> None:
    dialog = page.locator("#app-dialog")
    with step("add an own fault below one of the list"):
        page.goto(f"/catalogue/faults/{FaultCode.objects.get(code='F02').pk}/")
        page.locator(".stage a[href*='/faults/new/']").click()
        expect(dialog.locator("[name=name]")).to_be_visible()
        dialog.locator("button[type=submit]").click()
        dialog.locator("[name=name]").fill("屏幕闪烁")
        dialog.locator("[name=name_en]").fill("Screen flickers")
        assert fits(page)
        dialog.locator("button[type=submit]").click()
        expect(page.locator("h1")).to_have_text("屏幕闪烁")
    with step("link a cause of the starter set by its check box"):
        page.locator("a[href$='/causes/']").click()
        dialog.get_by_label("K009").check()
        dialog.locator("button[type=submit]").click()
        expect(page.locator(".codetree .ct-cause").first).to_contain_text("K009")
    with step("add a cause of one's own, linked from the start"):
        page.locator("a[href*='/codes/new/cause/']").click()
        dialog.locator("[name=name]").fill("背光驱动异常")
        expect(dialog.get_by_label("U001")).to_be_checked()
        dialog.locator("button[type=submit]").click()
        expect(page.locator("h1")).to_have_text("背光驱动异常")
    with step("add its remedy"):
        page.locator("a[href*='/codes/new/remedy/']").click()
        dialog.locator("[name=name]").fill("更换背光芯片")
        dialog.locator("button[type=submit]").click()
        expect(page.locator("h1")).to_have_text("更换背光芯片")
    with step("find it all by initials, on a phone too"):
        page.goto("/catalogue/faults/?q=bgqd")
        expect(page.locator("mark").first).to_have_text("背光驱动")
        expect(page.locator(".ct-own summary").first).to_contain_text("屏幕闪烁")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert fits(page)
