"""The main job in real browsers: from the call to the closed case, and nothing of it at the neighbour's."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.settings.email import email_settings
from core import mail, outbox
from core.models import Effect
from products.models import ProductModel
from tickets import figures
from tickets.models import Case, Notice
from tickets.rules.numbers import spoken
from tickets.tests import factories, world
from tickets.tests.browser import MISSING, MODELS, NARROW, Desk, Hands, Letters, Open, squeezed, step
from tickets.tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_PRESSES = 40
PHONE, NAME, EMAIL, IMEI = "13700137000", "欧阳明月", "mingyue@example.com", world.imei(700_001)
WORDS = "昨天充电后不开机，长按电源键没有反应。"
FAULT = "F03"
RESULT = "更换电池，充电与开机正常。"


@pytest.fixture
def letters(settings: Any) -> Iterator[Letters]:
    """A local mail server, and the settings that send there."""
    server = Letters()
    for name, value in email_settings(server.url).items():
        setattr(settings, name, value)
    yield server
    server.close()


# -- The story ------------------------------------------------------------------------------------------------------


def test_from_the_call_to_the_closed_case(
    desk: Open, letters: Letters, settings: Any, tmp_path: Any, record_property: Any
) -> None:
    settings.EXPORT_DIR = tmp_path
    with step("the manager looks at the figures of the morning"):
        manager = desk("manager")
        morning = manager.figures()
    with step("the agent logs the repair by keyboard"):
        agent = desk("agent")
        number, presses = log_by_keyboard(agent)
        record_property("key presses", presses)
        print(f"{presses} key presses")
        assert presses <= MOST_PRESSES
    with step("the manager sees one more open and unassigned case"):
        moved(manager, morning, number, {"未结": 1, "待派单": 1, "0–3天": 1})
    engineer = hand_to_engineer(desk, number)
    work_on_it(engineer, manager, morning, number)
    with step("the agent hears the bell and closes"):
        agent.look_back()
        expect(agent.page.locator("#bell-count")).to_have_text("1")
        agent.follow_bell(number)
        agent.take("结案", state="已结案")
    with step("the notice stands in the outbox and is delivered"):
        notice_arrives(agent, letters, number)
    with step("the manager's figures are those of the morning, and the case is in the closed list"):
        assert manager.figures() == morning
        manager.page.goto("/cases/?view=closed")
        assert spoken(number) in manager.page.locator(".list-card").inner_text()
    unknown_to_the_neighbour(desk("other"), agent, number)


def log_by_keyboard(agent: Desk) -> tuple[int, int]:
    """From the start page to the number of the case, with events of the keyboard only; number and presses."""
    page, hands = agent.page, Hands(agent.page)
    hands.press("n")
    expect(page.locator("[name=phone]")).to_be_focused()
    hands.write(PHONE)
    hands.tab_to("imei")
    hands.write(IMEI)
    expect(page.locator("#call-panel")).to_contain_text("此号码首次来电")
    expect(page.locator("#call-panel")).to_contain_text("此IMEI首次登记")
    hands.tab_to("customer_name")
    hands.write(NAME)
    hands.tab_to("customer_email")
    hands.write(EMAIL)
    choose_model(hands, "星河 X9 Pro")
    expect(hands.tab_to("kind")).to_have_value("repair")
    hands.tab_to("fault")
    hands.pick(FAULT)
    hands.tab_to("description")
    hands.write(WORDS)
    expect(hands.tab_to("next_step")).to_have_value("pass_on")
    hands.press("Control+Enter")
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    number = int(page.url.rstrip("/").rpartition("/")[2])
    expect(page.locator("h1")).to_contain_text(spoken(number))
    expect(page.locator(".notice")).to_contain_text("已登记")
    logged_as_said(number)
    return number, hands.presses


def choose_model(hands: Hands, name: str) -> None:
    """Down the list of models to the one with `name`."""
    field = hands.tab_to("model_id")
    wanted = str(ProductModel.objects.get(name=name).pk)
    for _line in range(len(MODELS) + 1):
        if field.input_value() == wanted:
            return
        hands.press("ArrowDown")
    expect(field).to_have_value(wanted)


def logged_as_said(number: int) -> None:
    """What was typed is what is stored."""
    case = Case.objects.select_related("customer", "device__model", "fault").get(number=number)
    assert (case.kind, case.status, case.caller_number, case.description) == (
        "repair",
        "logged",
        PHONE,
        WORDS,
    )
    assert (case.customer.name, case.customer.email) == (NAME, EMAIL)
    assert (case.device.imei, case.device.model.name, case.fault.code) == (IMEI, "星河 X9 Pro", FAULT)


def hand_to_engineer(desk: Open, number: int) -> Desk:
    """The technical leader hears the bell and assigns; the engineer's open page rings."""
    with step("the engineer is at the desk and has nothing new"):
        engineer = desk("engineer")
        expect(engineer.page.locator("#bell-count")).to_be_hidden()
    with step("the leader hears the bell and assigns"):
        leader = desk("leader")
        leader.follow_bell(number)
        leader.take("派单", state="已派单", assignee=str(engineer.person.pk))
    with step("the engineer's bell rings and leads to the case"):
        engineer.look_back()
        expect(engineer.page.locator("#bell-count")).to_have_text("1")
        engineer.follow_bell(number)
        expect(engineer.page.locator("#bell-count")).to_be_hidden()
    return engineer


