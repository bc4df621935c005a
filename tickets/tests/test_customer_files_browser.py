"""From an unknown caller to file, phone and case in a real browser, without typing anything twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from customers.models import Customer
from products.models import Device, ProductModel
from tickets.models import Case
from tickets.rules.numbers import spoken
from tickets.tests import factories, world
from tickets.tests.browser import Desk, Open, step
from tickets.tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, NAME, IMEI = "13700137123", "欧阳明月", world.imei(700_111)
CASE = re.compile(r"/cases/\d+/$")


def test_an_unknown_caller_becomes_file_phone_and_case_and_calls_again(desk: Open) -> None:
    agent = desk("agent")
    with step("the first call: number, name, IMEI, model"):
        first = first_call(agent)
    case = Case.objects.get(number=first)
    with step("the file shows the case and the phone"):
        agent.page.get_by_role("link", name="客户档案").click()
        expect(agent.page.locator("main")).to_contain_text("欧***")
        expect(agent.page.locator("main")).to_contain_text(spoken(first))
        expect(agent.page.locator("main")).to_contain_text("星河 X9 Pro")
        assert NAME not in agent.page.locator("main").inner_text()
        assert agent.fits()
    with step("the phone's history shows the case"):
        agent.page.goto(f"/devices/{case.device_id}/")
        expect(agent.page.locator("main")).to_contain_text(spoken(first))
        assert agent.fits()
    with step("the second call begins at the file: nothing is typed again"):
        agent.page.goto(f"/customers/{case.customer_id}/")
        second = second_call(agent)
    again = Case.objects.get(number=second)
    assert (again.customer_id, again.device_id) == (case.customer_id, case.device_id)
    assert Customer.objects.filter(name=NAME).count() == 1
    assert Device.objects.filter(imei=IMEI).count() == 1


def first_call(agent: Desk) -> int:
    """Log a repair for somebody unknown; the number of the case."""
    page = agent.page
    page.goto("/calls/new/")
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=imei]").fill(IMEI)
    expect(page.locator("#call-panel")).to_contain_text("此号码首次来电")
    page.locator("[name=customer_name]").fill(NAME)
    page.locator("[name=model_id]").select_option(str(ProductModel.objects.get(name="星河 X9 Pro").pk))
    page.locator("[name=fault]").fill("F03")
    page.locator("[name=description]").fill("充电后不开机")
    return saved(agent)


def second_call(agent: Desk) -> int:
    """Log another repair from the customer's page; only what is new is typed."""
    page = agent.page
    page.get_by_role("link", name="登记来电").last.click()
    chosen = page.locator("#call-panel [name=customer_id]:checked")
    expect(chosen).to_have_count(1)
    expect(page.locator("[name=customer_name]")).to_be_hidden()
    page.locator("#call-panel [name=device_id]").first.check()
    page.locator("[name=withheld]").check()
    page.locator("[name=fault]").fill("F03")
    page.locator("[name=description]").fill("修好后又不开机")
    return saved(agent)


def saved(agent: Desk) -> int:
    """Save; the number of the case."""
    agent.page.get_by_role("button", name="保存服务单").last.click()
    agent.page.wait_for_url(CASE)
    return int(agent.page.url.rstrip("/").rpartition("/")[2])


def test_a_duplicate_is_found_merged_and_separated_again_with_what_came_meanwhile(
    desk: Open, staff: World
) -> None:
    agent = desk("agent")
    kept, merged = (
        factories.log(
            staff.people["agent"], phone=PHONE, customer_name=NAME, kind="inquiry", imei="", fault_id=None
        )
        for _ in range(2)
    )
    with step("the pair stands in the list of likely duplicates; both files side by side"):
        agent.page.goto("/customers/duplicates/")
        agent.page.locator(
            f"a[href='/customers/{kept.customer_id}/merge/{merged.customer_id}/']"
        ).first.click()
        expect(agent.page.locator("#compare-title")).to_be_visible()
        assert agent.fits()
    with step("they are merged: the file shows both cases"):
        with agent.page.expect_navigation():
            agent.page.get_by_role("button", name=re.compile("并入")).click()
        agent.page.goto(f"/customers/{kept.customer_id}/")
        for case in (kept, merged):
            expect(agent.page.locator("main")).to_contain_text(spoken(case.number))
    with step("a note comes to the case that moved"):
        agent.page.goto(merged.get_absolute_url())
        agent.take("添加备注", state="已登记", note="合并后补充")
        expect(agent.page.locator(".events")).to_contain_text("合并后补充")
    with step("the merge is taken back: case and note are at their owner"):
        agent.page.goto(f"/customers/{kept.customer_id}/")
        agent.page.get_by_role("link", name=re.compile("已并入本档案|并入")).first.click()
        undo = agent.page.get_by_role("button", name="撤销合并")
        expect(undo).to_be_visible()
        undo.click()
        expect(agent.page.locator(".notice")).to_contain_text("合并已撤销")
        agent.page.goto(f"/customers/{merged.customer_id}/")
        expect(agent.page.locator("main")).to_contain_text(spoken(merged.number))
        agent.page.goto(f"/customers/{kept.customer_id}/")
        expect(agent.page.locator("main")).to_contain_text(spoken(kept.number))
        expect(agent.page.locator("main")).not_to_contain_text(spoken(merged.number))
    merged.refresh_from_db()
    assert [note.text for note in merged.notes.all()] == ["合并后补充"]
    assert merged.customer.merged_into_id is None


def test_a_look_up_that_is_slow_does_not_swallow_the_save(desk: Open) -> None:
    agent = desk("agent")
    agent.page.goto("/calls/new/")
    agent.page.locator("[name=phone]").fill(PHONE)
    expect(agent.page.locator("#call-panel")).to_contain_text("此号码首次来电")
    agent.page.locator("[name=kind][value=inquiry]").check()
    agent.page.locator("[name=description]").fill("如何设置呼叫转移")
    held: list[Route] = []
    agent.page.route("**/customers/similar/", lambda route: held.append(route))
    with agent.page.expect_request("**/customers/similar/"):
        agent.page.locator("[name=customer_name]").fill(NAME)
    agent.page.get_by_role("button", name="保存服务单").last.click()
    agent.page.wait_for_url(CASE)
    assert Case.objects.filter(customer__name=NAME).exists()
    assert held
