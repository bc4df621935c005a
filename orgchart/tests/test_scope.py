"""The scope against a walk through the tree by hand."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import time_machine

from orgchart.enums import UnitKind
from orgchart.models import Deputyship, Person, Unit
from orgchart.scope import forget_scope, scope_of, today
from orgchart.tests.factories import (
    Organisation,
    PersonFactory,
    appoint,
    make_centre,
    make_organisation,
    person_with,
)

pytestmark = pytest.mark.django_db


def walk(unit: Unit) -> set[int]:
    """Ids of the unit and everything below, read parent by parent."""
    found = {unit.pk}
    for child in Unit.objects.filter(parent=unit):
        found |= walk(child)
    return found


def test_agent_reaches_own_group_and_knows_the_centre(org: Organisation) -> None:
    post = scope_of(person_with("service_agent", org.near.info)).posts[0]
    assert (post.position_code, post.unit_kind, post.group_kind) == ("service_agent", "group", "info")
    assert post.unit_ids_below == {org.near.info.pk}
    assert (post.centre_id, post.centre_ids) == (org.near.unit.pk, frozenset())


def test_centre_manager_reaches_the_centre_as_a_whole(org: Organisation) -> None:
    post = scope_of(person_with("centre_manager", org.near.unit)).posts[0]
    assert (post.centre_ids, post.unit_ids_below) == ({org.near.unit.pk}, frozenset())


@pytest.mark.parametrize(
    ("position", "level"), [("department_manager", "department"), ("head_office_manager", "company")]
)
def test_those_above_reach_all_centres(org: Organisation, position: str, level: str) -> None:
    post = scope_of(person_with(position, getattr(org, level))).posts[0]
    assert post.centre_ids == {org.near.unit.pk, org.far.unit.pk}


def test_branch_head_reaches_the_outlets_below(org: Organisation) -> None:
    post = scope_of(person_with("branch_head", org.near.branch)).posts[0]
    assert post.unit_ids_below == {org.near.branch.pk, org.near.outlet.pk}


def test_double_post_gives_both_and_the_primary_first(org: Organisation) -> None:
    person = person_with("info_lead", org.near.info)
    appoint(person, "tech_lead", org.far.tech, is_primary=False)
    assert [post.position_code for post in scope_of(person).posts] == ["info_lead", "tech_lead"]
    assert scope_of(person).positions == {"info_lead", "tech_lead"}
    assert scope_of(person).centre_ids == {org.near.unit.pk, org.far.unit.pk}


def test_scope_of_random_trees_equals_the_walk() -> None:
    dice = random.Random(20261124)
    organisation = make_organisation()
    for number in range(6):
        make_centre(organisation.department, f"C9{number:02d}000", "110000", links=number == 5)
    everything = list(Unit.objects.all())
    for _ in range(25):
        unit = dice.choice(everything)
        post = scope_of(person_with("service_agent", unit)).posts[0]
        below = walk(unit)
        if unit.kind in (UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.CENTRE):
            centres = {u.pk for u in everything if u.kind == UnitKind.CENTRE}
            assert (post.centre_ids, post.unit_ids_below) == (below & centres, frozenset())
        else:
            assert (post.unit_ids_below, post.centre_ids) == (below, frozenset())


def test_two_statements_then_none(org: Organisation, django_assert_num_queries: object) -> None:
    person = Person.objects.get(pk=person_with("service_agent", org.near.info).pk)
    with django_assert_num_queries(2):  # type: ignore[operator]
        scope_of(person)
        scope_of(person)


def test_posts_of_other_days_do_not_count(org: Organisation) -> None:
    person = PersonFactory()
    appoint(person, "service_agent", org.near.info, starts_on=today() + timedelta(days=1))
    appoint(
        person,
        "tech_lead",
        org.near.tech,
        starts_on=today() - timedelta(days=9),
        ends_on=today() - timedelta(days=1),
    )
    assert scope_of(person).posts == ()


def test_the_day_is_the_one_in_shanghai(org: Organisation) -> None:
    with time_machine.travel("2026-03-01T15:59:00+00:00", tick=False):
        person = PersonFactory()
        appoint(person, "service_agent", org.near.info, starts_on=today() + timedelta(days=1))
        assert scope_of(person).posts == ()
    with time_machine.travel("2026-03-01T16:00:00+00:00", tick=False):
        assert len(scope_of(person).posts) == 1


@pytest.mark.parametrize("open_and_past", [(False, None), (True, 1)])
def test_closed_and_left_accounts_reach_nothing(
    org: Organisation, open_and_past: tuple[bool, int | None]
) -> None:
    is_active, days = open_and_past
    person = person_with("centre_manager", org.near.unit)
    left = today() - timedelta(days=days) if days else None
    Person.objects.filter(pk=person.pk).update(is_active=is_active, leaves_on=left)
    person.refresh_from_db()
    forget_scope(person)
    assert scope_of(person).posts == ()


def test_the_database_notes_who_was_ever_named_a_deputy(org: Organisation) -> None:
    """Whoever was not is spared the question at each request, so the note must come whatever way the row is made."""
    lead, deputy = person_with("tech_lead", org.near.tech), person_with("repair_engineer", org.near.tech)
    other = person_with("repair_engineer", org.near.tech)
    row = Deputyship(post=lead.appointments.get(), deputy_id=deputy.pk, starts_on=today(), ends_on=today())
    Deputyship.objects.bulk_create([row])
    assert Person.objects.get(pk=deputy.pk).has_stood_in
    assert not Person.objects.get(pk=other.pk).has_stood_in
    assert len(scope_of(Person.objects.get(pk=deputy.pk)).posts) == 2
    Deputyship.objects.update(deputy=other)
    assert len(scope_of(Person.objects.get(pk=other.pk)).posts) == 2
