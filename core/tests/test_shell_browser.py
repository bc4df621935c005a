"""The shell in a real browser: keyboard, dialogs, one submit, log-in over the open page, policy and accessibility."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core.tests import shell_site
from tools.assets import axe_path

pytestmark = pytest.mark.browser

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.tests.shell_site.Middleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = "axe.run().then(result => result.violations.map(found => found.id + ': ' + found.nodes[0].html))"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site():
    with override_settings(ROOT_URLCONF="core.tests.shell_site", MIDDLEWARE=MIDDLEWARE, TRIAL=True):
        server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture
def page(browser, site):
    """A page on the site in English; anything the browser complains about fails the test."""
    vars(shell_site.state).update(vars(shell_site.State()))
    tab = browser.new_page(base_url=site, locale="en-US", viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    tab.goto("/page/")
    yield tab
    tab.close()
    assert complaints == []


def long_ago(page: Page) -> None:
    """As if the page had been open for an hour when the next thing happens."""
    page.evaluate("() => { const real = Date.now; Date.now = () => real() + 3600000; }")


def test_a_question_mark_lists_the_shortcuts(page):
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-list")).to_contain_text("Search")


def test_a_slash_goes_to_the_search_field(page):
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_letters_typed_into_a_field_are_no_shortcuts(page):
    page.locator("#typed").press_sequentially("n?/")
    expect(page.locator("#typed")).to_have_value("n?/")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_form_opens_in_the_dialog_and_shows_its_error_there(page):
    page.keyboard.press("n")
    expect(page.locator("#id_note")).to_be_visible()
    page.locator("#id_note").fill("ab")
    page.locator("#save").click()
    expect(page.locator("#app-dialog .form-errors")).to_be_focused()
    expect(page.locator("#id_note")).to_have_value("ab")


def test_success_in_the_dialog_leads_on(page):
    page.locator("#open").click()
    page.locator("#id_note").fill("good")
    with page.expect_navigation(url=re.compile("/page/")):
        page.locator("#save").click()
    assert shell_site.state.saved == ["good"]


def test_without_scripts_the_dialog_is_a_page(browser, site):
    tab = browser.new_page(base_url=site, java_script_enabled=False)
    tab.goto("/page/")
    tab.locator("#open").click()
    tab.locator("#id_note").fill("plain")
    tab.locator("#save").click()
    expect(tab).to_have_url(re.compile("/page/"))
    tab.close()


def test_two_clicks_send_once(page):
    page.locator("#typed").fill("once")
    with page.expect_navigation():
        page.locator("#send").dblclick()
    assert shell_site.state.saved == ["once"]


def test_a_toast_comes_with_a_fragment(page):
    page.locator("#ask").click()
    expect(page.locator("#live")).to_have_text("fresh")
    expect(page.locator("#toasts")).to_contain_text("已保存")


def test_a_part_shows_only_for_its_choice(page):
    expect(page.locator("#only-b")).to_be_hidden()
    page.locator("select[name=way]").select_option("b")
    expect(page.locator("#only-b")).to_be_visible()


def test_the_bell_counts_without_being_activity(page):
    shell_site.state.unread = 4
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#bell-count")).to_have_text("4")
    assert shell_site.state.background == ["/count/"]


def test_an_ended_session_loses_nothing_typed(page):
    page.locator("#typed").fill("long text")
    shell_site.state.signed_in = False
    long_ago(page)
    page.locator("#send").click()
    page.locator("#session-dialog input[type=password]").fill("right")
    page.locator("#again").click()
    expect(page.locator("#session-dialog")).to_be_hidden()
    expect(page.locator("#typed")).to_have_value("long text")
    with page.expect_navigation():
        page.locator("#send").click()
    assert shell_site.state.saved == ["long text"]


def test_a_wrong_password_asks_again(page):
    shell_site.state.signed_in = False
    page.locator("#ask").click()
    page.locator("#session-dialog input[type=password]").fill("wrong")
    page.locator("#again").click()
    expect(page.locator("#session-dialog input[type=password]")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#session-dialog")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["/styleguide/", "/error/404/"])
def test_nothing_overflows_and_everybody_can_use_it(browser, site, address, width, language):
    options = {"base_url": site, "locale": language, "viewport": {"width": width, "height": 900}}
    tab = browser.new_page(**options, bypass_csp=True)
    tab.goto(address)
    tab.add_script_tag(path=axe_path())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(AXE) == []
    tab.close()
