"""A job description in real browsers: edited, compared, put in force, signed by its holder and printed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from orgchart.models import Person, PositionVersion, Signature
from orgchart.tests.factories import make_organisation, person_with
from tickets.tests import browser as browsers
from tickets.tests.browser import NARROW, Desk, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Desk]
PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of every station, to be looked at; none are taken without it."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the stories of this file.

    Playwright keeps an event loop on the test's thread, which Django takes for asynchronous code.
    """
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=browsers.PATIENCE)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=browsers.ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def staff(settings: Any, transactional_db: None) -> dict[str, Person]:
    """Personnel, two cashiers and their leader."""
    settings.ROOT_URLCONF = "aftersales.urls"
    org = make_organisation()
    secret = {"password": browsers.PASSWORD}
    return {
        "personnel": person_with("admin_hr_lead", org.personnel, name="周行政", **secret),
        "cashier": person_with("cashier", org.near.finance, name="钱出纳", **secret),
        "other": person_with("cashier", org.far.finance, name="孙出纳", **secret),
        "lead": person_with("finance_lead", org.near.finance, name="李财务", **secret),
    }


@pytest.fixture
def desk(chromium: Browser, staff: dict[str, Person], live_server: LiveServer) -> Iterator[Open]:
    """`desk("cashier")`: that person's browser, signed in; its pages must run without a complaint to the end."""
    opened: list[Desk] = []

    def open_desk(name: str, **options: Any) -> Desk:
        opened.append(Desk(chromium, live_server.url, staff[name], **options))
        return opened[-1]

    yield open_desk
    for one in opened:
        one.close()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def press(page: Page, do: str) -> None:
    """A button of the editor by what it does; the hidden one that Enter presses is not meant."""
    page.locator(f"button[name=do][value='{do}']:not(.jd-default)").click()


def unfold(page: Page, section: str) -> None:
    part = page.locator(f"#s-{section}")
    if part.get_attribute("open") is None:
        part.locator("> summary").click()


def change_the_cashier(page: Page, *, scripted: bool) -> None:
    """Reword the purpose and add a piece of work with a number of its own."""
    page.goto("/positions/cashier/")
    page.locator("main a[href='/positions/cashier/edit/']").click()
    unfold(page, "purpose")
    page.locator("[name='purpose.zh']").fill("管好现金")
    page.locator("[name='purpose.en']").fill("Keep the cash well")
    unfold(page, "duties")
    count = page.locator("[name^='duties.0.items.'][name$='.zh']").count()
    press(page, "add:duties.0.items")
    added = f"duties.0.items.{count}"
    expect(page.locator(f"[name='{added}.zh']")).to_be_visible()
    if scripted:
        expect(page.locator("#s-purpose")).to_have_attribute("open", "")
        expect(page.locator(f"[name='{added}.no']")).to_be_focused()
    page.locator(f"[name='{added}.no']").fill("8")
    page.locator(f"[name='{added}.zh']").fill("每日盘点现金")
    page.locator(f"[name='{added}.en']").fill("Count the cash every day")
    assert page.locator("[name='purpose.zh']").input_value() == "管好现金"


def test_from_the_edit_to_the_signature(desk: Open, staff: dict[str, Person]) -> None:
    with step("personnel changes the description; a missing reason is said at the field"):
        personnel = desk("personnel")
        page = personnel.page
        change_the_cashier(page, scripted=True)
        picture(page, "1-form")
        press(page, "preview")
        expect(page.locator("#f-reason-error")).to_be_visible()
        assert page.locator("[name='purpose.zh']").input_value() == "管好现金"
    with step("the preview shows the difference before anything is kept"):
        page.locator("[name=reason]").fill("现金要每日盘点")
        press(page, "preview")
        expect(page.locator(".jd-diff ins").first).to_be_visible()
        assert "每日盘点现金" in page.locator(".jd-diff").inner_text()
        assert PositionVersion.objects.filter(position__code="cashier").count() == 1
        picture(page, "2-preview")
        assert personnel.fits()
    with step("it is put in force"):
        press(page, "save")
        page.wait_for_url(re.compile(r"/positions/cashier/$"))
        expect(page.locator(".jd")).to_contain_text("每日盘点现金")
        page.goto("/positions/cashier/versions/2/")
        expect(page.locator(".jd-diff")).to_contain_text("管好现金")
        picture(page, "3-version")
    with step("the holder hears the bell, reads and signs with the password"):
        cashier = desk("cashier")
        expect(cashier.page.locator("#bell-count")).to_have_text("1")
        cashier.page.goto("/account/")
        cashier.page.locator("main a[href='/positions/cashier/sign/']").click()
        expect(cashier.page.locator(".jd")).to_contain_text("每日盘点现金")
        picture(cashier.page, "4-sign")
        cashier.page.locator("[name=password]").fill("not-my-password")
        cashier.page.locator("main form[method=post] button[type=submit]").click()
        expect(cashier.page.locator(".field-error")).to_be_visible()
        assert not Signature.objects.exists()
        cashier.page.locator("[name=password]").fill(browsers.PASSWORD)
        cashier.page.locator("main form[method=post] button[type=submit]").click()
        cashier.page.wait_for_url(re.compile(r"/positions/cashier/$"))
        expect(cashier.page.locator(".jd-holders .state-green")).to_have_count(1)
        picture(cashier.page, "5-signed")
    with step(
        "the signature stands on the page and in the printed copy; the other holder's is still missing"
    ):
        assert Signature.objects.get().person == staff["cashier"]
        page.goto(f"/positions/cashier/print/?holder={staff['cashier'].pk}")
        expect(page.locator(".jd")).to_contain_text(
            f"{staff['cashier'].name} {Signature.objects.get().signed_at:%Y}"
        )
        picture(page, "6-print")
        page.goto("/positions/unsigned/")
        listed = page.locator("main table").inner_text()
        assert staff["other"].name in listed
        assert staff["cashier"].name not in listed
        status, _text = personnel.get("/positions/cashier.pdf?version=2")
        assert status == 200


