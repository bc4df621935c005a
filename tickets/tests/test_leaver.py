"""Open cases of a member of staff who leaves: named before, told afterwards, reachable until passed on."""

from __future__ import annotations

import pytest

from core.actors import person_actor
from core.models import Notification
from orgchart.scope import today
from orgchart.services import close_account
from tickets.models import Case
from tickets.tests.conftest import Browser
from tickets.tests.factories import log
from tickets.tests.world import World


@pytest.fixture
def waiting(office: World) -> Case:
    """An open case in the hands of the engineer."""
    case = log(office.people["agent"])
    Case.objects.filter(pk=case.pk).update(
        assignee=office.people["engineer"], unit=office.units["A-TECH"], status="assigned"
    )
    return case


def test_the_leaving_page_names_the_open_cases(office: World, browser: Browser, waiting: Case) -> None:
    page = browser("manager").get(f"/staff/{office.people['engineer'].pk}/leaving/").content.decode()
    assert str(waiting.number) in page


def test_they_stay_on_the_page_of_who_has_left(office: World, browser: Browser, waiting: Case) -> None:
    engineer, manager = office.people["engineer"], office.people["manager"]
    close_account(actor=person_actor(manager), person=engineer, last_day=today(), at_once=True)
    assert str(waiting.number) in browser("manager").get(f"/staff/{engineer.pk}/").content.decode()


def test_the_unit_is_told_at_the_closing(office: World, waiting: Case) -> None:
    engineer, manager = office.people["engineer"], office.people["manager"]
    close_account(actor=person_actor(manager), person=engineer, last_day=today(), at_once=True)
    told = Notification.objects.filter(code="tickets.leaver").values_list("recipient__username", flat=True)
    assert "leader" in told
