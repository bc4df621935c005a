"""Lists of cases: figures, filters, pages, scope, statements."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tickets import columns, figures, listing
from tickets.enums import CaseStatus
from tickets.models import Case
from tickets.tests import world
from tickets.tests.conftest import Browser
from tickets.tests.world import World

LINK = re.compile(r'href="/cases/(\d+)/"')
PAGE = re.compile(r'href="(\?[^"]*cursor=[^"]*)" rel="next"')


def numbers(body: bytes) -> list[int]:
    return [int(found) for found in LINK.findall(body.decode())]


def fill(office: World, count: int) -> None:
    """Repairs of the centre with handlers, faults and due times that repeat, so that ties are broken by the id."""
    start = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    for index in range(count):
        world.case(
            unit=office.units["A-TECH"],
            logged_by=office.people["agent"],
            status="in_progress" if index % 2 else "logged",
            kind="repair",
            assignee=office.people["engineer"],
            now=start + timedelta(hours=index // 3),
            priority=1 + index % 3,
        )


@pytest.fixture
def every_state(office: World) -> World:
    """One case in each state, of different ages, in centre A, and one in centre B."""
    now = timezone.now()
    for index, state in enumerate(CaseStatus.values):
        world.case(
            unit=office.units["A-TECH" if index % 2 else "A-INFO"],
            logged_by=office.people["agent"],
            status=state,
            assignee=office.people["engineer" if index % 2 else "agent"],
            now=now - timedelta(days=index * 6),
        )
    world.case(unit=office.units["B-INFO"], logged_by=office.people["other"])
    return office


@pytest.mark.parametrize("name", ["manager", "agent", "engineer"])
def test_every_figure_counts_exactly_what_its_list_shows(
    every_state: World, browser: Browser, name: str
) -> None:
    person = every_state.people[name]
    counted = figures.count(
        Case.objects.permitted(person), figures.FIGURES, figures.Moment(person, timezone.now())
    )
    client = browser(name)
    listed = {
        code: len(numbers(client.get("/cases/", {"view": code, "size": "100"}).content))
        for code in figures.FIGURES
    }
    assert listed == counted


def test_ages_and_reasons_add_up_to_open_and_waiting(every_state: World) -> None:
    person = every_state.people["manager"]
    at = figures.Moment(person, timezone.now())
    got = figures.count(Case.objects.permitted(person), figures.FIGURES, at)
    assert got["open"] == 5
    assert sum(got[code] for code, _first, _last in figures.AGES) == got["open"]
    assert got["waiting"] == sum(got[f"waiting_{reason}"] for reason in ("customer", "testing", "parts")) == 1


def test_a_pause_that_began_before_the_due_time_is_not_overdue(office: World) -> None:
    person, now = office.people["engineer"], timezone.now()
    made = world.case(
        unit=office.units["A-TECH"], logged_by=office.people["agent"], status="waiting", assignee=person,
        now=now - timedelta(days=9),
    )  # fmt: skip
    at = figures.Moment(person, now)
    assert figures.count(Case.objects.permitted(person), ["overdue"], at) == {"overdue": 0}
    made.segments.update(starts_at=made.due_at + timedelta(hours=1))
    assert figures.count(Case.objects.permitted(person), ["overdue"], at) == {"overdue": 1}


@pytest.mark.parametrize("sort", ["newest", "due", "changed", "priority"])
def test_pages_show_each_row_exactly_once(office: World, browser: Browser, sort: str) -> None:
    fill(office, 53)
    client, seen, url = browser("manager"), [], f"/cases/?view=all&sort={sort}&size=25"
    while url:
        body = client.get(url).content
        seen += numbers(body)
        following = PAGE.search(body.decode().replace("&amp;", "&"))
        url = f"/cases/{following[1]}" if following else ""
    order = {"newest": ["-logged_at", "-id"], "due": ["due_at", "id"], "changed": ["-changed_at", "-id"]}
    expected = Case.objects.order_by(*order.get(sort, ["priority", "due_at", "id"])).values_list(
        "number", flat=True
    )
    assert seen == list(expected)


def test_the_previous_page_is_the_one_before(office: World, browser: Browser) -> None:
    fill(office, 30)
    client = browser("manager")
    first = client.get("/cases/?view=all&size=25").content.decode().replace("&amp;", "&")
    second = client.get(f"/cases/{PAGE.search(first)[1]}").content.decode().replace("&amp;", "&")  # type: ignore[index]
    back = re.search(r'href="(\?[^"]*cursor=[^"]*)" rel="prev"', second)
    assert numbers(client.get(f"/cases/{back[1]}").content) == numbers(first.encode())  # type: ignore[index]


def test_the_address_keeps_the_filter_on_the_next_page(office: World, browser: Browser) -> None:
    fill(office, 60)
    first = (
        browser("manager").get("/cases/?view=all&kind=repair&handler=none&size=25&sort=due").content.decode()
    )
    following = PAGE.search(first.replace("&amp;", "&"))
    assert following is not None
    for part in ("kind=repair", "handler=none", "size=25", "sort=due", "view=all"):
        assert part in following[1]


WRONG = (
    "kind=%00", "kind=nonsense", "status=' OR 1=1", "priority=99999999999999999999999", "unit=999999", "unit=-1",
    "handler=%00", "handler=99999999999999999999999999", "handler=abc", "fault=%00", "fault=toolongforacode",
    "logged_from=0001-01-01", "logged_from=9999-12-31", "logged_to=2026-02-30", "logged_from=x",
    "logged_from=2026-11-02&logged_to=2026-11-01", "kind=repair&kind=inquiry", "view=nonsense", "sort=x",
    "size=1000", "size=%00",
)  # fmt: skip


def test_a_wrong_parameter_is_shown_and_never_an_error(office: World, browser: Browser) -> None:
    client = browser("manager")
    answers = {query: client.get(f"/cases/?{query}") for query in WRONG}
    assert {query: answer.status_code for query, answer in answers.items()} == dict.fromkeys(WRONG, 422)
    assert all(b"form-errors" in answer.content for answer in answers.values())


def test_a_cursor_of_another_list_is_refused(office: World, browser: Browser) -> None:
    client = browser("manager")
    for cursor in ("x", "%00", "W10", "WzAsMV0", "A" * 5000):
        assert client.get(f"/cases/?cursor={cursor}").status_code == 400


def test_filters_narrow_the_list(office: World, browser: Browser) -> None:
    fill(office, 6)
    client = browser("manager")
    for query, count in (
        ("kind=repair", 6), ("kind=inquiry", 0), ("handler=none", 3), ("priority=1", 2), ("status=logged", 3),
        ("logged_from=2026-11-03", 0), ("logged_to=2026-11-02", 6), ("fault=H99", 0),
    ):  # fmt: skip
        assert len(numbers(client.get(f"/cases/?view=all&{query}").content)) == count, query


def test_a_neighbour_centre_lists_nothing(every_state: World, browser: Browser) -> None:
    assert len(numbers(browser("other").get("/cases/?view=all").content)) == 1


@pytest.mark.parametrize("rows", [1, 25, 100])
def test_statements_of_a_list_do_not_grow(
    office: World, browser: Browser, django_assert_num_queries: object, rows: int
) -> None:
    fill(office, rows)
    client: Client = browser("manager")
    client.get("/cases/")
    with django_assert_num_queries(LIST_STATEMENTS):  # type: ignore[operator]
        body = client.get("/cases/?view=all&size=100").content
    assert len(numbers(body)) == rows


LIST_STATEMENTS = 8


def test_the_count_stops_at_its_cap(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(office, 6)
    monkeypatch.setattr(listing, "COUNT_CAP", 5)
    assert listing.capped_count(Case.objects.all()) == 6
    assert listing.count_label(6) == "5+"


def test_rows_are_escaped_and_masked(office: World, browser: Browser) -> None:
    owner = world.customer(name="<b>王小明", number="13955556666")
    made = world.case(unit=office.units["A-INFO"], logged_by=office.people["agent"], of=owner)
    Case.objects.filter(pk=made.pk).update(description="<script>alert(1)</script>")
    body = browser("agent").get("/cases/?view=all").content.decode()
    assert "<script>alert" not in body
    assert "王小明" not in body


def test_every_column_has_text_for_the_export(office: World) -> None:
    fill(office, 1)
    at = figures.Moment(office.people["manager"], timezone.now())
    row = columns.select(Case.objects.all(), at).get()
    assert [
        column.code for column in columns.COLUMNS if not isinstance(column.text(row, columns.Look()), str)
    ] == []


def test_the_filter_bar_is_each_persons_own_and_keeps_what_was_chosen(
    office: World, browser: Browser
) -> None:
    mine = f'<option value="{office.units["A-TECH"].pk}"'
    for _again in range(2):
        assert mine in browser("agent").get("/cases/").content.decode()
        assert mine not in browser("other").get("/cases/").content.decode()
        chosen = browser("agent").get(f"/cases/?unit={office.units['A-TECH'].pk}").content.decode()
        assert f"{mine} selected" in chosen


def test_the_handler_filter_names_colleagues_in_scope_only(office: World, browser: Browser) -> None:
    engineer, stranger = office.people["engineer"], office.people["other"]
    assert engineer.name in browser("manager").get(f"/cases/?handler={engineer.pk}").content.decode()
    assert stranger.name not in browser("manager").get(f"/cases/?handler={stranger.pk}").content.decode()
