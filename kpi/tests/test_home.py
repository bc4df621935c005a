"""Start pages: the right one for each position, figures that open their lists, a fixed number of statements."""

from __future__ import annotations

import re

import pytest

from tickets.tests import factories, world
from tickets.tests.conftest import Browser
from tickets.tests.world import World

FIGURE = re.compile(r'class="stat [^"]*" href="([^"]+)">.*?class="stat-value">(\d+)<', re.DOTALL)
ROW = re.compile(r'href="/cases/\d+/"')
STATEMENTS = {"manager": 8, "agent": 8, "engineer": 8}


def test_every_figure_opens_exactly_its_list(office: World, browser: Browser) -> None:
    for index in range(5):
        world.case(
            unit=office.units["A-TECH"], logged_by=office.people["agent"], assignee=office.people["engineer"],
            status=["logged", "in_progress", "waiting", "resolved", "closed"][index],
        )  # fmt: skip
    client = browser("manager")
    figures = FIGURE.findall(client.get("/").content.decode())
    assert len(figures) == 9
    for address, value in figures:
        assert len(ROW.findall(client.get(address).content.decode())) == int(value), address


def test_handlers_figures_open_their_lists(office: World, browser: Browser) -> None:
    for _index in range(3):
        world.case(
            unit=office.units["A-TECH"], logged_by=office.people["agent"], assignee=office.people["engineer"],
            status="in_progress",
        )  # fmt: skip
    client = browser("manager")
    address = f"/cases/?view=open&amp;handler={office.people['engineer'].pk}"
    assert f'href="{address}">3<' in client.get("/").content.decode()
    assert len(ROW.findall(client.get(address.replace("&amp;", "&")).content.decode())) == 3


def test_an_agent_sees_own_work_and_the_call_button(office: World, browser: Browser) -> None:
    mine = factories.log(office.people["agent"], kind="inquiry", imei="", next_step="keep")
    body = browser("agent").get("/").content.decode()
    assert mine.get_absolute_url() in body
    assert 'data-shortcut="n"' in body


def test_whoever_holds_no_post_sees_no_cases(office: World, browser: Browser) -> None:
    office.account("nobody")
    factories.log(office.people["agent"])
    assert not ROW.search(browser("nobody").get("/").content.decode())


@pytest.mark.parametrize("rows", [1, 25, 100])
@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_statements_do_not_grow_with_cases(
    office: World,
    browser: Browser,
    django_assert_num_queries: object,
    name: str,
    rows: int,
) -> None:
    for _index in range(rows):
        world.case(
            unit=office.units["A-TECH"], logged_by=office.people["agent"], assignee=office.people["engineer"],
            status="in_progress",
        )  # fmt: skip
    client = browser(name)
    client.get("/cases/")
    with django_assert_num_queries(STATEMENTS[name]):  # type: ignore[operator]
        client.get("/")
