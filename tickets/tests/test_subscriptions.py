"""What lower apps' events do to cases: leavers and calendars."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.actors import system_actor
from core.calendars import CalendarChange, calendar_changed
from core.errors import Conflict
from core.models import AuditEvent, Effect, Notification
from orgchart.events import AccountClosed, account_closed
from orgchart.extensions import panels_for
from orgchart.models import Person
from orgchart.services import close_unit, move_unit
from tickets import effects
from tickets.models import Case
from tickets.tests import factories, world
from tickets.tests.world import World

SYSTEM = system_actor("test")


def busy_engineer(office: World) -> Person:
    for status in ("assigned", "waiting", "closed"):
        world.case(
            unit=office.units["A-TECH"], logged_by=office.people["agent"], status=status,
            assignee=office.people["engineer"],
        )  # fmt: skip
    return office.people["engineer"]


def test_the_leader_hears_of_a_leavers_open_cases(office: World) -> None:
    leaver = busy_engineer(office)
    account_closed.publish(AccountClosed(leaver, SYSTEM))
    ring = Notification.objects.get(code="tickets.leaver")
    assert ring.recipient_id == office.people["leader"].pk
    assert ring.params["count"] == 2


def test_nobody_hears_of_a_leaver_without_open_cases(office: World) -> None:
    account_closed.publish(AccountClosed(office.people["engineer"], SYSTEM))
    assert not Notification.objects.exists()


def test_the_leavers_page_lists_open_cases_in_the_readers_scope(office: World) -> None:
    leaver = busy_engineer(office)
    found = [panel for panel in panels_for(office.people["leader"], leaver) if panel.urgent]
    assert [len(panel.context["rows"]) for panel in found] == [2]
    assert not [panel for panel in panels_for(office.people["other"], leaver) if panel.urgent]


def test_a_changed_calendar_has_deadlines_computed_again_later(office: World) -> None:
    case = factories.log(office.people["agent"])
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at + timedelta(days=3))
    calendar_changed.publish(CalendarChange(None, 2026, SYSTEM))
    effect = Effect.objects.get(kind="tickets.recompute")
    assert effect.available_at > timezone.now()
    effects.recompute(effect)
    assert Case.objects.get(pk=case.pk).due_at == case.due_at


def test_open_cases_follow_a_unit_into_its_new_centre(office: World) -> None:
    branch, agent = office.units["A-BR"], office.people["agent"]
    still_open = world.case(unit=branch, logged_by=agent)
    closed = world.case(unit=branch, logged_by=agent, status="closed")
    move_unit(actor=SYSTEM, unit=branch, parent=office.units["B"])
    still_open.refresh_from_db()
    closed.refresh_from_db()
    assert (still_open.centre, still_open.version) == (office.units["B"], 2)
    assert (closed.centre, closed.version) == (office.units["A"], 1)
    event = AuditEvent.objects.get(action="case.refiled")
    assert event.changes == {"centre": [office.units["A"].pk, office.units["B"].pk]}


def test_a_unit_with_open_cases_is_not_closed(office: World) -> None:
    case = world.case(unit=office.units["A-BR"], logged_by=office.people["agent"])
    with pytest.raises(Conflict) as refused:
        close_unit(actor=SYSTEM, unit=office.units["A-BR"])
    assert refused.value.code == "unit_has_cases"
    Case.objects.filter(pk=case.pk).update(status="cancelled", cancel_reason="误登记")
    close_unit(actor=SYSTEM, unit=office.units["A-BR"])
    office.units["A-BR"].refresh_from_db()
    assert not office.units["A-BR"].is_active
