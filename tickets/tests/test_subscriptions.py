"""What lower apps' events do to cases: leavers and calendars."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core.actors import system_actor
from core.calendars import CalendarChange, calendar_changed
from core.models import Effect, Notification
from orgchart.events import AccountClosed, account_closed
from orgchart.extensions import panels_for
from orgchart.models import Person
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
