"""Staff in real browsers: a transfer on a date moves the queue by itself; a leader goes on leave and a deputy acts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core import outbox
from core.models import AuditEvent, Effect
from orgchart.models import Appointment, Person
from tickets.models import Case
from tickets.rules.numbers import spoken
from tickets.tests import browser as browsers
from tickets.tests import world
from tickets.tests.browser import NARROW, Desk, squeezed, step
from tickets.tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, LAST = "2026-11-25", "2026-11-27"
THE_DAY_BEFORE, THE_DAY, THE_LAST_DAY, THE_DAY_AFTER = (
    f"{day}T02:00:00+00:00" for day in ("2026-11-24", FIRST, LAST, "2026-11-28")
)
Open = Callable[..., Desk]
PICTURES = os.environ.get("PICTURES", "")
"""A folder: with it the stories leave pictures there, to be looked at."""


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
def staff(settings: Any) -> World:
    """Two centres; in A a technical leader, an engineer and an agent, a manager above, and the personnel leader."""
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False
    made = world.build()
    made.person("leader", "tech_lead", "A-TECH")
    made.person("engineer", "repair_engineer", "A-TECH")
    made.person("agent", "service_agent", "A-INFO")
    made.person("manager", "centre_manager", "A")
    made.person("personnel", "admin_hr_lead", "DEP-HR")
    Appointment.objects.filter(position__is_leader=True).update(is_single=True)
    Person.objects.update(password=make_password(browsers.PASSWORD))
    return made


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, staff: World) -> Iterator[Open]:
    """`desk("leader")`: that person's browser, newly signed in; its pages must run without a complaint to the end."""
    opened: list[Desk] = []

    def open_desk(name: str, **options: Any) -> Desk:
        opened.append(Desk(chromium, live_server.url, staff.people[name], **options))
        return opened[-1]

    yield open_desk
    for one in opened:
        one.close()