def work_on_it(engineer: Desk, manager: Desk, morning: dict[str, int], number: int) -> None:
    """Accept, wait for a part, resume, resolve; the manager follows by the figures."""
    with step("the engineer accepts"):
        engineer.take("接单", state="处理中")
    with step("the engineer waits for a part, and the manager sees it"):
        engineer.take("转为等待", state="等待中", wait_reason="parts")
        moved(manager, morning, number, {"未结": 1, "待派单": 0, "等待配件": 1})
    with step("the part is there"):
        engineer.take("恢复处理", state="处理中")
    with step("the engineer resolves, and the manager sees it"):
        engineer.take("解决", state="已解决", resolution=RESULT)
        moved(manager, morning, number, {"未结": 1, "等待配件": 0, "已解决待结案": 1})


def moved(manager: Desk, morning: dict[str, int], number: int, by: dict[str, int]) -> None:
    """Each figure moved `by` so much since the morning, and its list shows the case when it counts it."""
    now = manager.figures()
    assert {label: now[label] - morning[label] for label in by} == by
    for label, change in by.items():
        shown = manager.list_behind(label).all_inner_texts()
        assert (spoken(number) in shown) == bool(change), f"list behind {label}"


def notice_arrives(agent: Desk, letters: Letters, number: int) -> None:
    """Waiting in the outbox, then one letter under the id that the effect had from the start."""
    notice = Notice.objects.get(case__number=number)
    effect = Effect.objects.get(kind="tickets.notice")
    assert (notice.effect_id, effect.state, effect.payload) == (effect.pk, "pending", {"notice": notice.pk})
    expected_id = mail.message_id(effect)
    outbox.drain()
    outbox.drain()
    (letter,) = letters.letters
    assert letter["Message-ID"] == expected_id
    assert letter["To"] == EMAIL
    assert letter["Subject"] == f"您的服务单{spoken(number)}已结案"
    assert RESULT in letter.get_content()
    assert Effect.objects.get(pk=effect.pk).state == "done"
    agent.page.reload()
    expect(agent.page.locator(".notices-list")).to_contain_text("已送达")


# -- The neighbour --------------------------------------------------------------------------------------------------


def unknown_to_the_neighbour(other: Desk, agent: Desk, number: int) -> None:
    """The agent of the other centre finds nothing of the case anywhere; the own agent shows that it is there."""
    with step("the neighbour's case page is that of a number that does not exist"):
        same_as_missing(other, f"/cases/{number}/", number)
        answer = other.page.goto(f"/cases/{number}/")
        assert answer is not None
        assert answer.status == 404
        expect(other.page.locator("h1")).to_have_text("没有内容")
    with step("the neighbour's lists and counts"):
        not_in_lists(other, number)
    with step("the neighbour's search"):
        not_in_search(other, number)
    with step("the neighbour's export"):
        assert squeezed(str(number)) not in exported(other)
        assert squeezed(str(number)) in exported(agent)
    with step("the neighbour's API"):
        same_as_missing(other, f"/api/v1/cases/{number}/", number)
        assert number not in numbers_of_api(other)
        assert number in numbers_of_api(agent)


def same_as_missing(other: Desk, address: str, number: int) -> None:
    """404 with the text that a number which does not exist gets."""
    there = other.get(address)
    missing = other.get(address.replace(str(number), str(MISSING)))
    assert there[0] == missing[0] == 404
    assert there[1].replace(str(number), "N") == missing[1].replace(str(MISSING), "N")


