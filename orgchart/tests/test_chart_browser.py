"""The organisation chart in a real browser: zoom, search, keyboard, comparison, paper, policy and accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from orgchart.enums import UnitKind
from orgchart.models import Appointment, Person
from orgchart.scope import today
from orgchart.services import name_deputy, seed_establishment
from orgchart.services.units import create_unit
from orgchart.tests.factories import (
    SYSTEM,
    Organisation,
    PersonFactory,
    appoint,
    make_centre,
    make_organisation,
    person_with,
)
from tools.assets import axe_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "gate-river-lamp-72"
DAY = timedelta(days=1)
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(found => ['serious', 'critical'].includes(found.impact))
    .map(found => `${found.id}: ${found.nodes[0].html.slice(0, 120)}`)"""
SCALE = "() => new DOMMatrix(getComputedStyle(document.querySelector('.chart-svg > g')).transform).a"
Open = Callable[..., Page]


@pytest.fixture(autouse=True)
def own_pages() -> None:
    """The whole application, not the pages of this app alone."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests here; Playwright's event loop looks like asynchronous code to Django."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=30_000)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def org(transactional_db: None) -> Organisation:
    """Two centres with people, twenty empty ones, sales beside the department, an establishment, a deputy, a change."""
    org = make_organisation()
    for number in range(20):
        make_centre(org.department, f"C7{number:02}000", "110000", links=number == 19)
    create_unit(
        actor=SYSTEM,
        code="SALES",
        kind=UnitKind.OUTSIDE,
        name="销售部门",
        name_en="Sales",
        parent=org.company,
    )
    manager = person_with("centre_manager", org.near.unit, name="近省经理")
    lead = person_with("info_lead", org.near.info, name="近省组长")
    for number in range(3):
        person_with("service_agent", org.near.info, name=f"近省信息员{number}")
    person_with("department_manager", org.department, username="department", name="部门经理")
    mover = PersonFactory(name="调动人")
    turn = today() - 10 * DAY
    appoint(mover, "service_agent", org.near.info, ends_on=turn - DAY)
    appoint(mover, "service_agent", org.far.info, starts_on=turn)
    seed_establishment(actor=SYSTEM, starts_on=turn - 90 * DAY, counts={"service_agent": 4})
    post = Appointment.objects.get(person=manager)
    name_deputy(actor=SYSTEM, post=post, deputy=lead, starts_on=today(), ends_on=today() + 5 * DAY)
    Person.objects.update(password=make_password(PASSWORD), must_change_password=False)
    return org


@pytest.fixture
def open_chart(chromium: Browser, live_server: LiveServer, org: Organisation) -> Iterator[Open]:
    """`open_chart("/chart/")`: the page of the department manager, drawn; it must run without a complaint."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def listen(line: Any) -> None:
        if "Content Security" in line.text or line.type == "error":
            complaints.append(line.text)

    def open_page(address: str = "/chart/", width: int = 1440, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale="zh-CN", viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", listen)
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill("department")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(re.compile(r"^(?!.*accounts/login)"))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def drawn(page: Page) -> Page:
    expect(page.locator("#chart[data-ready]")).to_have_count(1)
    page.wait_for_timeout(300)
    return page


def card(page: Page, text: str) -> Any:
    return page.locator(".chart-card").filter(has=page.locator("text.chart-title", has_text=text))


def height_in_frame(page: Page, text: str) -> float:
    """Where a card is within the picture, whatever the page scrolls."""
    script = "box => box.getBoundingClientRect().y - document.querySelector('#chart-canvas').getBoundingClientRect().y"
    return card(page, text).first.evaluate(script)  # type: ignore[no-any-return]


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.querySelector('.chart-row-title')?.textContent ?? ''")  # type: ignore[no-any-return]


def test_the_first_levels_are_unfolded_in_columns(open_chart: Open, org: Organisation) -> None:
    page = drawn(open_chart())
    assert page.locator(".chart-card").count() < 40
    boxes = [
        page.locator(".chart-card").nth(at).bounding_box()
        for at in range(page.locator(".chart-card").count())
    ]
    width = max(box["x"] + box["width"] for box in boxes if box) - min(box["x"] for box in boxes if box)
    assert width < 2_000, "22 centres stand in columns, not in one line"
    expect(card(page, "C440000").first).to_contain_text("近省经理")
    expect(card(page, "C440000").first).to_contain_text("代理：近省组长")
    expect(card(page, "C510000").first).to_contain_text("空缺")
    expect(page.locator(".chart-dotted path")).to_have_count(1)


def test_buttons_keys_and_the_wheel_zoom_and_move(open_chart: Open) -> None:
    page = drawn(open_chart())
    before = page.evaluate(SCALE)
    page.locator("[data-chart=larger]").click()
    assert page.evaluate(SCALE) > before
    page.locator("#chart-canvas").focus()
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert page.evaluate(SCALE) < before
    at = height_in_frame(page, "HQ")
    page.keyboard.press("ArrowDown")
    assert at - height_in_frame(page, "HQ") == pytest.approx(80, abs=2)
    middle = page.locator("#chart-canvas").bounding_box()
    page.mouse.move(middle["x"] + 200, middle["y"] + 200)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(200)
    assert page.evaluate(SCALE) > before * 0.7
    page.keyboard.press("0")
    box = page.locator(".chart-cards").bounding_box()
    frame = page.locator("#chart-canvas").bounding_box()
    assert box["width"] <= frame["width"]
    assert box["height"] <= frame["height"]


def test_unfolding_and_folding_by_the_card(open_chart: Open) -> None:
    page = drawn(open_chart())
    expect(card(page, "C440000-INFO")).to_have_count(0)
    card(page, "C440000").first.locator(".chart-toggle").click()
    expect(card(page, "C440000-INFO")).to_have_count(1)
    expect(card(page, "C440000-INFO")).to_contain_text("缺编 1")
    page.wait_for_timeout(300)
    card(page, "C440000-INFO").locator(".chart-toggle").click()
    page.wait_for_timeout(300)
    card(page, "信息员").locator(".chart-toggle").click()
    expect(card(page, "近省信息员1")).to_have_count(1)
    expect(page.locator(".chart-dotted path")).to_have_count(2)
    card(page, "C440000").first.locator(".chart-toggle").click()
    expect(card(page, "C440000-INFO")).to_have_count(0)


def test_the_search_unfolds_down_to_a_person(open_chart: Open) -> None:
    page = drawn(open_chart())
    page.locator("#chart-name").fill("近省信息员2")
    expect(page.locator("#chart-hits")).to_contain_text("找到 1 项")
    page.locator("#chart-name").press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page, "近省信息员2")).to_have_class(re.compile("is-selected"))
    expect(page.locator("#chart-detail h3")).to_have_text("近省信息员2")
    person = Person.objects.get(name="近省信息员2")
    expect(page.locator("#chart-detail a").first).to_have_attribute("href", f"/staff/{person.pk}/")
    assert "近省" not in page.url
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_contain_text("近省信息员2")
    page.locator("#chart-name").fill("B1-O1")
    expect(page.locator(".chart-hit").first).to_contain_text("B1-O1")
    page.locator("#chart-name").fill("没有这个人")
    expect(page.locator("#chart-hits")).to_contain_text("没有符合的结果")


