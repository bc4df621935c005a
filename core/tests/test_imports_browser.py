"""An import in a real browser: columns given by keyboard and by dragging, progress, good rows, result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core import outbox
from core.imports import store
from core.models import Effect, ImportFile
from customers.models import Customer
from orgchart.models import Person
from tickets.tests import browser as browsers
from tickets.tests import world
from tickets.tests.browser import NARROW, Desk, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")
ROWS = "谁,号码,哪里,说明\r\n张三丰,13800138000,广东,熟客\r\n李四,123,火星,\r\n王五,02088886666,四川,\r\n"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the stories of this file."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=browsers.PATIENCE)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=browsers.ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def leader(settings: Any, tmp_path: Path) -> Person:
    """The leader of an information group."""
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    settings.IMPORT_DIR = tmp_path / "imports"
    made = world.build().person("leader", "info_lead", "A-INFO")
    Person.objects.update(password=make_password(browsers.PASSWORD))
    return made


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, leader: Person) -> Iterator[Desk]:
    """The leader's browser; its pages must run without a complaint to the end."""
    opened = Desk(chromium, live_server.url, leader)
    yield opened
    opened.close()


def picture(page: Page, name: str) -> None:
    """Leave a picture where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def deliver(kind: str) -> None:
    """Let the worker do what waits."""
    for effect in Effect.objects.filter(kind=kind, state="pending"):
        outbox.deliver(effect.pk)


def upload(page: Page) -> None:
    page.goto("/imports/")
    page.get_by_label("名单").first.select_option("customers")
    page.locator("input[type=file]").set_input_files(
        {"name": "客户.csv", "mimeType": "text/csv", "buffer": ROWS.encode("gbk")}
    )
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_label("文件编码")).to_have_value("gb18030")
    for place in range(4):
        expect(page.locator(f"#column-{place}")).to_have_value("")


def test_columns_by_keyboard_good_rows_and_result(desk: Desk) -> None:
    page = desk.page
    with step("upload, and give the columns with keys alone"):
        upload(page)
        page.locator("#column-0").focus()
        for steps in (2, 3, 9):
            for _step in range(steps):
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Tab")
        expect(page.locator("#column-0")).to_have_value("name")
        expect(page.locator("#column-1")).to_have_value("phone")
        expect(page.locator("#column-2")).to_have_value("province")
        picture(page, "columns")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    with step("the check runs, and the page says by itself when it is done"):
        expect(page.locator("#import-progress")).to_be_visible()
        picture(page, "checking")
        deliver(store.CHECK)
        expect(page.get_by_text("电话号码不正确").first).to_be_visible()
        expect(page.get_by_text("没有此名称或代码的省份")).to_be_visible()
        picture(page, "checked")
        page.set_viewport_size(NARROW)
        assert not page.evaluate(browsers.CUT_OFF, NARROW["width"])
        picture(page, "checked-narrow")
        page.set_viewport_size(browsers.WIDE)
        assert not Customer.objects.exists()
    with step("load the good rows"):
        page.get_by_role("button", name="分批导入 2 行正确的行").click()
        expect(page.locator("#import-progress")).to_be_visible()
        deliver(store.LOAD)
        expect(page.get_by_role("link", name="导入结果（XLSX）")).to_be_visible()
        picture(page, "loaded")
    assert set(Customer.objects.values_list("name", flat=True)) == {"张三丰", "王五"}


def test_columns_by_dragging(desk: Desk) -> None:
    page = desk.page
    upload(page)
    chip = page.locator("[data-field=name]")
    with step("drag the name onto the second column, then onto the first: the second lets go"):
        chip.drag_to(page.locator("[data-column]").nth(1))
        expect(page.locator("#column-1")).to_have_value("name")
        chip.drag_to(page.locator("[data-column]").nth(0))
        expect(page.locator("#column-0")).to_have_value("name")
        expect(page.locator("#column-1")).to_have_value("")
    with step("drag the phone"):
        page.locator("[data-field=phone]").drag_to(page.locator("[data-column]").nth(1))
        expect(page.locator("#column-1")).to_have_value("phone")
        expect(page.locator("[data-field=phone]")).to_have_class("import-chip import-chip-used")
        picture(page, "dragged")
    page.get_by_role("button", name="检查全部行").click()
    expect(page.locator("#import-progress")).to_be_visible()
    assert ImportFile.objects.get().mapping == {"name": 0, "phone": 1}


def test_columns_without_javascript(chromium: Browser, live_server: LiveServer, leader: Person) -> None:
    desk = Desk(chromium, live_server.url, leader)
    state = desk.context.storage_state()
    desk.close()
    context = chromium.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        java_script_enabled=False,
        storage_state=state,
        viewport=NARROW,
    )
    context.set_default_timeout(browsers.PATIENCE)
    page = context.new_page()
    upload(page)
    picture(page, "no-script")
    page.locator("#column-0").select_option("name")
    page.get_by_role("button", name="检查全部行").click()
    expect(page.locator("#import-progress")).to_be_visible()
    deliver(store.CHECK)
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_text("此处为空，请填写。").first).to_be_visible()
    context.close()
