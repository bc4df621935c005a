"""Erasing a customer's data: what goes, what stays, who is refused, and that the trail stays whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import audit
from core.actors import system_actor
from core.errors import Conflict, Invalid, Refused
from core.models import AuditEvent, ImportFile, ImportProblem
from core.searches import keep_search, open_search
from customers.enums import CareKind, Purpose, RequestState
from customers.events import CustomerErased, customer_erased
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerAddress,
    CustomerChange,
    Merge,
    PrivacyNotice,
    PrivacyRequest,
    Promise,
)
from customers.services import erasing, holds, requests
from customers.services.notices_privacy import load_first_notice
from customers.tests.privacy_world import World, actor, file_of
from orgchart.scope import today

pytestmark = pytest.mark.django_db
NAME, NUMBER, EMAIL = "欧阳灵犀", "13711223344", "lingxi@example.com"


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def full(world: World) -> Customer:
    """A file with something in every table."""
    customer = file_of(world.org.near.unit, NAME, NUMBER, email=EMAIL, preference_note="晚上联系")
    CustomerAddress.objects.create(customer=customer, region_code="440106", text="体育东路100号")
    Promise.objects.create(customer=customer, text="周五寄出", due_on=today(), made_by=world.agent)
    CareCall.objects.create(customer=customer, kind=CareKind.FOLLOW_UP, due_on=today(), note="已说明")
    CustomerChange.objects.create(customer=customer, field="name", old="欧阳灵", new=NAME)
    load_first_notice(actor=system_actor("tests"))
    Consent.objects.create(
        customer=customer, purpose=Purpose.CARE, notice=PrivacyNotice.objects.get(), given_at=timezone.now()
    )
    return customer


def asked(world: World, customer: Customer, kind: str = "erasure") -> PrivacyRequest:
    return requests.record_request(
        actor=actor(world.agent), customer=customer, kind=kind, identity_checked="回拨登记号码", text="请处理"
    )


def erased(world: World, customer: Customer) -> PrivacyRequest:
    request = asked(world, customer)
    requests.fulfil_erasure(actor=actor(world.manager), request=request, typed=str(customer.pk))
    request.refresh_from_db()
    return request


def test_everything_personal_goes(world: World, full: Customer) -> None:
    request = erased(world, full)
    full.refresh_from_db()
    left = (full.name, full.name_grams, full.pinyin, full.initials, full.email, full.preference_note)
    assert left == ("", [], "", "", "", "")
    assert full.erased_at is not None
    for relation in ("phones", "addresses", "promises", "care_calls", "changes"):
        assert getattr(full, relation).count() == 0, relation
    assert Consent.objects.get().withdrawn_at is not None
    assert (request.state, request.text, request.decided_by) == (RequestState.DONE, "", world.manager)


def test_what_stays_is_said_with_article_and_day(world: World, full: Customer) -> None:
    request = erased(world, full)
    until = today().replace(year=today().year + 3).isoformat()
    kept = {row["what"]: (row["count"], row["until"], row["basis"]) for row in request.kept}
    assert kept["consents"] == (1, until, "civil_188")
    assert kept["requests"] == (1, until, "pipl_55_56")


def test_the_preview_says_the_same_and_changes_nothing(world: World, full: Customer) -> None:
    events = AuditEvent.objects.count()
    shown = erasing.preview(actor=actor(world.manager), customer=full)
    full.refresh_from_db()
    assert (full.name, full.erased_at, full.phones.count()) == (NAME, None, 1)
    assert AuditEvent.objects.count() == events
    done = erasing.erase(actor=actor(world.manager), customer=full)
    assert shown.gone == done.gone
    assert shown.kept == done.kept
    assert {code for code, count in done.gone.items() if count} >= {"phones", "promises", "name_and_contact"}


def test_searches_and_imports_that_hold_the_data_go(world: World, full: Customer) -> None:
    grouped = keep_search(world.agent, "t", {"q": "137 1122-3344"})
    named = keep_search(world.agent, "t", {"q": NAME})
    other = keep_search(world.agent, "t", {"q": "13900001111"})
    file = ImportFile.objects.create(
        owner=world.leader,
        kind="customers",
        file_name="a.csv",
        stored_as="x",
        fingerprint="x",
        sample=[[NAME, "1"]],
    )
    ImportProblem.objects.create(
        file=file, row=3, column="电话", value=f"+86 {NUMBER}", code="c", message="m"
    )
    ImportProblem.objects.create(file=file, row=4, column="电话", value="12", code="c", message="m")
    erased(world, full)
    for token in (grouped, named):
        with pytest.raises(Exception, match="search_gone"):
            open_search(token, "t")
    assert open_search(other, "t") == {"q": "13900001111"}
    file.refresh_from_db()
    assert file.sample == []
    assert list(file.problems.values_list("row", flat=True)) == [4]


def test_merged_files_go_with_the_kept_one(world: World, full: Customer) -> None:
    merged = file_of(world.org.near.unit, "欧阳", "13711223345", merged_into=full)
    Merge.objects.create(kept=full, merged=merged, reason="同一位欧阳")
    with pytest.raises(Conflict, match="file_merged"):
        erasing.erase(actor=actor(world.manager), customer=merged)
    erased(world, full)
    merged.refresh_from_db()
    assert (merged.name, merged.phones.count()) == ("", 0)
    assert merged.erased_at is not None
    assert Merge.objects.get().reason == ""


def test_the_trail_stays_whole_and_holds_no_data(world: World, full: Customer) -> None:
    assert audit.verify_chain().ok
    erased(world, full)
    verdict = audit.verify_chain()
    assert verdict.ok
    event = AuditEvent.objects.get(action="customer.erased")
    assert (event.actor_id, event.subject_id) == (world.manager.pk, full.pk)
    assert event.changes["rows"][0]["phones"] == 1
    written = [str((row.changes, row.reason, row.subject_label)) for row in AuditEvent.objects.all()]
    assert not [text for text in written if NUMBER in text or NAME in text or EMAIL in text]


def test_twice_is_once(world: World, full: Customer) -> None:
    erasing.erase(actor=actor(world.manager), customer=full)
    first = Customer.objects.get(pk=full.pk)
    again = erasing.erase(actor=actor(world.manager), customer=full)
    assert (dict(again.gone), again.kept) == ({}, [])
    assert Customer.objects.get(pk=full.pk).erased_at == first.erased_at
    assert AuditEvent.objects.filter(action="customer.erased").count() == 1


def test_a_legal_hold_keeps_the_file(world: World, full: Customer) -> None:
    holds.place_hold(actor=actor(world.manager), customer=full, reason="法院调查令")
    with pytest.raises(Conflict, match="legal_hold"):
        erased(world, full)
    full.refresh_from_db()
    assert full.name == NAME
    holds.release_hold(actor=actor(world.manager), customer=full)
    request = PrivacyRequest.objects.get()
    requests.fulfil_erasure(actor=actor(world.manager), request=request, typed=f"#{full.pk}")
    full.refresh_from_db()
    assert full.erased_at is not None


def test_a_higher_app_may_refuse_and_nothing_is_written(world: World, full: Customer) -> None:
    def refuse(event: CustomerErased) -> None:
        raise Conflict("customer_has_open_cases", "no")

    customer_erased.subscribe(refuse)
    try:
        with pytest.raises(Conflict, match="open_cases"):
            erased(world, full)
    finally:
        customer_erased._subscribers.remove(refuse)
    full.refresh_from_db()
    assert (full.name, full.phones.count()) == (NAME, 1)


def test_the_number_has_to_be_typed(world: World, full: Customer) -> None:
    request = asked(world, full)
    with pytest.raises(Invalid, match="not_confirmed"):
        requests.fulfil_erasure(actor=actor(world.manager), request=request, typed="yes")
    full.refresh_from_db()
    assert full.name == NAME


@pytest.mark.parametrize("who", ["agent", "far_manager"])
def test_only_who_looks_after_these_files_erases(world: World, full: Customer, who: str) -> None:
    request = asked(world, full)
    with pytest.raises(Refused, match="may_not_customers"):
        requests.fulfil_erasure(actor=actor(getattr(world, who)), request=request, typed=str(full.pk))
    with pytest.raises(Refused, match="may_not_customers"):
        erasing.erase(actor=actor(getattr(world, who)), customer=full)


def test_another_open_request_is_answered_first(world: World, full: Customer) -> None:
    asked(world, full, "export")
    with pytest.raises(Conflict, match="other_request_open"):
        erased(world, full)


def test_copies_of_the_data_expire_at_once(world: World, full: Customer) -> None:
    copy = asked(world, full, "export")
    made = requests.fulfil_copy(actor=actor(world.manager), request=copy, language="en")
    erased(world, full)
    made.refresh_from_db()
    assert made.expires_at <= timezone.now() + timedelta(seconds=1)
