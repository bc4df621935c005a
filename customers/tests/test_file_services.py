"""Correcting files, their numbers and addresses: what changes, what is kept, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from core.actors import person_actor
from core.errors import DomainError
from core.models import AuditEvent
from customers.models import Customer, CustomerChange
from customers.services import addresses, phones
from customers.services.correcting import Correction, correct_customer
from customers.services.files import create_customer
from customers.tests import factories
from customers.tests.factories import Office
from orgchart.scope import forget_scope

NUMBER, OTHER = "13800138000", "13900139000"


@pytest.fixture
def office(db: None) -> Office:
    return factories.office()


@pytest.fixture
def file(office: Office) -> Customer:
    return factories.customer(office.centre, "张三丰", NUMBER)


def refused(code: str, act: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def history(file: Customer) -> list[tuple[str, str, str]]:
    return list(CustomerChange.objects.filter(customer=file).values_list("field", "old", "new"))


def fix(office: Office, file: Customer, version: int = 1, **values: Any) -> Customer:
    return correct_customer(
        actor=office.actor, customer=file.pk, version=version, correction=Correction(**values)
    )


# -- the file itself ---------------------------------------------------------------------------------------------------


def test_a_new_name_is_found_and_the_old_one_kept(office: Office, file: Customer) -> None:
    fix(office, file, name=" 单小雨 ")
    file.refresh_from_db()
    assert (file.name, file.pinyin, file.initials, file.version) == ("单小雨", "shanxiaoyu", "sxy", 2)
    assert file.name_grams == ["单小", "小雨"]
    assert history(file) == [("name", "张三丰", "单小雨")]


def test_the_trail_names_the_field_and_never_the_value(office: Office, file: Customer) -> None:
    fix(office, file, name="单小雨", email="shan@example.com")
    event = AuditEvent.objects.get(action="customer.corrected")
    assert event.subject_id == file.pk
    assert event.changes == {"fields": [None, "name, email"]}
    assert not AuditEvent.objects.filter(changes__icontains="单小雨").exists()


def test_several_fields_at_once(office: Office, file: Customer) -> None:
    fix(
        office, file, kind="company", email="a@example.com", language="en", province_code="330000",
        preferred_channel="email", preference_note="下午六点后",
    )  # fmt: skip
    file.refresh_from_db()
    assert (file.kind, file.language, file.province_code, file.preferred_channel) == (
        "company", "en", "330000", "email",
    )  # fmt: skip
    assert {field for field, _old, _new in history(file)} == {
        "kind", "email", "language", "province_code", "preferred_channel", "preference_note",
    }  # fmt: skip


def test_without_a_change_nothing_is_written(office: Office, file: Customer) -> None:
    fix(office, file, name="张三丰", kind="person")
    file.refresh_from_db()
    assert file.version == 1
    assert history(file) == []
    assert not AuditEvent.objects.filter(action="customer.corrected").exists()


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "  "}, "name_missing", "name"),
        ({"kind": "robot"}, "not_a_choice", "kind"),
        ({"language": "xx"}, "not_a_choice", "language"),
        ({"province_code": "330100"}, "region_unknown", "province_code"),
        ({"province_code": "999999"}, "region_unknown", "province_code"),
        ({"preferred_channel": "email"}, "email_missing", "preferred_channel"),
    ],
)
def test_what_cannot_be_right_is_refused(
    office: Office, file: Customer, values: dict[str, str], code: str, field: str
) -> None:
    assert refused(code, lambda: fix(office, file, **values)).field == field


def test_a_stale_version_is_a_conflict(office: Office, file: Customer) -> None:
    fix(office, file, kind="dealer")
    error = refused("stale", lambda: fix(office, file, version=1, kind="company"))
    assert (error.status, error.context["current"]) == (409, 2)


def test_who_sees_a_file_through_a_case_alone_does_not_write_it(office: Office, file: Customer) -> None:
    forget_scope(office.engineer)
    actor = person_actor(office.engineer)
    act = lambda: correct_customer(  # noqa: E731
        actor=actor, customer=file.pk, version=1, correction=Correction(kind="dealer")
    )
    assert refused("customer_not_found", act).status == 404
    with factories.seen_by_record(office.engineer, file):
        assert refused("may_not_customers", act).status == 403


def test_another_centre_does_not_reach_the_file(office: Office, file: Customer) -> None:
    actor = person_actor(office.stranger)
    error = refused(
        "customer_not_found", lambda: phones.add_phone(actor=actor, customer=file.pk, number=OTHER)
    )
    assert error.status == 404


def test_merged_and_erased_files_are_not_written(office: Office, file: Customer) -> None:
    kept = factories.customer(office.centre)
    Customer.objects.filter(pk=file.pk).update(merged_into=kept)
    assert refused("file_merged", lambda: fix(office, file, kind="dealer")).status == 409
    Customer.objects.filter(pk=kept.pk).update(erased_at="2026-01-01T00:00Z")
    assert refused("file_erased", lambda: fix(office, kept, kind="dealer")).status == 409


def test_a_new_file_keeps_the_extension_and_leaves_a_withheld_number_out(office: Office) -> None:
    made = create_customer(actor=office.actor, name="王五", phone="0571-87654321转801")
    assert list(made.phones.values_list("number", "extension", "kind")) == [
        ("057187654321", "801", "landline")
    ]
    hidden = create_customer(actor=office.actor, name="赵六", phone="隐藏号码")
    assert not hidden.phones.exists()


# -- numbers -----------------------------------------------------------------------------------------------------------


def add(office: Office, file: Customer, number: str = OTHER, **fields: Any) -> Any:
    return phones.add_phone(actor=office.actor, customer=file.pk, number=number, **fields)


def mains(file: Customer) -> list[str]:
    return list(file.phones.filter(is_main=True).values_list("number", flat=True))


def test_a_number_is_added_with_whose_it_is(office: Office, file: Customer) -> None:
    made = add(office, file, "+86 139-0013-9000", relation="妻子")
    assert (made.number, made.kind, made.relation, made.is_main) == (OTHER, "mobile", "妻子", False)
    assert history(file) == [("phone", "", "139 0013 9000")]
    event = AuditEvent.objects.get(action="customer.phone_added")
    assert OTHER not in str(event.changes)


def test_the_first_number_becomes_the_main_one(office: Office) -> None:
    file = create_customer(actor=office.actor, name="赵六", phone="")
    assert add(office, file).is_main


def test_one_number_may_be_of_many_customers(office: Office, file: Customer) -> None:
    other = factories.customer(office.centre, "李四")
    assert add(office, other, NUMBER).number == NUMBER


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("138 0013 8000", "phone_twice"),
        ("12345678", "phone_not_recognised"),
        ("", "phone_not_recognised"),
        ("未知号码", "phone_withheld"),
    ],
)
def test_numbers_that_are_refused(office: Office, file: Customer, text: str, code: str) -> None:
    assert refused(code, lambda: add(office, file, text)).field == "number"


def test_a_number_out_of_use_is_taken_into_use_instead(office: Office, file: Customer) -> None:
    phone = file.phones.get()
    phones.retire_phone(actor=office.actor, customer=file.pk, phone=phone.pk)
    refused("phone_retired", lambda: add(office, file, NUMBER))
    back = phones.restore_phone(actor=office.actor, customer=file.pk, phone=phone.pk)
    assert (back.is_active, back.is_main) == (True, True)


def test_a_number_is_corrected_with_history(office: Office, file: Customer) -> None:
    phone = file.phones.get()
    row = phones.correct_phone(
        actor=office.actor, customer=file.pk, phone=phone.pk, version=1, number="0571-87654321转8"
    )
    assert (row.number, row.extension, row.kind) == ("057187654321", "8", "landline")
    assert history(file) == [("phone", "138 0013 8000", "0571-8765 4321 转 8")]


def test_an_empty_number_stays_and_only_the_relation_changes(office: Office, file: Customer) -> None:
    phone = file.phones.get()
    phones.correct_phone(actor=office.actor, customer=file.pk, phone=phone.pk, version=1, relation="同事")
    phone.refresh_from_db()
    assert (phone.number, phone.relation) == (NUMBER, "同事")
    assert history(file) == [("phone_relation", "", "同事")]


def test_a_correction_of_a_stale_file_or_into_a_double_is_refused(office: Office, file: Customer) -> None:
    other = add(office, file)
    act = {"actor": office.actor, "customer": file.pk, "phone": other.pk}
    refused("stale", lambda: phones.correct_phone(**act, version=1, number="13700137000"))
    refused("phone_twice", lambda: phones.correct_phone(**act, version=2, number=NUMBER))
    refused("phone_not_found", lambda: phones.correct_phone(**{**act, "phone": 0}, version=2))


def test_there_is_one_main_number(office: Office, file: Customer) -> None:
    other = add(office, file)
    phones.make_main_phone(actor=office.actor, customer=file.pk, phone=other.pk)
    assert mains(file) == [OTHER]
    phones.retire_phone(actor=office.actor, customer=file.pk, phone=other.pk)
    assert mains(file) == [NUMBER]
    refused(
        "phone_out_of_use",
        lambda: phones.make_main_phone(actor=office.actor, customer=file.pk, phone=other.pk),
    )


def test_retiring_twice_writes_once(office: Office, file: Customer) -> None:
    phone = file.phones.get()
    for _time in range(2):
        phones.retire_phone(actor=office.actor, customer=file.pk, phone=phone.pk)
    assert AuditEvent.objects.filter(action="customer.phone_retired").count() == 1


# -- addresses ---------------------------------------------------------------------------------------------------------


def place(
    office: Office, file: Customer, code: str = "330113", text: str = "南苑街道 8 号", **more: Any
) -> Any:
    return addresses.add_address(actor=office.actor, customer=file.pk, region_code=code, text=text, **more)


def test_addresses_are_added_and_one_is_main(office: Office, file: Customer) -> None:
    first, second = place(office, file), place(office, file, "110101", "长安街 1 号")
    assert (first.is_main, second.is_main) == (True, False)
    addresses.make_main_address(actor=office.actor, customer=file.pk, address=second.pk)
    assert list(file.addresses.filter(is_main=True)) == [second]
    addresses.remove_address(actor=office.actor, customer=file.pk, address=second.pk)
    assert list(file.addresses.filter(is_main=True)) == [first]
    assert history(file)[0] == ("address", "北京市东城区长安街 1 号", "")


@pytest.mark.parametrize(
    ("code", "text", "refusal", "field"),
    [
        ("", "某路 1 号", "region_missing", "region_code"),
        ("330103", "某路 1 号", "region_unknown", "region_code"),
        ("330113", "  ", "address_missing", "text"),
    ],
)
def test_addresses_that_are_refused(
    office: Office, file: Customer, code: str, text: str, refusal: str, field: str
) -> None:
    assert refused(refusal, lambda: place(office, file, code, text)).field == field


def test_an_address_is_corrected_with_history(office: Office, file: Customer) -> None:
    row = place(office, file)
    act = {"actor": office.actor, "customer": file.pk, "address": row.pk, "region_code": "330110"}
    refused("stale", lambda: addresses.correct_address(**act, version=1))
    addresses.correct_address(**act, version=2)
    row.refresh_from_db()
    assert (row.region_code, row.text) == ("330110", "南苑街道 8 号")
    assert history(file)[0] == (
        "address", "浙江省杭州市临平区南苑街道 8 号", "浙江省杭州市余杭区南苑街道 8 号",
    )  # fmt: skip
    refused("address_not_found", lambda: addresses.correct_address(**{**act, "address": 0}, version=3))


@pytest.mark.parametrize("action", ["customer.phone_added", "customer.address_added"])
def test_no_personal_data_reach_the_trail(office: Office, file: Customer, action: str) -> None:
    add(office, file)
    place(office, file)
    text = str(AuditEvent.objects.get(action=action).changes)
    assert OTHER not in text
    assert "南苑" not in text