def test_every_step_works_without_javascript(desk: Open) -> None:
    page = desk("personnel", java_script_enabled=False).page
    change_the_cashier(page, scripted=False)
    page.locator("[name=reason]").fill("现金要每日盘点")
    press(page, "preview")
    assert "每日盘点现金" in page.locator(".jd-diff").inner_text()
    press(page, "back")
    unfold(page, "purpose")
    assert page.locator("[name='purpose.zh']").input_value() == "管好现金"
    press(page, "preview")
    press(page, "save")
    expect(page.locator(".jd")).to_contain_text("每日盘点现金")
    assert PositionVersion.objects.get(position__code="cashier", number=2).reason == "现金要每日盘点"


def test_enter_in_a_field_previews_and_removes_nothing(desk: Open) -> None:
    page = desk("personnel").page
    page.goto("/positions/cashier/edit/")
    unfold(page, "head")
    page.locator("[name=zh]").fill("出纳员")
    page.locator("[name=zh]").press("Enter")
    expect(page.locator("#f-reason-error")).to_be_visible()
    assert page.locator("[name='duties.0.zh']").count() == 1


def test_two_editors_at_once_see_both_texts(desk: Open) -> None:
    late = desk("personnel")
    slow, fast = late.page, desk("personnel").page
    slow.goto("/positions/cashier/edit/")
    change_the_cashier(fast, scripted=True)
    fast.locator("[name=reason]").fill("先到")
    press(fast, "preview")
    press(fast, "save")
    fast.wait_for_url(re.compile(r"/positions/cashier/$"))
    unfold(slow, "purpose")
    slow.locator("[name='purpose.zh']").fill("我写的目的")
    slow.locator("[name='purpose.en']").fill("What I wrote")
    slow.locator("[name=reason]").fill("后到")
    press(slow, "preview")
    conflict = slow.locator(".conflict")
    expect(conflict).to_contain_text("管好现金")
    expect(conflict).to_contain_text("我写的目的")
    picture(slow, "7-conflict")
    # The browser's console calls the refusal that was asked for an error.
    late.complaints = [line for line in late.complaints if "status of 409" not in line]
    assert slow.locator("[name='purpose.zh']").input_value() == "我写的目的"
    press(slow, "preview")
    press(slow, "save")
    slow.wait_for_url(re.compile(r"/positions/cashier/$"))
    assert PositionVersion.objects.filter(position__code="cashier").count() == 3


def test_pages_fit_on_a_phone(desk: Open) -> None:
    lead = desk("lead", viewport=NARROW)
    for path in ("", "cashier/", "finance_lead/sign/", "unsigned/", "cashier/versions/1/", "cashier/print/"):
        lead.page.goto(f"/positions/{path}")
        picture(lead.page, f"phone-{path.replace('/', '-') or 'list'}")
        assert lead.fits(), path
    personnel = desk("personnel", viewport=NARROW)
    personnel.page.goto("/positions/service_agent/edit/")
    for section in ("head", "requirements", "duties", "powers", "grants"):
        unfold(personnel.page, section)
    picture(personnel.page, "phone-edit")
    assert personnel.fits()