def picture(page: Page, name: str) -> None:
    """Leave a picture where somebody looks at them."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def guided(at: Desk, path: str, name: str, **values: str) -> None:
    """Fill in a guided action, look at what follows, and do it."""
    page = at.page
    page.goto(path)
    for field, value in values.items():
        control = page.locator(f"form.guided [name={field}]")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("form.guided button[type=submit]").click()
    expect(page.locator("#follows-title")).to_be_focused()
    assert at.fits(), f"{path} does not fit"
    picture(page, name)
    page.locator(".follows button[type=submit]").click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.wait_for_load_state("load")
    picture(page, f"{name}-done")
    assert at.fits(), f"the page after {path} does not fit"


def queue(at: Desk) -> str:
    """The numbers on the list of open cases."""
    at.page.goto("/cases/")
    return squeezed(at.page.locator("main").inner_text())


def sees(at: Desk, case: Case) -> bool:
    """Whether the case stands on the list, and its page agrees."""
    listed = squeezed(spoken(case.number)) in queue(at)
    assert (at.get(f"/cases/{case.number}/")[0] == 200) is listed
    return listed


def repair(staff: World, **values: Any) -> Case:
    return world.case(unit=staff.units["A-TECH"], kind="repair", logged_by=staff.people["agent"], **values)


@pytest.mark.parametrize("options", [{}, {"viewport": NARROW}], ids=["wide", "narrow"])
def test_a_transfer_on_a_date_moves_the_queue(desk: Open, staff: World, options: dict[str, Any]) -> None:
    case, in_hand = repair(staff), repair(staff, assignee=staff.people["leader"], status="in_progress")
    leader, engineer = staff.people["leader"], staff.people["engineer"]
    size = "narrow" if options else "wide"
    with time_machine.travel(THE_DAY_BEFORE), step("personnel enters both transfers the day before"):
        personnel = desk("personnel", **options)
        personnel.page.goto(f"/staff/{leader.pk}/transfer/")
        for field, value in (("position", "tech_lead"), ("unit", "B-TECH"), ("starts_on", FIRST)):
            control = personnel.page.locator(f"form.guided [name={field}]")
            control.fill(value) if field == "starts_on" else control.select_option(value)
        personnel.page.locator("form.guided button[type=submit]").click()
        confirm = personnel.page.locator("[name=cases_stay]")
        expect(confirm).to_be_visible()
        picture(personnel.page, f"transfer-{size}")
        confirm.check()
        personnel.page.locator(".follows button[type=submit]").click()
        expect(personnel.page.locator(".notice-success")).to_be_visible()
        guided(
            personnel, f"/staff/{engineer.pk}/transfer/", f"transfer-newcomer-{size}",
            position="tech_lead", unit="A-TECH", starts_on=FIRST,
        )  # fmt: skip
    with time_machine.travel(THE_DAY_BEFORE), step("the day before the leader still leads"):
        assert sees(desk("leader"), case)
        assert desk("engineer").get(f"/cases/{case.number}/assign/")[0] == 403
    with time_machine.travel(THE_DAY), step("on the day the newcomer leads and the former one does not"):
        newcomer, former = desk("engineer", **options), desk("leader", **options)
        assert sees(newcomer, case)
        assert newcomer.get(f"/cases/{case.number}/assign/")[0] == 200
        picture(newcomer.page, f"transfer-newcomer-queue-{size}")
        assert not sees(former, case)
        assert sees(former, in_hand)
        picture(former.page, f"transfer-former-queue-{size}")


@pytest.mark.parametrize("options", [{}, {"viewport": NARROW}], ids=["wide", "narrow"])
def test_a_leader_on_leave_with_a_deputy(desk: Open, staff: World, options: dict[str, Any]) -> None:
    case, leader, agent = repair(staff), staff.people["leader"], staff.people["agent"]
    key = f"post{leader.appointments.get().pk}"
    size = "narrow" if options else "wide"
    Case.objects.filter(pk=case.pk).update(reader_ids=[], logged_by=staff.people["manager"])
    with time_machine.travel(THE_DAY_BEFORE), step("the manager records the leave"):
        manager = desk("manager", **options)
        guided(
            manager, f"/staff/{leader.pk}/leave/new/", f"leave-{size}", starts_on=FIRST, ends_on=LAST,
            **{f"deputy_{key}": "other", f"other_{key}": agent.employee_no},
        )  # fmt: skip
        manager.page.goto("/leave/")
        expect(manager.page.locator("main")).to_contain_text(agent.name)
        picture(manager.page, f"away-{size}")
        assert desk("agent").get(f"/cases/{case.number}/assign/")[0] in (403, 404)
    with time_machine.travel(THE_DAY), step("the deputy sees the queue, is told so, and assigns"):
        deputy = desk("agent", **options)
        assert sees(deputy, case)
        deputy.page.locator(".topbar-person").click()
        expect(deputy.page.locator(".menu-deputy")).to_contain_text(leader.name)
        picture(deputy.page, f"deputy-menu-{size}")
        deputy.page.goto(f"/cases/{case.number}/assign/")
        deputy.page.locator("[name=assignee]").select_option(str(staff.people["engineer"].pk))
        deputy.page.locator("main form button[type=submit]").click()
        expect(deputy.page.locator(".case-head")).to_be_visible()
        event = AuditEvent.objects.get(action="case.assigned")
        assert (event.actor_id, event.for_id) == (agent.pk, leader.pk)
        expect(deputy.page.locator("main")).to_contain_text(
            re.compile(f"{agent.name} (代|for) {leader.name}")
        )
        picture(deputy.page, f"deputy-timeline-{size}")
    with time_machine.travel(THE_LAST_DAY), step("on the last day the deputy still acts"):
        assert desk("agent").get(f"/cases/{case.number}/assign/")[0] in (200, 409)
    with time_machine.travel(THE_DAY_AFTER), step("the day after the last one nothing is left of it"):
        back = desk("agent")
        assert back.get(f"/cases/{case.number}/assign/")[0] in (403, 404)
        expect(back.page.locator(".menu-deputy")).to_have_count(0)


def test_a_list_is_checked_and_loaded(desk: Open, staff: World) -> None:
    personnel = desk("personnel")
    page = personnel.page
    rows = [
        "工号,姓名,登录名,岗位,单位,到岗日期",
        "N1,新一,new.1,维修工程师,A-TECH,2026-11-02",
        "N2,新二,new.2,总裁,A-TECH,昨天",
    ]
    page.goto("/staff/import/")
    buffer = "\r\n".join(rows).encode("gbk")
    page.locator("[name=file]").set_input_files(
        {"name": "名单.csv", "mimeType": "text/csv", "buffer": buffer}
    )
    page.locator("main form button[type=submit]").click()
    expect(page.locator("table tbody tr")).to_have_count(2)
    assert not Person.objects.filter(employee_no="N1").exists()
    assert personnel.fits()
    picture(page, "import-checked")
    page.locator("button[name=mode]").click()
    expect(page.locator("#import-progress")).to_be_visible()
    outbox.deliver(Effect.objects.get(kind="staff.import").pk)
    with step("the page notices by itself that it is done"):
        expect(page.locator("#import-progress")).to_have_count(0)
    assert Person.objects.filter(employee_no="N1").exists()
    picture(page, "import-loaded")
