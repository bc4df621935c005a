"""Who revealed what, when and why: reach, filters, flags, totals, paging, cost, export, and the bell about it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import exports
from core.imports.taking import request_list
from core.models import ExportFile, Notification
from customers import extensions
from customers.privacy import reveals
from customers.privacy.notices import UNUSUAL
from customers.rules import unusual
from customers.services.reminders import ring_about_unusual
from customers.tests.privacy_world import World, file_of, revealed
from orgchart.models import Person

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
NIGHT = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)  # 23:00
NUMBER = "13711223344"


@pytest.fixture(autouse=True)
def one_factor(settings: Any, tmp_path: Path) -> None:
    settings.MFA_REQUIRED = False
    settings.EXPORT_DIR = tmp_path


@pytest.fixture(autouse=True)
def nobody_has_cases(request: Any) -> Iterator[None]:
    """Only what a test says itself about cases in hand; the cost is that of the whole installation."""
    before = dict(extensions._in_hand)
    if "costs" not in request.node.name:
        extensions._in_hand.clear()
    yield
    extensions._in_hand.clear()
    extensions._in_hand.update(before)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(WEDNESDAY + timedelta(hours=5), tick=False):
        made = World()
        Person.objects.update(language="en")
        yield made


def flags(world: World, who: str = "manager") -> list[tuple[str, ...]]:
    reach = reveals.within_reach(getattr(world, who))
    lines, _known = reveals.judged(list(reveals.named(reach).order_by("id")), reach)
    return [line.flags for line in lines]


# -- reach ------------------------------------------------------------------------------------------------------------


def test_people_of_the_centre_and_files_of_the_centre(world: World) -> None:
    own, far = file_of(world.org.near.unit), file_of(world.org.far.unit)
    own_own = revealed(world.agent, own)
    own_far = revealed(world.agent, far)
    far_own = revealed(world.stranger, own)
    far_far = revealed(world.stranger, far)
    seen = {
        who: set(reveals.within_reach(getattr(world, who)).values_list("pk", flat=True))
        for who in ("manager", "far_manager", "department", "agent")
    }
    assert seen == {
        "manager": {own_own.pk, own_far.pk, far_own.pk},
        "far_manager": {own_far.pk, far_own.pk, far_far.pk},
        "department": {own_own.pk, own_far.pk, far_own.pk, far_far.pk},
        "agent": set(),
    }


def test_a_list_taken_out_in_full_stands_among_the_reveals(world: World) -> None:
    request_list(
        person=world.manager, kind="customers", form="csv", language="en", full=True, reason="yearly check"
    )
    page = world.browser("manager").get("/privacy/").content.decode()
    assert "A whole list, taken out in full · Customers" in page
    assert "yearly check" in page
    (total,) = reveals.totals(reveals.within_reach(world.manager))
    assert (total.person_id, total.with_reason, total.by_handler) == (world.manager.pk, 1, 0)


def test_the_page_is_not_there_for_others(world: World) -> None:
    for path in ("/privacy/", "/privacy/people/", "/privacy/retention/"):
        assert world.browser("agent").get(path).status_code == 404, path
        assert world.browser("manager").get(path).status_code == 200, path


# -- flags ------------------------------------------------------------------------------------------------------------


def test_an_ordinary_one(world: World) -> None:
    revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY)
    assert flags(world) == [()]


def test_at_night_by_the_centre_s_calendar(world: World) -> None:
    revealed(world.agent, file_of(world.org.near.unit), NIGHT - timedelta(days=1))
    assert flags(world) == [(unusual.OUTSIDE_HOURS,)]


def test_ten_within_an_hour_and_far_more_than_usual(world: World) -> None:
    for day in (5, 2, 1):  # not the week-end
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY - timedelta(days=day))
    for minute in range(10):
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY + timedelta(minutes=minute))
    found = flags(world)
    assert found[-1] == (unusual.MANY_IN_HOUR, unusual.FAR_ABOVE_OWN)
    assert found[-2] == (unusual.FAR_ABOVE_OWN,)
    assert found[2] == ()


def test_far_more_than_colleagues(world: World) -> None:
    revealed(world.mate, file_of(world.org.near.unit), WEDNESDAY)
    for minute in range(6):
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY + timedelta(minutes=minute))
    found = flags(world)
    assert found[0] == ()
    assert set(found[1:]) == {(unusual.FAR_ABOVE_OTHERS,)}


def test_the_last_of_the_quota(world: World, settings: Any) -> None:
    settings.REVEAL_DAILY_QUOTA = 3
    for minute in range(3):
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY + timedelta(minutes=minute))
    assert flags(world) == [(), (), (unusual.QUOTA_USED_UP,)]


def test_the_same_customer_by_three_people(world: World) -> None:
    customer = file_of(world.org.near.unit)
    revealed(world.agent, customer, WEDNESDAY - timedelta(days=2))
    revealed(world.mate, customer, WEDNESDAY - timedelta(days=1))
    revealed(world.stranger, customer, WEDNESDAY)
    assert flags(world) == [(), (), (unusual.MANY_PEOPLE,)]


def test_a_file_without_a_case_in_hand(world: World) -> None:
    held, other = file_of(world.org.near.unit), file_of(world.org.near.unit)
    extensions.cases_in_hand("tests", lambda pairs: pairs & {(world.agent.pk, held.pk)})
    revealed(world.agent, held, WEDNESDAY)
    revealed(world.agent, other, WEDNESDAY)
    assert flags(world) == [(), (unusual.NO_CASE,)]


def test_a_reason_that_says_nothing(world: World) -> None:
    revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY, reason="111")
    revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY, reason="", handler=True)
    assert flags(world) == [(unusual.EMPTY_REASON,), ()]


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_who_what_and_why_without_the_data(world: World) -> None:
    customer = file_of(world.org.near.unit, "欧阳灵犀", NUMBER)
    revealed(world.agent, customer, WEDNESDAY, reason="call back about delivery")
    page = world.browser("manager").get("/privacy/").content.decode()
    assert world.agent.name in page
    assert f"Customer #{customer.pk}" in page
    assert "call back about delivery" in page
    assert "欧阳灵犀" not in page
    assert NUMBER not in page


def test_filters(world: World) -> None:
    customer = file_of(world.org.near.unit)
    revealed(world.agent, customer, WEDNESDAY - timedelta(days=5), reason="on Friday")
    revealed(world.mate, customer, WEDNESDAY, reason="by the mate today")
    revealed(world.agent, customer, NIGHT - timedelta(days=1), reason="late last night")
    browser = world.browser("manager")

    def shown(query: str) -> set[str]:
        page = browser.get(f"/privacy/?{query}").content.decode()
        return {text for text in ("on Friday", "by the mate today", "late last night") if text in page}

    assert shown("") == {"on Friday", "by the mate today", "late last night"}
    assert shown(f"person={world.agent.pk}") == {"on Friday", "late last night"}
    assert shown("first=2026-03-11&last=2026-03-11") == {"by the mate today"}
    assert shown("last=2026-03-06") == {"on Friday"}
    assert shown("how=handler") == set()
    assert shown("unusual=on") == {"late last night"}
    assert browser.get("/privacy/?first=2026-03-11&last=2026-03-01").status_code == 422
    assert browser.get("/privacy/?cursor=xx").status_code == 400


def test_pages_follow_each_other(world: World) -> None:
    for number in range(30):
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY, reason=f"reason number {number:02}.")
    browser = world.browser("manager")
    first = browser.get("/privacy/")
    assert len(first.context["lines"]) == 25
    second = browser.get(f"/privacy/{first.context['next_url']}")
    assert [line.event.reason for line in second.context["lines"]] == [
        f"reason number {number:02}." for number in range(4, -1, -1)
    ]
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_at_any_length(world: World, count: int, settings: Any) -> None:
    settings.CALENDAR_CACHE_SECONDS = 60  # a calendar is kept between requests
    for number in range(count):
        revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY + timedelta(seconds=number))
    browser = world.browser("manager")
    browser.get("/privacy/")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/privacy/").status_code == 200
    assert len(queries) <= 10, len(queries)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/privacy/?unusual=on").status_code == 200
    assert len(queries) <= 10, len(queries)


def test_totals_by_person(world: World) -> None:
    customer = file_of(world.org.near.unit)
    for handler in (False, False, True):
        revealed(world.agent, customer, WEDNESDAY, handler=handler)
    revealed(world.mate, customer, WEDNESDAY)
    rows = reveals.totals(reveals.within_reach(world.manager))
    assert [(row.name, row.with_reason, row.by_handler) for row in rows] == [
        (world.agent.name, 2, 1),
        (world.mate.name, 1, 0),
    ]
    page = world.browser("manager").get("/privacy/people/?first=2026-03-11").content.decode()
    assert f"?person={world.agent.pk}&amp;first=2026-03-11" in page


def test_the_file_holds_what_the_list_shows(world: World) -> None:
    customer = file_of(world.org.near.unit, "欧阳灵犀", NUMBER)
    revealed(world.agent, customer, WEDNESDAY, reason="call back about delivery")
    revealed(world.agent, customer, NIGHT - timedelta(days=1), reason="late last night")
    answer = world.browser("manager").post("/privacy/export/", {"unusual": "on"})
    assert answer.status_code == 302
    made = ExportFile.objects.get()
    made.language = "en"
    made.save()
    exports.run_export(made.pk)
    made.refresh_from_db()
    with exports.path_of(made).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[7] for row in rows[1:]] == ["late last night"]
    assert rows[1][4:6] == [f"Customer #{customer.pk}", "name"]
    assert "outside service hours" in rows[1][8]
    assert not [row for row in rows if NUMBER in row or "欧阳灵犀" in row]


# -- the bell ---------------------------------------------------------------------------------------------------------


def test_yesterday_s_unusual_ones_ring_once(world: World) -> None:
    revealed(world.agent, file_of(world.org.near.unit), NIGHT - timedelta(days=1))
    revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY - timedelta(days=1))
    assert ring_about_unusual(WEDNESDAY) == 3
    assert ring_about_unusual(WEDNESDAY) == 0
    rung = Notification.objects.filter(code=UNUSUAL)
    told = {world.manager.pk, world.leader.pk, world.department.pk}
    assert set(rung.values_list("recipient_id", flat=True)) == told
    assert rung[0].params == {"day": "2026-03-10", "count": 1}
    shown = world.browser("manager").get(rung[0].path)
    assert len(shown.context["lines"]) == 1


def test_an_ordinary_day_rings_nobody(world: World) -> None:
    revealed(world.agent, file_of(world.org.near.unit), WEDNESDAY - timedelta(days=1))
    assert ring_about_unusual(WEDNESDAY) == 0


def test_one_s_own_page_says_how_many_are_left(world: World, settings: Any) -> None:
    settings.REVEAL_DAILY_QUOTA = 20
    revealed(world.agent, file_of(world.org.near.unit))
    page = world.browser("agent").get(f"/staff/{world.agent.pk}/").content.decode()
    assert "19 of 20 left today" in page
    assert "left today" not in world.browser("manager").get(f"/staff/{world.agent.pk}/").content.decode()