def not_in_lists(other: Desk, number: int) -> None:
    """No tab of the list shows it, the count of all is the neighbour's own case, the start page is silent."""
    for tab in figures.TABS:
        status, text = other.get(f"/cases/?view={tab}")
        assert status == 200
        assert str(number) not in squeezed(text), tab
    other.page.goto("/cases/?view=all")
    expect(other.page.locator(".pages-count")).to_have_text("共 1 条")
    other.page.goto("/")
    assert str(number) not in squeezed(other.page.locator("main").inner_text())


def not_in_search(other: Desk, number: int) -> None:
    """Number and name find nothing; the full phone number or IMEI gives one line that says where to ask."""
    for text in (str(number), spoken(number), NAME):
        main = other.search(text)
        expect(main).to_contain_text("在您的职责范围内没有找到")
        expect(main.locator("tbody tr, .elsewhere")).to_have_count(0)
    for text in (PHONE, IMEI):
        main = other.search(text)
        expect(main.locator(".elsewhere")).to_have_count(1)
        expect(main.locator("tbody tr")).to_have_count(0)
        expect(main.locator(f"a[href*='{number}']")).to_have_count(0)
        line = squeezed(main.locator(".elsewhere").inner_text())
        assert re.fullmatch(r"A·维修·\d{4}-\d{2}·已结", line), line


def exported(one: Desk) -> str:
    """The rows of the file that this person gets from the list of all cases."""
    one.page.goto("/cases/?view=all")
    one.page.get_by_role("button", name="导出", exact=True).click()
    one.page.wait_for_url("**/exports/")
    expect(one.page.locator("main tbody tr")).to_have_count(1)
    outbox.drain()
    one.page.reload()
    with one.page.expect_download() as download:
        one.page.get_by_role("link", name="下载").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 1
    return squeezed(str(rows))


def numbers_of_api(one: Desk) -> set[int]:
    """Case numbers in the list of the API; there is always a case of the own centre."""
    status, text = one.get("/api/v1/cases/?view=all")
    assert status == 200
    found = {int(row["number"]) for row in json.loads(text)["results"]}
    assert found
    return found


# -- Without JavaScript, and on a telephone -------------------------------------------------------------------------


def test_the_call_page_without_javascript(desk: Open, staff: World) -> None:
    before = factories.log(staff.people["agent"], phone=PHONE, customer_name=NAME)
    with step("sign in and open the call page"):
        agent = desk("agent", java_script_enabled=False)
        page = agent.page
        page.locator("main").get_by_role("link", name="登记来电").first.click()
    typed = {"phone": PHONE, "imei": IMEI, "description": WORDS, "fault": FAULT}
    with step("look up, which keeps what was typed"):
        for name, value in typed.items():
            page.locator(f"[name={name}]").fill(value)
        page.get_by_role("button", name="查询", exact=True).click()
        expect(page.locator("#call-panel")).to_contain_text("此IMEI首次登记")
        expect(page.locator("#call-panel")).to_contain_text(spoken(before.number))
        for name, value in typed.items():
            expect(page.locator(f"[name={name}]")).to_have_value(value)
    with step("save with a field missing, which says so and keeps everything"):
        page.locator("[data-save]").click()
        expect(page.locator(".form-errors")).to_be_visible()
        expect(page.locator("[name=description]")).to_have_value(WORDS)
    with step("choose the model and save"):
        page.locator("[name=model_id]").select_option(label="折扇 F2")
        page.locator("[data-save]").click()
        page.wait_for_url(re.compile(r"/cases/\d+/$"))
        case = Case.objects.select_related("device__model").latest("id")
        expect(page.locator("h1")).to_contain_text(spoken(case.number))
    assert (case.customer_id, case.device.model.name) == (before.customer_id, "折扇 F2")
    assert (case.caller_number, case.device.imei, case.description) == (PHONE, IMEI, WORDS)


def test_the_engineer_works_on_a_telephone(desk: Open, staff: World) -> None:
    case = factories.log(staff.people["agent"])
    factories.take(staff.people["leader"], case, "assign", assignee=staff.people["engineer"].pk)
    with step("start page and bell"):
        engineer = desk("engineer", viewport=NARROW)
        assert engineer.fits()
        engineer.follow_bell(case.number)
        assert engineer.fits()
    with step("accept"):
        engineer.take("接单", state="处理中")
    with step("resolve"):
        engineer.take("解决", state="已解决", resolution=RESULT)
    case.refresh_from_db()
    assert (case.status, case.resolution) == ("resolved", RESULT)
