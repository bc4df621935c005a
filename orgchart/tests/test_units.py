"""Moving and closing units, and the page of a unit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import person_actor
from core.errors import Conflict, DomainError, Refused
from core.models import AuditEvent
from orgchart import events
from orgchart.enums import UnitKind
from orgchart.models import Appointment, Establishment, Position, Unit, UnitLink
from orgchart.scope import today
from orgchart.services import close_unit, create_unit, move_unit, name_deputy
from orgchart.tests.factories import (
    SYSTEM,
    Organisation,
    person_with,
    technical_admin,
)

pytestmark = pytest.mark.django_db


def above(unit: Unit) -> set[int]:
    return set(UnitLink.objects.filter(descendant=unit).values_list("ancestor_id", flat=True))


def refused(error: type[DomainError], call: Any, **given: Any) -> str:
    with pytest.raises(error) as caught:
        call(**given)
    return caught.value.code


# -- moving ---------------------------------------------------------------------------------------------------------


def test_a_unit_moves_with_all_below_it(org: Organisation) -> None:
    person = person_with("service_engineer", org.near.outlet)
    moved = move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
    outlet = Unit.objects.get(pk=org.near.outlet.pk)
    assert (moved.parent, moved.centre, outlet.centre) == (org.far.unit, org.far.unit, org.far.unit)
    assert above(outlet) == {
        org.company.pk,
        org.department.pk,
        org.far.unit.pk,
        org.near.branch.pk,
        outlet.pk,
    }
    assert Appointment.objects.get(person=person).unit_id == outlet.pk


def test_rights_follow_the_move_at_once(org: Organisation) -> None:
    head = person_with("branch_head", org.near.branch)
    near, far = (person_with("centre_manager", centre.unit) for centre in (org.near, org.far))
    move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
    seen = [
        type(head).objects.permitted(reader, "view").filter(pk=head.pk).exists() for reader in (near, far)
    ]
    assert seen == [False, True]


def test_the_trail_says_from_where_to_where(org: Organisation) -> None:
    move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
    event = AuditEvent.objects.get(action="unit.moved")
    assert (event.subject_id, event.changes) == (org.near.branch.pk, {"parent": ["C440000", "C510000"]})


def test_higher_apps_hear_of_the_move(org: Organisation) -> None:
    heard: list[events.UnitMoved] = []
    events.unit_moved.subscribe(heard.append)
    try:
        move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
    finally:
        events.unit_moved._subscribers.remove(heard.append)
    assert [(row.unit, row.old_centre) for row in heard] == [(org.near.branch, org.near.unit.pk)]


@pytest.mark.parametrize(
    ("unit", "parent", "code"),
    [
        ("near.branch", "near.branch", "unit_cycle"),
        ("near.branch", "near.outlet", "unit_cycle"),
        ("department", "near.outlet", "unit_cycle"),
        ("near.outlet", "near.info", "wrong_parent"),
        ("near.unit", "company", "wrong_parent"),
        ("company", "department", "unit_cycle"),
        ("near.branch", "near.unit", "same_parent"),
        ("near.info", "far.unit", "group_exists"),
    ],
)
def test_a_move_that_breaks_the_tree_is_refused(org: Organisation, unit: str, parent: str, code: str) -> None:
    links = UnitLink.objects.count()
    found = {name: _find(org, name) for name in (unit, parent)}
    assert refused(DomainError, move_unit, actor=SYSTEM, unit=found[unit], parent=found[parent]) == code
    assert UnitLink.objects.count() == links
    assert Unit.objects.get(pk=found[unit].pk).parent_id == found[unit].parent_id
    assert not AuditEvent.objects.filter(action="unit.moved").exists()


def _find(org: Organisation, name: str) -> Unit:
    found: Any = org
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def test_nothing_moves_to_or_from_a_closed_unit(org: Organisation) -> None:
    for closed, unit, parent in (
        (org.near.outlet, org.near.outlet, org.far.branch),
        (org.far.branch, org.near.outlet, org.far.branch),
    ):
        Unit.objects.filter(pk=closed.pk).update(is_active=False)
        assert refused(Conflict, move_unit, actor=SYSTEM, unit=unit, parent=parent) == "unit_closed"
        Unit.objects.filter(pk=closed.pk).update(is_active=True)


def test_personnel_and_administrators_move_units_and_nobody_else(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    given = {"unit": org.near.outlet, "parent": org.near.unit}
    assert refused(Refused, move_unit, actor=person_actor(manager), **given) == "may_not_change_unit"
    move_unit(actor=person_actor(person_with("admin_hr_lead", org.personnel)), **given)
    move_unit(actor=person_actor(technical_admin()), unit=org.near.outlet, parent=org.near.branch)
    assert AuditEvent.objects.filter(action="unit.moved").count() == 2


def test_both_ends_of_the_move_have_to_be_within_reach(org: Organisation) -> None:
    position = Position.objects.get(code="centre_manager")
    grant = {"reach": ["below"], "kinds": [], "limit": None, "clause": {}}
    position.rights["grants"]["unit.establish"] = grant
    position.save()
    manager = person_actor(person_with("centre_manager", org.near.unit))
    code = refused(Refused, move_unit, actor=manager, unit=org.near.outlet, parent=org.far.branch)
    assert code == "may_not_change_unit"
    assert move_unit(actor=manager, unit=org.near.outlet, parent=org.near.unit).parent == org.near.unit


def test_a_deputy_of_personnel_moves_in_the_holders_place(org: Organisation) -> None:
    lead = person_with("admin_hr_lead", org.personnel)
    deputy = person_with("department_supervisor", org.department)
    post = Appointment.objects.get(person=lead)
    name_deputy(actor=SYSTEM, post=post, deputy=deputy, starts_on=today(), ends_on=None)
    move_unit(actor=person_actor(deputy), unit=org.near.outlet, parent=org.near.unit)
    event = AuditEvent.objects.get(action="unit.moved")
    assert (event.actor_id, event.for_id) == (deputy.pk, lead.pk)


# -- closing --------------------------------------------------------------------------------------------------------


def test_an_empty_unit_closes_and_its_establishment_ends(org: Organisation) -> None:
    position = Position.objects.get(code="service_engineer")
    Establishment.objects.create(unit=org.near.outlet, position=position, count=1, starts_on=today())
    close_unit(actor=SYSTEM, unit=org.near.outlet)
    assert not Unit.objects.get(pk=org.near.outlet.pk).is_active
    assert Establishment.objects.get().ends_on == today()
    assert AuditEvent.objects.get(action="unit.closed").subject_id == org.near.outlet.pk


def test_a_unit_that_is_needed_stays_open(org: Organisation) -> None:
    codes = [refused(DomainError, close_unit, actor=SYSTEM, unit=org.near.branch)]
    person_with("service_engineer", org.near.outlet)
    codes.append(refused(DomainError, close_unit, actor=SYSTEM, unit=org.near.outlet))
    codes.append(refused(DomainError, close_unit, actor=SYSTEM, unit=org.company))
    Unit.objects.filter(pk=org.far.outlet.pk).update(is_active=False)
    codes.append(refused(DomainError, close_unit, actor=SYSTEM, unit=org.far.outlet))
    manager = person_with("centre_manager", org.near.unit)
    codes.append(refused(Refused, close_unit, actor=person_actor(manager), unit=org.far.info))
    assert codes == [
        "unit_has_children",
        "unit_has_posts",
        "company_stays",
        "unit_closed",
        "may_not_change_unit",
    ]
    assert Unit.objects.filter(is_active=False).count() == 1


def test_a_post_that_begins_later_keeps_the_unit_open(org: Organisation) -> None:
    person_with("service_engineer", org.near.outlet, starts_on=today().replace(year=today().year + 1, day=1))
    assert refused(Conflict, close_unit, actor=SYSTEM, unit=org.near.outlet) == "unit_has_posts"


def test_a_subscriber_can_keep_a_unit_open(org: Organisation) -> None:
    def keep(happening: events.UnitClosed) -> None:
        raise Conflict("needed", "open work")

    events.unit_closed.subscribe(keep)
    try:
        assert refused(Conflict, close_unit, actor=SYSTEM, unit=org.near.outlet) == "needed"
    finally:
        events.unit_closed._subscribers.remove(keep)
    assert Unit.objects.get(pk=org.near.outlet.pk).is_active


# -- pages ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_unit(org: Organisation, browser: Client) -> None:
    lead, agent = person_with("info_lead", org.near.info), person_with("service_agent", org.near.info)
    browser.force_login(agent)
    page = browser.get(f"/units/{org.near.info.pk}/").context["page"]
    assert [row.person for row in page.leaders] == [lead]
    assert {row.person for row in page.posts} == {lead, agent}
    assert (page.may_establish, page.may_change, page.parent) == (False, False, org.near.unit)
    tech = browser.get(f"/units/{org.near.tech.pk}/").context["page"]
    assert tech.is_vacant
    children = browser.get(f"/units/{org.near.unit.pk}/").context["page"].children
    assert {unit.pk for unit in children} == {
        unit.pk for unit in (org.near.info, org.near.tech, org.near.finance, org.near.branch)
    }


def test_a_unit_out_of_sight_shows_its_name_alone_or_nothing(org: Organisation, browser: Client) -> None:
    stranger = person_with("centre_manager", org.far.unit)
    browser.force_login(person_with("service_agent", org.near.info))
    page = browser.get(f"/units/{org.far.unit.pk}/")
    assert (page.status_code, page.context["page"].posts, page.context["page"].lines) == (200, None, None)
    assert stranger.name not in page.content.decode()
    assert not page.context["page"].is_vacant
    paths = ("", "establishment/", "move/", "close/")
    assert [browser.get(f"/units/{org.far.info.pk}/{path}").status_code for path in paths] == [404] * 4
    statuses = [browser.post(f"/units/{org.near.info.pk}/{path}").status_code for path in ("move/", "close/")]
    assert statuses == [403, 403]


def test_moving_on_the_page(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    path = f"/units/{org.near.outlet.pk}/move/"
    offered = browser.get(path).context["form"].fields["parent"].queryset
    assert set(offered) == {org.near.unit, org.far.unit, org.far.branch}
    assert browser.post(path, {"parent": ""}).status_code == 422
    assert browser.post(path, {"parent": org.near.info.pk}).status_code == 422
    assert browser.post(path, {"parent": org.far.branch.pk}).status_code == 302
    assert Unit.objects.get(pk=org.near.outlet.pk).centre == org.far.unit


def test_a_refused_move_stays_on_the_form(org: Organisation, browser: Client) -> None:
    group = create_unit(
        actor=SYSTEM, code="HR2", kind=UnitKind.GROUP, group_kind="admin_hr", name="组", name_en="G", parent=org.near.unit
    )  # fmt: skip
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    answer = browser.post(f"/units/{group.pk}/move/", {"parent": org.department.pk})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["parent"])


def test_closing_on_the_page_says_what_stands_against_it(org: Organisation, browser: Client) -> None:
    browser.force_login(technical_admin())
    answer = browser.post(f"/units/{org.near.branch.pk}/close/")
    assert (answer.status_code, bool(answer.context["form"].non_field_errors())) == (422, True)
    assert browser.post(f"/units/{org.near.outlet.pk}/close/").status_code == 302
    assert not Unit.objects.get(pk=org.near.outlet.pk).is_active
    assert "close/" not in browser.get(f"/units/{org.near.outlet.pk}/").content.decode()


def test_statements_of_the_page_do_not_grow(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("centre_manager", org.near.unit))
    path = f"/units/{org.near.info.pk}/"
    counted = []
    for number in (1, 25):
        for _ in range(number):
            person_with("service_agent", org.near.info)
        browser.get(path)
        with CaptureQueriesContext(connection) as seen:
            browser.get(path)
        counted.append(len(seen))
    assert counted == [12, 12]
