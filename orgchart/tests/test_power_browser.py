"""A proposal from the button to the decision in real browsers, and a button that is missing for a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from orgchart.enums import UseState
from orgchart.models import Person, PowerUse
from orgchart.tests.factories import make_organisation, person_with
from tickets.tests import browser as browsers
from tickets.tests.browser import NARROW, Desk, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "本季度首次解决率最高，建议通报表扬。"
Open = Callable[..., Desk]


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Playwright keeps an event loop on the test's thread, which Django takes for asynchronous code."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=browsers.PATIENCE)
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=browsers.ARGUMENTS)
        yield made
        made.close()
        expect.set_options(timeout=5_000)


@pytest.fixture
def staff(settings: Any) -> dict[str, Person]:
    """A centre manager, a group leader and an agent, who can log in."""
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    org = make_organisation()
    made = {
        "manager": person_with("centre_manager", org.near.unit, name="赵强"),
        "lead": person_with("info_lead", org.near.info, name="徐东"),
        "agent": person_with("service_agent", org.near.info, name="周洁"),
    }
    Person.objects.update(password=make_password(browsers.PASSWORD), is_demo=False)
    return made


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, staff: dict[str, Person]) -> Iterator[Open]:
    """`desk("lead")`: that person's browser, signed in; its pages must run without a complaint to the end."""
    opened: list[Desk] = []

    def open_desk(name: str, **options: Any) -> Desk:
        opened.append(Desk(chromium, live_server.url, staff[name], **options))
        return opened[-1]

    yield open_desk
    for one in opened:
        one.close()


@pytest.mark.parametrize("window", [browsers.WIDE, NARROW], ids=["wide", "narrow"])
def test_a_proposal_from_the_button_to_the_decision(
    desk: Open, staff: dict[str, Person], window: dict[str, int]
) -> None:
    agent = staff["agent"]
    with step("the leader opens the powers on the agent's page and chooses one"):
        lead = desk("lead", viewport=window)
        lead.page.goto(f"/staff/{agent.pk}/")
        lead.page.locator(f"main a[href='/staff/{agent.pk}/powers/']").first.click()
        lead.page.locator("#propose_reward a").click()
        dialog = lead.page.locator("#app-dialog")
        expect(dialog).to_contain_text("徐东")
        assert lead.fits()
    with step("an empty form is refused at its field, in the dialog"):
        dialog.locator("[name=text]").evaluate("field => field.removeAttribute('required')")
        dialog.locator("button[type=submit]").click()
        expect(dialog.locator(".field-wrong [name=text]")).to_be_visible()
    with step("written, it is submitted and stands on its page"):
        dialog.locator("[name=text]").fill(WORDS)
        with lead.page.expect_navigation(url=re.compile(r"/powers/\d+/$")):
            dialog.locator("button[type=submit]").click()
        expect(lead.page.locator("main")).to_contain_text(WORDS)
        expect(lead.page.locator("main")).to_contain_text("赵强")
        assert lead.fits()
    with step("the manager hears the bell, reads it and accepts"):
        manager = desk("manager", viewport=window)
        expect(manager.page.locator("#bell-count")).to_have_text("1")
        manager.page.goto("/powers/")
        assert manager.fits()
        manager.page.locator("tbody th a").click()
        expect(manager.page.locator("main .why-yes")).to_contain_text("徐东")
        manager.page.locator("[name=answer]").fill("同意")
        manager.page.locator("button[value=accept]").click()
        expect(manager.page.locator("[name=answer]")).to_have_count(0)
        expect(manager.page.locator("main")).to_contain_text("同意")
        assert manager.fits()
    with step("the leader is told"):
        lead.look_back()
        expect(lead.page.locator("#bell-count")).to_have_text("1")
    done = PowerUse.objects.get()
    assert (done.state, done.decided_by) == (UseState.ACCEPTED, staff["manager"])


def test_a_missing_button_has_its_reason_beside_it(desk: Open, staff: dict[str, Person]) -> None:
    manager = desk("manager")
    manager.page.goto(f"/staff/{staff['agent'].pk}/powers/")
    row = manager.page.locator("#propose_reward")
    expect(row.locator("a")).to_have_count(0)
    expect(row.locator(".why")).to_contain_text("徐东")
    expect(manager.page.locator("#appraise a")).to_have_count(1)


def test_a_power_is_used_without_scripts(
    chromium: Browser, live_server: LiveServer, staff: dict[str, Person]
) -> None:
    """The button leads to a page of its own, which sends the form like any other."""
    lead = Desk(chromium, live_server.url, staff["lead"], java_script_enabled=False)
    lead.page.goto(f"/staff/{staff['agent'].pk}/powers/")
    lead.page.locator("#supervise a").click()
    lead.page.locator("[name=text]").fill(WORDS)
    lead.page.locator("main button[type=submit]").click()
    expect(lead.page.locator("main")).to_contain_text(WORDS)
    lead.close()
    assert PowerUse.objects.get().text == WORDS