def test_arrow_keys_walk_through_the_tree(open_chart: Open) -> None:
    page = drawn(open_chart())
    page.locator("[role=treeitem][tabindex='0']").focus()
    assert focused(page) == "HQ"
    walked = []
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowUp", "Home", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked[0] == "ASD"
    assert walked[2] == "销售部门"
    assert walked[4:] == ["HQ", "ASD", "ASD", "HQ"]
    expect(page.locator("[role=treeitem]").filter(has_text="ASD").first).to_have_attribute(
        "aria-expanded", "false"
    )
    assert page.locator("[role=treeitem][tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    assert focused(page) == "ASD"
    page.keyboard.press("ArrowRight")
    expect(page.locator("#chart-detail h3")).to_have_text("ASD")
    with page.expect_navigation(url=re.compile(r"/units/\d+/$")):
        page.keyboard.press("Enter")


def test_a_row_says_what_the_card_shows(open_chart: Open) -> None:
    page = drawn(open_chart())
    row = page.locator("[role=treeitem]").filter(has_text="近省经理")
    said = row.text_content() or ""
    for words in ("C440000", "客服中心经理", "代理：近省组长", "在岗 1 / 编制 1", "含下级", "直接下级"):
        assert words in said
    expect(row).to_have_attribute("aria-level", "3")
    assert int(row.get_attribute("aria-setsize") or 0) >= 22


def test_two_days_are_compared_in_colour_and_word(open_chart: Open) -> None:
    page = drawn(open_chart(f"/chart/?with={today() - 20 * DAY}"))
    lines = page.locator("ul.chart-lines li")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("调动")
    expect(lines).to_contain_text("C440000-INFO，信息员 → C510000-INFO，信息员")
    expect(card(page, "C440000").first).to_contain_text("变动 1 项")
    page.locator("#chart-name").fill("调动人")
    expect(page.locator(".chart-hit")).to_have_count(2)
    page.locator(".chart-hit").first.click()
    expect(card(page, "调动人").locator(".chart-chip-secondary, .chart-chip-blue")).to_have_count(1)
    expect(card(page, "调动人")).to_contain_text(re.compile("调入|调出"))


def test_the_form_takes_the_days(open_chart: Open) -> None:
    page = drawn(open_chart())
    page.locator("[name=with]").fill(str(today() - 20 * DAY))
    with page.expect_navigation(url=re.compile("with=")):
        page.locator(".chart-top button[type=submit]").click()
    drawn(page)
    expect(page.locator(".page-head-note")).to_contain_text(f"与 {today() - 20 * DAY} 对比")


def test_one_part_alone(open_chart: Open, org: Organisation) -> None:
    page = drawn(open_chart())
    card(page, "C440000").first.click()
    with page.expect_navigation(url=re.compile(f"unit={org.near.unit.pk}")):
        page.locator("#chart-detail a", has_text="只看这一部分").click()
    drawn(page)
    expect(card(page, "C510000")).to_have_count(0)
    expect(card(page, "C440000-INFO")).to_have_count(1)


def test_the_picture_fills_one_sheet_of_the_chosen_paper(open_chart: Open, tmp_path: Path) -> None:
    page = drawn(open_chart())
    millimetres = {"a4l": (297, 210), "a4p": (210, 297), "a3l": (420, 297), "a3p": (297, 420)}
    before = page.locator(".chart-svg > g").get_attribute("transform")
    for paper, size in millimetres.items():
        page.locator("#chart-paper").select_option(paper)
        file = tmp_path / f"{paper}.pdf"
        page.pdf(path=file, prefer_css_page_size=True)
        sheets = PdfReader(file).pages
        box = sheets[0].mediabox
        assert len(sheets) == 1
        assert (float(box.width) / 72 * 25.4, float(box.height) / 72 * 25.4) == pytest.approx(size, abs=1)
        assert "C440000" in sheets[0].extract_text(), "text stays text, so it stays sharp"
    assert page.locator(".chart-svg").get_attribute("viewBox") is None
    assert page.locator(".chart-svg > g").get_attribute("transform") == before


def test_without_scripts_the_list_and_the_search_do(open_chart: Open, org: Organisation) -> None:
    page = open_chart(java_script_enabled=False)
    expect(page.locator(".tree")).to_contain_text("近省经理")
    expect(page.locator(".tree")).to_contain_text("空缺")
    details = page.locator("details").filter(has=page.locator("summary", has_text="下设单位")).nth(2)
    expect(details.locator("> ul")).to_be_hidden()
    details.locator("> summary").click()
    expect(details.locator("> ul")).to_be_visible()
    page.locator("#chart-name").fill("近省信息员1")
    page.locator("#chart-search button").click()
    assert "近省" not in page.url
    expect(page.locator("table a", has_text="近省信息员1")).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_overflows_and_everybody_can_use_it(open_chart: Open, width: int, language: str) -> None:
    Person.objects.update(language=language)
    page = drawn(open_chart(f"/chart/?with={today() - 20 * DAY}", width=width, bypass_csp=True))
    page.evaluate(axe_path().read_text(encoding="utf-8") + "; undefined")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SERIOUS) == []
    if width == 390:
        boxes = [page.locator(part).bounding_box() for part in (".chart-side", ".chart-main")]
        assert boxes[0]["y"] < boxes[1]["y"], "the list comes first"
        assert page.locator("#chart-canvas").bounding_box()["height"] > 300
