"""The row filters and the plain walk give the same answers, and histories keep what they promise."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
import time_machine

from orgchart import facts as reading
from orgchart.enums import Power
from orgchart.models import Appointment, Deputyship, Leave, Person, UnitLink
from orgchart.policies import people_down_the_line
from orgchart.reach import people_for
from orgchart.rules.authority import decide
from orgchart.scope import forget_scope, read_scopes, scope_of, today
from orgchart.tests.random_organisation import RandomOrganisation

pytestmark = pytest.mark.django_db
SEEDS = [3, 14, 159]


def _disagreements(seed: int) -> tuple[int, list[str]]:
    RandomOrganisation(seed)
    named = reading.read(today(), None)
    people = list(Person.objects.all())
    wrong, asked = [], 0
    for actor in people:
        for power in Power.values:
            rows = set(Person.objects.filter(people_for(actor, power)).values_list("pk", flat=True))
            open_today = actor.is_active and (actor.leaves_on is None or actor.leaves_on >= today())
            for subject in people:
                asked += 1
                walked = open_today and decide(named.facts, actor.pk, power, subject.pk).allowed
                if walked != (subject.pk in rows):
                    wrong.append(f"{actor.pk} {power} {subject.pk}: walk {walked}")
    return asked, wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_row_filters_and_walk_agree(seed: int) -> None:
    asked, wrong = _disagreements(seed)
    assert asked >= 24 * 24 * 10
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1025))
def test_row_filters_and_walk_agree_at_length(seed: int) -> None:
    assert _disagreements(seed)[1] == []


def test_chance_finds_every_answer() -> None:
    """The random organisations are worth asking: refusals of every kind and grants by every way occur."""
    world = RandomOrganisation(SEEDS[0])
    named = reading.read(today(), None)
    asked = [
        decide(named.facts, actor.pk, power, subject.pk)
        for actor in world.people for subject in world.people for power in Power.values
    ]  # fmt: skip
    codes = {verdict.code for verdict in asked}
    assert {
        "granted",
        "self",
        "no_post",
        "subject_no_post",
        "not_direct",
        "no_power",
        "superior",
        "peer",
    } <= codes
    assert {"other_unit", "not_superior", "not_in_line"} <= codes
    assert any(verdict.allowed and verdict.acting_for for verdict in asked)
    assert any(verdict.allowed and verdict.vacant for verdict in asked)


@pytest.mark.parametrize("seed", [7, 21])
def test_part_of_the_facts_is_enough(seed: int) -> None:
    """Reading only the two people and everybody above them gives the answer that all facts give."""
    world = RandomOrganisation(seed)
    whole = reading.read(today(), None).facts
    for actor in world.people[:8]:
        for subject in world.people:
            part = reading.read(today(), {actor.pk, subject.pk}).facts
            for power in Power.values:
                one = decide(whole, actor.pk, power, subject.pk)
                other = decide(part, actor.pk, power, subject.pk)
                assert (one.allowed, one.acting_for) == (other.allowed, other.acting_for)


def _days_of(row: Appointment | Deputyship | Leave) -> set[date]:
    last = row.ends_on or today() + timedelta(days=400)
    return {row.starts_on + timedelta(days=n) for n in range((last - row.starts_on).days + 1)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_histories_never_overlap_wrongly(seed: int) -> None:
    world = RandomOrganisation(seed)
    assert {"appointments_overlap", "post_is_held"} & set(world.refused)
    main: dict[int, set[date]] = defaultdict(set)
    single: dict[tuple[int, int], set[date]] = defaultdict(set)
    for row in Appointment.objects.select_related("position"):
        days = _days_of(row)
        if row.is_primary:
            assert not main[row.person_id] & days
            main[row.person_id] |= days
        if row.position.is_leader:
            assert not single[row.position_id, row.unit_id] & days
            single[row.position_id, row.unit_id] |= days
    deputies: dict[tuple[int, int], set[date]] = defaultdict(set)
    for row in Deputyship.objects.filter(is_cancelled=False).select_related("post", "via"):
        days = _days_of(row)
        assert not deputies[row.post_id, row.depth] & days
        deputies[row.post_id, row.depth] |= days
        assert days <= _days_of(row.post)
        assert row.deputy_id != row.post.person_id
        assert row.depth <= 2
        assert row.via is None or days <= _days_of(row.via)


def _walk_of(person: Person) -> set[tuple[int, str]]:
    """Posts of today by hand: own ones and those of people whose place is taken."""
    day = today()

    def holds(row: Appointment | Deputyship) -> bool:
        return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)

    if not person.is_active or (person.leaves_on and person.leaves_on < day):
        return set()
    found = {
        (row.unit_id, row.position.code)
        for row in person.appointments.select_related("position")
        if holds(row)
    }
    for row in person.deputyships.filter(is_cancelled=False).select_related(
        "post__position", "post__person", "via"
    ):
        chain = row.via is None or (holds(row.via) and not row.via.is_cancelled)
        if holds(row) and chain and holds(row.post) and row.post.person.is_active:
            found.add((row.post.unit_id, row.post.position.code))
    return found


@pytest.mark.parametrize("seed", [5, 8])
def test_scope_is_the_walk_by_hand(seed: int) -> None:
    world = RandomOrganisation(seed)
    below: dict[int, set[int]] = defaultdict(set)
    for unit in world.units:
        above = unit
        while above is not None:
            below[above.pk].add(unit.pk)
            above = above.parent
    together = list(Person.objects.filter(pk__in=[person.pk for person in world.people]))
    read_scopes(together)
    for person in together:
        fresh = Person.objects.get(pk=person.pk)
        scope = scope_of(fresh)
        assert {(post.unit_id, post.position_code) for post in scope.posts} == _walk_of(fresh)
        assert {post.appointment_id for post in scope_of(person).posts} == {
            p.appointment_id for p in scope.posts
        }
        for post in scope.posts:
            if post.unit_ids_below:
                assert set(post.unit_ids_below) == below[post.unit_id]
            else:
                kinds = {unit.pk: unit.kind for unit in world.units}
                assert set(post.centre_ids) == {pk for pk in below[post.unit_id] if kinds[pk] == "centre"}
    assert UnitLink.objects.count() == sum(len(units) for units in below.values())


def test_rights_are_those_of_today() -> None:
    """The same history, asked on three days: what somebody reaches follows the posts of the day alone."""
    world = RandomOrganisation(11)
    for shift in (-40, 0, 40):
        with time_machine.travel(f"{today() + timedelta(days=shift)}T04:00:00Z", tick=False):
            named = reading.read(today(), None)
            for actor in Person.objects.filter(is_active=True):
                forget_scope(actor)
                rows = set(
                    Person.objects.filter(people_for(actor, Power.SUPERVISE)).values_list("pk", flat=True)
                )
                open_today = actor.leaves_on is None or actor.leaves_on >= today()
                walked = {
                    subject.pk for subject in world.people
                    if open_today and decide(named.facts, actor.pk, Power.SUPERVISE, subject.pk).allowed
                }  # fmt: skip
                assert rows == walked


def test_nobody_stands_below_themself() -> None:
    RandomOrganisation(13)
    for person in Person.objects.all():
        assert not Person.objects.filter(people_down_the_line(person), pk=person.pk).exists()
        for power in Power.values:
            assert not Person.objects.filter(people_for(person, power), pk=person.pk).exists()
