"""Merging and taking it back: what moves, what stays, what is refused, and that two at once cannot both win."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.actors import person_actor
from core.audit import verify_chain
from core.errors import DomainError
from core.models import AuditEvent
from core.tests.threads import at_once
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    Merge,
    NotDuplicate,
    PrivacyNotice,
    PrivacyRequest,
    Promise,
)
from customers.services import merging
from customers.services.merging import merge_customers, not_the_same, undo_merge
from customers.tests.finding_world import World
from orgchart.models import Person

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def world() -> World:
    return World()


def merge(world: World, kept: Customer, merged: Customer, **values: Any) -> Merge:
    return merge_customers(actor=person_actor(world.agent), kept=kept.pk, merged=merged.pk, **values)


def undo(world: World, row: Merge) -> Merge:
    return undo_merge(actor=person_actor(world.agent), merge=row.pk)


def promise(world: World, customer: Customer, text: str = "回电") -> Promise:
    made: Promise = Promise.objects.create(customer=customer, text=text, due_on=DAY, made_by=world.agent)
    return made


def owners() -> dict[str, dict[int, int]]:
    """Whose each row is, by relation."""
    return {
        merging.key_of(field): dict(field.model._base_manager.values_list("pk", field.attname))
        for field in merging.relations()
    }


def refused(code: str, call: Any) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        call()
    assert refusal.value.code == code
    return refusal.value


def test_rows_move_and_fields_stay(world: World) -> None:
    kept, merged = (
        world.file("张三丰", "13800138000"),
        world.file("张三风", "13900139000", email="a@example.com"),
    )
    promise(world, merged)
    CustomerAddress.objects.create(customer=merged, text="文三路 1 号")
    row = merge(world, kept, merged, reason="同一个人")
    assert {phone.number for phone in kept.phones.all()} == {"13800138000", "13900139000"}
    assert (kept.promises.count(), kept.addresses.count()) == (1, 1)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.name, kept.email, kept.version, kept.merged_into) == ("张三丰", "", 2, None)
    assert (merged.name, merged.email, merged.version, merged.merged_into) == (
        "张三风",
        "a@example.com",
        2,
        kept,
    )
    assert row.moved == {
        "customers.CustomerAddress.customer": [CustomerAddress.objects.get().pk],
        "customers.CustomerPhone.customer": [CustomerPhone.objects.get(number="13900139000").pk],
        "customers.Promise.customer": [Promise.objects.get().pk],
    }


def test_every_relation_of_every_app_is_walked() -> None:
    """A new foreign key to a customer moves by itself; what stays is written down in one place."""
    keys = {merging.key_of(field) for field in merging.relations()}
    assert {"tickets.Case.customer", "products.Device.owner", "products.Ownership.owner"} <= keys
    assert {
        "customers.CustomerPhone.customer",
        "customers.PrivacyRequest.customer",
        "customers.LegalHold.customer",
    } <= keys
    assert not {
        key for key in keys if key.split(".")[1] in ("Customer", "Merge", "NotDuplicate", "CustomerChange")
    }


def test_what_would_stand_twice_stays_at_the_merged_file(world: World) -> None:
    kept, merged = world.file("张三丰", "13800138000"), world.file("张三风", "13800138000", "13900139000")
    notice = PrivacyNotice.objects.create(version=900, text="x", text_en="x", in_force_from=DAY)
    now = timezone.now()
    for customer in (kept, merged):
        Consent.objects.create(customer=customer, purpose="care", notice=notice, given_at=now)
        PrivacyRequest.objects.create(
            customer=customer, kind="export", identity_checked="x", due_on=DAY, recorded_by=world.agent
        )
    Consent.objects.create(customer=merged, purpose="care", notice=notice, given_at=now, withdrawn_at=now)
    Consent.objects.create(customer=merged, purpose="survey", notice=notice, given_at=now)
    merge(world, kept, merged)
    assert [phone.number for phone in merged.phones.all()] == ["13800138000"]
    assert merged.consents.count() == 1
    assert kept.consents.count() == 3
    assert merged.requests.count() == kept.requests.count() == 1


def test_both_files_are_in_the_trail_without_personal_data(world: World) -> None:
    kept, merged = world.file("张三丰", "13800138000"), world.file("张三风", "13900139000")
    undo(world, merge(world, kept, merged))
    rows = AuditEvent.objects.filter(subject_type="customers.customer").order_by("id")
    assert [(row.action, row.subject_id) for row in rows] == [
        ("customer.merged_here", kept.pk),
        ("customer.merged_away", merged.pk),
        ("customer.separated", kept.pk),
        ("customer.separated", merged.pk),
    ]
    assert rows[0].changes == {"other": [None, merged.pk], "customers.CustomerPhone.customer": [None, 1]}
    assert verify_chain().ok


def test_undoing_gives_back_exactly_what_moved(world: World) -> None:
    kept, merged = world.file("张三丰", "13800138000"), world.file("张三风", "13900139000")
    promise(world, kept)
    promise(world, merged)
    before = owners()
    row = merge(world, kept, merged)
    newer = promise(world, kept, "寄回发票")
    CustomerPhone.objects.create(customer=kept, number="13700137000", kind="mobile")
    Customer.objects.filter(pk=kept.pk).update(email="new@example.com")
    undo(world, row)
    after = owners()
    for key, rows in before.items():
        assert {pk: after[key][pk] for pk in rows} == rows, key
    newer.refresh_from_db()
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert newer.customer == kept
    assert kept.phones.filter(number="13700137000").exists()
    assert (kept.email, kept.version, merged.merged_into, merged.version) == ("new@example.com", 3, None, 3)
    assert (row.__class__.objects.get().undone_by, Merge.objects.get().undone_at is None) == (
        world.agent,
        False,
    )


def test_a_row_that_went_on_to_somebody_else_stays_there(world: World) -> None:
    kept, merged, third = world.file("甲甲"), world.file("乙乙"), world.file("丙丙")
    made = promise(world, merged)
    row = merge(world, kept, merged)
    Promise.objects.filter(pk=made.pk).update(customer=third)
    undo(world, row)
    made.refresh_from_db()
    assert made.customer == third


def test_chains_are_taken_back_from_the_end(world: World) -> None:
    first, second, third = world.file("甲甲"), world.file("乙乙"), world.file("丙丙")
    for customer in (first, second, third):
        promise(world, customer)
    before = owners()
    inner = merge(world, second, first)
    outer = merge(world, third, second)
    assert third.promises.count() == 3
    refusal = refused("merge_not_last", lambda: undo(world, inner))
    assert str(third.pk) in str(refusal.message)
    undo(world, outer)
    undo(world, inner)
    assert owners() == before


def test_refusals(world: World) -> None:
    kept, merged, far = world.file("甲甲"), world.file("乙乙"), world.file("丙丙", centre=world.far)
    actor = person_actor(world.agent)
    refused("merge_itself", lambda: merge(world, kept, kept))
    refused("customer_not_found", lambda: merge(world, kept, far))
    refused("customer_not_found", lambda: merge_customers(actor=actor, kept=kept.pk, merged=10**9))
    manager = person_actor(world.head)
    refused("may_not_customers", lambda: merge_customers(actor=manager, kept=kept.pk, merged=merged.pk))
    refused("stale", lambda: merge(world, kept, merged, versions=(kept.version, merged.version + 1)))
    Customer.objects.filter(pk=merged.pk).update(erased_at=timezone.now())
    refused("merge_erased", lambda: merge(world, kept, merged))
    Customer.objects.filter(pk=merged.pk).update(erased_at=None)
    row = merge(world, kept, merged)
    refused("merge_merged", lambda: merge(world, kept, merged))
    refused("merge_merged", lambda: merge(world, merged, kept))
    refused("customer_not_found", lambda: undo_merge(actor=person_actor(world.stranger), merge=row.pk))
    refused("merge_not_found", lambda: undo_merge(actor=actor, merge=row.pk + 1))
    Customer.objects.filter(pk=kept.pk).update(erased_at=timezone.now())
    refused("merge_erased", lambda: undo(world, row))
    Customer.objects.filter(pk=kept.pk).update(erased_at=None)
    undo(world, row)
    refused("merge_undone", lambda: undo(world, row))


def test_refused_merges_change_nothing(world: World) -> None:
    kept, merged = world.file("甲甲"), world.file("乙乙")
    before = owners()
    refused("stale", lambda: merge(world, kept, merged, versions=(9, 9)))
    assert owners() == before
    assert not Merge.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="customer.merged").exists()


def test_saying_that_two_files_differ_is_remembered_once(world: World) -> None:
    one, other = world.file("甲甲"), world.file("甲甲")
    for pair in ((one, other), (other, one)):
        not_the_same(actor=person_actor(world.agent), one=pair[0].pk, other=pair[1].pk)
    assert list(NotDuplicate.objects.values_list("low_id", "high_id")) == [(one.pk, other.pk)]
    assert AuditEvent.objects.filter(action="customer.not_duplicate").count() == 2


def _add_something(chance: random.Random, world: World, customer: Customer, notice: PrivacyNotice) -> None:
    """One random row of the customer; what the database refuses as a double is not added."""
    what = chance.randrange(5)
    if what == 0:
        number = f"1390000{chance.randrange(12):04d}"
        if not customer.phones.filter(number=number).exists():
            CustomerPhone.objects.create(customer=customer, number=number, kind="mobile")
    elif what == 1:
        promise(world, customer)
    elif what == 2:
        CareCall.objects.create(
            customer=customer, kind="regular", due_on=DAY + timedelta(days=chance.randrange(9))
        )
    elif what == 3:
        purpose = chance.choice(["care", "survey", "marketing"])
        if not customer.consents.filter(purpose=purpose, withdrawn_at=None).exists():
            Consent.objects.create(customer=customer, purpose=purpose, notice=notice, given_at=timezone.now())
    else:
        CustomerChange.objects.create(customer=customer, field="name", old="x", new="y")


@pytest.mark.parametrize("seed", range(12))
def test_any_merges_with_additions_taken_back_bring_everything_to_its_owner(world: World, seed: int) -> None:
    chance = random.Random(seed)
    files = [world.file(f"试{index}") for index in range(4)]
    notice = PrivacyNotice.objects.create(version=900, text="x", text_en="x", in_force_from=DAY)
    for _index in range(30):
        _add_something(chance, world, chance.choice(files), notice)
    before = owners()
    living, done, added = list(files), [], []
    while len(living) > 1:
        kept, merged = chance.sample(living, 2)
        done.append(merge(world, kept, merged))
        living.remove(merged)
        seen = owners()
        for _index in range(chance.randrange(4)):
            _add_something(chance, world, kept, notice)
        added += [(key, pk, kept.pk) for key, rows in owners().items() for pk in rows if pk not in seen[key]]
    for row in reversed(done):
        undo(world, row)
    after = owners()
    for key, rows in before.items():
        assert {pk: after[key][pk] for pk in rows} == rows, key
    for key, pk, kept_pk in added:
        assert after[key][pk] == kept_pk, (key, pk)


@pytest.mark.django_db(transaction=True)
def test_two_merges_against_each_other_are_one_merge() -> None:
    world = World()
    one, other = world.file("甲甲"), world.file("乙乙")
    people = [Person.objects.get(pk=world.agent.pk) for _index in range(8)]

    def work(number: int) -> Any:
        kept, merged = (one, other) if number % 2 else (other, one)
        return merge_customers(actor=person_actor(people[number]), kept=kept.pk, merged=merged.pk)

    answers = at_once(8, work)
    assert sum(isinstance(answer, Merge) for answer in answers) == 1
    refusals = [answer for answer in answers if not isinstance(answer, Merge)]
    assert {getattr(answer, "code", repr(answer)) for answer in refusals} == {"merge_merged"}
    assert Merge.objects.count() == 1
    row = Merge.objects.get()
    assert row.kept.phones.count() == 2
    assert row.merged.merged_into_id == row.kept_id
    assert Customer.objects.filter(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_undos_are_one_undo() -> None:
    world = World()
    row = merge(world, world.file("甲甲"), world.file("乙乙"))
    people = [Person.objects.get(pk=world.agent.pk) for _index in range(6)]
    answers = at_once(6, lambda number: undo_merge(actor=person_actor(people[number]), merge=row.pk))
    assert sum(isinstance(answer, Merge) for answer in answers) == 1
    assert AuditEvent.objects.filter(action="customer.separated").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_phone_added_while_merging_is_never_lost() -> None:
    world = World()
    kept, merged = world.file("甲甲"), world.file("乙乙")
    agent = Person.objects.get(pk=world.agent.pk)

    def work(number: int) -> Any:
        if number == 0:
            return merge_customers(actor=person_actor(agent), kept=kept.pk, merged=merged.pk)
        return CustomerPhone.objects.create(customer=merged, number=f"1370013{number:04d}", kind="mobile")

    answers = at_once(8, work)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    undo_merge(actor=person_actor(agent), merge=Merge.objects.get().pk)
    assert merged.phones.count() == 8
