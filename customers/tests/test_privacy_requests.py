"""Requests about personal data: recorded, refused, corrected, copied; their pages, bells and letters."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import exports
from core.errors import Conflict, Invalid, NotVisible
from core.localtime import local_midnight
from core.models import AuditEvent, Effect, ExportFile, Notification
from customers.enums import RequestState
from customers.models import Customer, PrivacyRequest, Promise
from customers.privacy.copies import collect
from customers.privacy.notices import DUE
from customers.services import requests
from customers.services.reminders import remind_of_requests
from customers.tests.privacy_world import World, actor, file_of
from orgchart.models import Person
from orgchart.scope import today

pytestmark = pytest.mark.django_db
NUMBER = "13711223344"


@pytest.fixture(autouse=True)
def one_factor(settings: Any, tmp_path: Path) -> None:
    settings.MFA_REQUIRED = False
    settings.EXPORT_DIR = tmp_path


@pytest.fixture
def world(db: None) -> World:
    made = World()
    Person.objects.update(language="en")
    return made


@pytest.fixture
def customer(world: World) -> Customer:
    return file_of(world.org.near.unit, "欧阳灵犀", NUMBER, email="x@example.com")


def record(world: World, customer: Customer, kind: str = "erasure", text: str = "") -> PrivacyRequest:
    return requests.record_request(
        actor=actor(world.agent), customer=customer, kind=kind, identity_checked="回拨登记号码", text=text
    )


def test_due_in_fifteen_days_and_the_centre_s_people_hear_it(world: World, customer: Customer) -> None:
    request = record(world, customer)
    assert request.due_on == today() + timedelta(days=15)
    rung = Notification.objects.filter(code="customers.request_erasure")
    assert set(rung.values_list("recipient_id", flat=True)) == {world.manager.pk, world.leader.pk}
    assert rung[0].path == f"/privacy/requests/{request.pk}/"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"identity_checked": " a "}, "identity_missing"),
        ({"kind": "correction", "text": " "}, "text_missing"),
    ],
)
def test_incomplete_requests(world: World, customer: Customer, given: dict[str, Any], code: str) -> None:
    whole = {"kind": "erasure", "identity_checked": "回拨登记号码", **given}
    with pytest.raises(Invalid, match=code):
        requests.record_request(actor=actor(world.agent), customer=customer, **whole)


def test_one_open_request_of_a_kind(world: World, customer: Customer) -> None:
    record(world, customer)
    with pytest.raises(Conflict, match="request_open"):
        record(world, customer)
    record(world, customer, "export")


def test_refusing_needs_a_reason_and_is_final(world: World, customer: Customer) -> None:
    request = record(world, customer)
    with pytest.raises(Invalid, match="reason_required"):
        requests.refuse_request(actor=actor(world.manager), request=request, reason=" ")
    requests.refuse_request(actor=actor(world.manager), request=request, reason="无法核实身份")
    request.refresh_from_db()
    assert (request.state, request.reason) == (RequestState.REFUSED, "无法核实身份")
    with pytest.raises(Conflict, match="request_decided"):
        requests.refuse_request(actor=actor(world.manager), request=request, reason="无法核实身份")
    assert AuditEvent.objects.filter(action="privacy.request_refused").count() == 1


def test_a_correction_is_answered_in_words(world: World, customer: Customer) -> None:
    request = record(world, customer, "correction", "号码记错了")
    requests.fulfil_correction(actor=actor(world.leader), request=request, answer="号码已更正")
    request.refresh_from_db()
    assert (request.state, request.reason) == (RequestState.DONE, "号码已更正")


# -- the copy ---------------------------------------------------------------------------------------------------------


def made_copy(world: World, customer: Customer) -> ExportFile:
    Promise.objects.create(customer=customer, text="周五寄出", due_on=date(2026, 5, 1), made_by=world.agent)
    request = record(world, customer, "export")
    made = requests.fulfil_copy(actor=actor(world.manager), request=request, language="zh-hans")
    exports.run_export(made.pk)
    made.refresh_from_db()
    return made


def test_the_copy_holds_everything_as_json_and_pdf(world: World, customer: Customer) -> None:
    made = made_copy(world, customer)
    assert (made.state, Path(made.filename).suffix) == ("ready", ".zip")
    with zipfile.ZipFile(exports.path_of(made)) as archive:
        data = json.loads(archive.read("data.json"))
        pdf = archive.read("data.pdf")
    assert data["phones"][0]["number"] == NUMBER
    assert data["promises"][0]["text"] == "周五寄出"
    assert {
        "file",
        "phones",
        "addresses",
        "consents",
        "care_calls",
        "corrections",
        "devices",
        "cases",
    } <= set(data)
    assert pdf.startswith(b"%PDF-")


def test_the_copy_is_fetched_by_whoever_asked_alone_and_logged(world: World, customer: Customer) -> None:
    made = made_copy(world, customer)
    address = f"/exports/{made.pk}/download/"
    answer = world.browser("manager").get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert zipfile.is_zipfile(BytesIO(b"".join(answer.streaming_content)))
    assert world.browser("leader").get(address).status_code == 404
    assert AuditEvent.objects.filter(action="export.downloaded", subject_id=made.pk).count() == 1
    assert made.expires_at - made.created_at == timedelta(days=3)


def test_whoever_lost_the_post_gets_no_copy(world: World, customer: Customer) -> None:
    request = record(world, customer, "export")
    made = requests.fulfil_copy(actor=actor(world.manager), request=request, language="en")
    world.manager.appointments.update(ends_on=today() - timedelta(days=1))
    exports.run_export(made.pk)
    made.refresh_from_db()
    assert (made.state, made.stored_name) == ("failed", "")


def test_the_copy_names_merged_files_too(world: World, customer: Customer) -> None:
    file_of(world.org.near.unit, "欧阳", "13711223345", merged_into=customer)
    assert {row["number"] for row in collect(customer)["phones"]} == {NUMBER, "13711223345"}


def test_the_copy_goes_out_through_the_outbox(world: World, customer: Customer) -> None:
    request = record(world, customer, "export")
    made = requests.fulfil_copy(actor=actor(world.manager), request=request, language="en")
    effect = Effect.objects.get(kind="export.run")
    assert (effect.payload, made.query) == ({"export": made.pk}, {"request": request.pk})


# -- bells ------------------------------------------------------------------------------------------------------------


def test_three_days_before_it_rings_once(world: World, customer: Customer) -> None:
    request = record(world, customer)
    early = local_midnight(request.due_on - timedelta(days=4))
    assert remind_of_requests(early) == 0
    near = local_midnight(request.due_on - timedelta(days=3))
    assert remind_of_requests(near) == 2
    assert remind_of_requests(near + timedelta(days=1)) == 0
    told = Notification.objects.filter(code=DUE).values_list("recipient_id", flat=True)
    assert set(told) == {world.manager.pk, world.leader.pk}


def test_an_answered_request_rings_no_more(world: World, customer: Customer) -> None:
    request = record(world, customer)
    requests.refuse_request(actor=actor(world.manager), request=request, reason="无法核实身份")
    assert remind_of_requests(local_midnight(request.due_on)) == 0


# -- pages ------------------------------------------------------------------------------------------------------------


def test_from_the_file_to_the_letter(world: World, customer: Customer) -> None:
    agent, manager = world.browser("agent"), world.browser("manager")
    form = {"kind": "erasure", "identity_checked": "called back on the number in the file", "text": "please"}
    made = agent.post(f"/customers/{customer.pk}/requests/new/", form)
    request = PrivacyRequest.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/privacy/requests/{request.pk}/")
    address = f"/privacy/requests/{request.pk}/"
    assert "See what would be erased" not in agent.get(address).content.decode()
    assert "See what would be erased" in manager.get(address).content.decode()
    page = manager.get(f"{address}erase/").content.decode()
    assert "This cannot be undone" in page
    assert NUMBER not in page
    wrong = manager.post(f"{address}erase/", {"typed": "no"})
    assert wrong.status_code == 422
    assert "Type the number of the file to confirm." in wrong.content.decode()
    assert manager.post(f"{address}erase/", {"typed": str(customer.pk)}).status_code == 302
    letter = manager.get(f"{address}letter/").content.decode()
    assert "Your personal data were erased on" in letter
    assert "Civil Code" in letter or "records are kept for three years" in letter


def test_who_sees_a_request(world: World, customer: Customer) -> None:
    request = record(world, customer)
    address = f"/privacy/requests/{request.pk}/"
    seen = {
        who: world.browser(who).get(address).status_code
        for who in ("agent", "mate", "manager", "far_manager")
    }
    assert seen == {"agent": 200, "mate": 404, "manager": 200, "far_manager": 404}
    refused = world.browser("agent").post(
        f"{address}answer/", {"decision": "refuse", "reason": "无法核实身份"}
    )
    assert refused.status_code == 403


def test_a_stranger_records_nothing(world: World, customer: Customer) -> None:
    answer = world.browser("stranger").get(f"/customers/{customer.pk}/requests/new/")
    assert answer.status_code == 404


def test_overdue_is_marked_in_words(world: World, customer: Customer) -> None:
    record(world, customer)
    PrivacyRequest.objects.update(due_on=today() - timedelta(days=2))
    assert "overdue by 2 days" in world.browser("manager").get("/privacy/requests/").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_at_any_length(world: World, count: int) -> None:
    for number in range(count):
        record(world, file_of(world.org.near.unit, f"客户{number}"))
    browser = world.browser("manager")
    browser.get("/privacy/requests/")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/privacy/requests/").status_code == 200
    assert len(queries) <= 8, len(queries)


def test_a_legal_hold_by_page(world: World, customer: Customer) -> None:
    manager = world.browser("manager")
    address = f"/customers/{customer.pk}/hold/"
    assert manager.post(address, {"reason": "no"}).status_code == 422
    assert manager.post(address, {"reason": "court order"}).status_code == 302
    assert customer.holds.get().released_at is None
    assert manager.post(address).status_code == 302
    assert customer.holds.get().released_at is not None
    assert world.browser("agent").get(address).status_code == 403


def test_nothing_left_to_ask_of_an_erased_file(world: World, customer: Customer) -> None:
    request = record(world, customer)
    requests.fulfil_erasure(actor=actor(world.manager), request=request, typed=str(customer.pk))
    customer.refresh_from_db()
    with pytest.raises(Conflict, match="file_erased"):
        record(world, customer)


def test_a_copy_that_is_gone_says_so(world: World, customer: Customer) -> None:
    made = made_copy(world, customer)
    with pytest.raises(NotVisible, match="export_gone"):
        exports.path_of(made, made.expires_at)
