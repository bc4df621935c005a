"""The REST door to customer files: masked, once, on a version."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import AuditEvent
from customers.models import Customer
from customers.tests import factories
from customers.tests.factories import Office

FILES = "/api/v1/customers/"
NUMBER = "13800138000"
NEW = {"name": "王小明", "phone": "0571-87654321转801"}


@pytest.fixture
def office(db: None, settings: Any) -> Office:
    settings.MFA_REQUIRED = False
    return factories.office()


@pytest.fixture
def file(office: Office) -> Customer:
    return factories.customer(office.centre, "张三丰", NUMBER, email="zhang@example.com")


def send(office: Office, data: Any, key: str | None = "k-1", who: str = "agent") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return office.browser(who).post(FILES, data, content_type="application/json", headers=headers)


def patch(office: Office, file: Customer, data: Any, version: str | None = '"1"', who: str = "agent") -> Any:
    headers = {} if version is None else {"If-Match": version}
    path = f"{FILES}{file.pk}/"
    return office.browser(who).patch(path, data, content_type="application/json", headers=headers)


def test_a_file_is_read_masked(office: Office, file: Customer) -> None:
    factories.address(file)
    factories.consent(file)
    factories.promise(file, office.agent)
    factories.care_call(file, office.agent)
    answer = office.browser().get(f"{FILES}{file.pk}/")
    body = answer.json()
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert (body["name"], body["email"], body["phones"][0]["number"]) == (
        "张*丰", "z***@example.com", "138****8000",
    )  # fmt: skip
    assert body["addresses"][0]["region"] == "浙江省杭州市余杭区"
    assert [len(body[name]) for name in ("consents", "promises", "care_calls")] == [1, 1, 1]
    text = answer.content.decode()
    for plain in ("张三丰", NUMBER, "文一西路"):
        assert plain not in text


def test_invisible_is_404(office: Office, file: Customer) -> None:
    assert office.browser("stranger").get(f"{FILES}{file.pk}/").status_code == 404
    assert patch(office, file, {"kind": "dealer"}, who="stranger").status_code == 404
    assert patch(office, file, {"kind": "dealer"}, who="head").status_code == 403


def test_a_file_is_opened_once_for_a_key(office: Office) -> None:
    first, second = send(office, NEW), send(office, NEW)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    made = Customer.objects.get()
    assert first["Location"] == f"{FILES}{made.pk}/"
    assert (made.centre, made.phones.get().extension) == (office.centre, "801")
    assert not AuditEvent.objects.filter(changes__icontains="87654321").exists()


@pytest.mark.parametrize(
    ("data", "key", "status", "code"),
    [
        (NEW, None, 400, "key_missing"),
        (NEW, "ü", 400, "bad_key"),
        ({**NEW, "phone": "123"}, "k", 422, "phone_not_recognised"),
        ({**NEW, "phone": ""}, "k", 422, "invalid"),
        ({**NEW, "nmae": "x"}, "k", 422, "invalid"),
    ],
)
def test_what_is_refused(office: Office, data: Any, key: str | None, status: int, code: str) -> None:
    answer = send(office, data, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Customer.objects.exists()


def test_a_withheld_number_and_somebody_without_the_right(office: Office) -> None:
    assert send(office, {"name": "王五", "phone": "", "withheld": True}).status_code == 201
    assert send(office, NEW, who="engineer").status_code == 403


def test_a_correction_needs_the_version(office: Office, file: Customer) -> None:
    assert patch(office, file, {"kind": "dealer"}, None).status_code == 428
    assert patch(office, file, {"kind": "dealer"}, "W/x").status_code == 400
    done = patch(office, file, {"kind": "dealer"})
    assert (done.status_code, done["ETag"]) == (200, '"2"')
    stale = patch(office, file, {"kind": "company"})
    assert (stale.status_code, stale.json()["current"], stale["ETag"]) == (412, 2, '"2"')
    assert patch(office, file, {"province_code": "330100"}, '"2"').status_code == 422


def test_reading_costs_a_fixed_number_of_statements(
    office: Office, file: Customer, django_assert_max_num_queries: Any
) -> None:
    for _row in range(25):
        factories.phone(file)
        factories.promise(file, office.agent)
    browser = office.browser()
    with django_assert_max_num_queries(6):
        browser.get(f"{FILES}{file.pk}/")
