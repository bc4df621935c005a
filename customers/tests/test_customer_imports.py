"""Lists of customers: added, found again, corrected with history, within the own centres, and out and in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core.actors import person_actor
from core.errors import Invalid, NotVisible, Refused
from core.exports import path_of, run_export
from core.imports import registry, running, services
from core.imports.judging import Judge
from core.imports.mapping import propose
from core.imports.taking import request_list
from core.models import AuditEvent, ExportFile, ImportFile
from core.reveal import REVEALED_BATCH
from customers.models import Customer, CustomerAddress, CustomerChange, CustomerPhone
from customers.services import create_customer
from orgchart.models import Person
from orgchart.tests.factories import Organisation, make_organisation, person_with

pytestmark = pytest.mark.django_db
HEAD = "姓名,电话,电话2,省份,地址,邮箱"
ROW = "张三丰,13800138000,02088886666,广东,天河路1号,zhang@example.com"


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.IMPORT_DIR, settings.EXPORT_DIR = tmp_path / "imports", tmp_path / "exports"


@pytest.fixture
def org(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def leader(org: Organisation) -> Person:
    return person_with("info_lead", org.near.info)


def bring(person: Person, *rows: str, head: str = HEAD, load: bool = True) -> ImportFile:
    return bring_bytes(person, "\r\n".join([head, *rows]).encode(), load=load)


def bring_bytes(person: Person, data: bytes, *, load: bool = True, kind: str = "customers") -> ImportFile:
    actor = person_actor(person)
    row = services.upload(actor=actor, kind=kind, file_name="a.csv", chunks=[data])
    services.start_check(
        actor=actor, import_file=row, fields={place: key for key, place in row.mapping.items()}
    )
    running.run_check(row.pk)
    row.refresh_from_db()
    if load and row.state == "checked" and (row.added or row.changed):
        services.start_load(actor=actor, import_file=row, good_only=bool(row.bad))
        running.run_load(row.pk)
    row.refresh_from_db()
    return row


def counts(row: ImportFile) -> tuple[int, int, int, int]:
    return row.added, row.changed, row.unchanged, row.bad


def wrong(row: ImportFile) -> list[tuple[int, str, str]]:
    return list(row.problems.values_list("row", "column", "code"))


def test_a_file_as_the_pages_open_one(leader: Person, org: Organisation) -> None:
    assert counts(bring(leader, ROW)) == (1, 0, 0, 0)
    made = Customer.objects.get()
    twin = create_customer(
        actor=person_actor(leader), name="张三丰", phone="13800138000", email="zhang@example.com",
        province_code="440000",
    )  # fmt: skip
    ignored = {"id", "created_at", "_state"}
    assert {name: value for name, value in vars(made).items() if name not in ignored} == {
        name: value for name, value in vars(Customer.objects.get(pk=twin.pk)).items() if name not in ignored
    }
    phones = made.phones.values_list("number", "kind", "is_main", "is_active")
    assert list(phones) == [
        ("13800138000", "mobile", True, True),
        ("02088886666", "landline", False, True),
    ]
    assert list(made.addresses.values_list("text", "is_main")) == [("天河路1号", True)]
    assert made.centre == org.near.unit


def test_the_same_list_again_changes_nothing(leader: Person) -> None:
    bring(leader, ROW)
    assert counts(bring(leader, ROW + " ", ROW.replace("张三丰", "李四"))) == (1, 0, 1, 0)
    assert Customer.objects.count() == 2


def test_a_correction_keeps_old_and_new(leader: Person) -> None:
    bring(leader, ROW)
    row = bring(leader, "张三丰,138 0013 8000,13900139000,广西,中山路2号,")
    assert counts(row) == (0, 1, 0, 0)
    made = Customer.objects.get()
    assert (made.province_code, made.email, made.version) == ("450000", "zhang@example.com", 2)
    history = made.changes.order_by("id").values_list("field", "old", "new", "changed_by_id")
    assert list(history) == [
        ("province_code", "440000", "450000", leader.pk),
        ("phone", "", "13900139000", leader.pk),
        ("address", "天河路1号", "中山路2号", leader.pk),
    ]
    assert set(made.phones.values_list("number", flat=True)) == {"13800138000", "02088886666", "13900139000"}
    event = AuditEvent.objects.get(action="import.customers", subject_id=row.pk)
    assert event.changes == {"changed": [None, [str(made.pk)]]}


def test_by_file_number_name_and_phone_are_corrected(leader: Person) -> None:
    bring(leader, ROW)
    made = Customer.objects.get()
    row = bring(leader, f"{made.pk},张三疯,13900139000", head="档案号,姓名,电话")
    made.refresh_from_db()
    assert (counts(row), made.name, made.pinyin) == ((0, 1, 0, 0), "张三疯", "zhangsanfeng")
    assert "三疯" in made.name_grams
    assert made.phones.get(is_main=True).number == "13900139000"
    assert list(made.changes.order_by("id").values_list("field", "old", "new")) == [
        ("name", "张三丰", "张三疯"), ("phone", "13800138000", "13900139000"),
    ]  # fmt: skip


def test_other_centres_are_neither_found_nor_changed(leader: Person, org: Organisation) -> None:
    bring(leader, ROW)
    there = Customer.objects.get()
    other = person_with("info_lead", org.far.info)
    assert wrong(bring(other, f"{there.pk},李四,13900139000", head="档案号,姓名,电话")) == [
        (2, "档案号", "unknown_file")
    ]
    assert counts(bring(other, ROW)) == (1, 0, 0, 0)
    assert Customer.objects.exclude(pk=there.pk).get().centre == org.far.unit


def test_whoever_stands_above_the_centres_names_one(org: Organisation) -> None:
    above = person_with("department_supervisor", org.department)
    assert wrong(bring(above, ROW)) == [(2, "客服中心", "centre_missing")]
    row = bring(above, "张三,13800138000,C510000", "李四,13900139000,C999", head="姓名,电话,客服中心")
    assert (counts(row), wrong(row)) == ((1, 0, 0, 1), [(3, "客服中心", "unknown_centre")])
    assert Customer.objects.get().centre == org.far.unit


def test_two_files_with_one_name_and_number_are_not_guessed_between(leader: Person) -> None:
    for _number in range(2):
        create_customer(actor=person_actor(leader), name="张三丰", phone="13800138000")
    assert wrong(bring(leader, ROW)) == [(2, "电话", "several_files")]


def test_merged_and_erased_files_are_not_found(leader: Person) -> None:
    bring(leader, ROW)
    kept = create_customer(actor=person_actor(leader), name="李四", phone="13900139000")
    Customer.objects.filter(name="张三丰").update(merged_into=kept)
    assert counts(bring(leader, ROW)) == (1, 0, 0, 0)


def test_an_agent_brings_in_nothing(org: Organisation) -> None:
    agent = person_with("service_agent", org.near.info)
    with pytest.raises(Refused, match="may_not_customers"):
        bring(agent, ROW)


@pytest.mark.parametrize("size", [1, 200])
def test_a_batch_costs_the_same_however_long(leader: Person, size: int) -> None:
    kind = registry.find("customers")
    head = HEAD.split(",")
    cells = [[f"名{n}", f"1380013{n:04}", "", "广东", "路", ""] for n in range(size)]
    judge = Judge(kind, 6, propose(kind, head), kind.start(leader))
    with CaptureQueriesContext(connection) as seen:
        rows = judge.judge(list(enumerate(cells, start=2)))
        judge.loader.apply(rows)
    assert len(seen) == 5  # numbers looked up; ids, files, phones, addresses written
    assert Customer.objects.count() == size
    again = Judge(kind, 6, propose(kind, head), kind.start(leader))
    with CaptureQueriesContext(connection) as seen:
        assert {row.verdict for row in again.judge(list(enumerate(cells, start=2)))} == {"unchanged"}
    assert len(seen) == 4


# -- out and in again ---------------------------------------------------------------------------------------


def fill(leader: Person) -> None:
    bring(
        leader, ROW, "=1+1,13900139000,,,,", "甲公司,4008001234,,北京,,",
        '"李,四",13700137000,,,"路""1""号",',
    )  # fmt: skip
    create_customer(actor=person_actor(leader), name="@无号", phone="")
    Customer.objects.filter(name="甲公司").update(
        kind="company", preferred_channel="email", preference_note="上午"
    )


def taken(leader: Person, form: str, **more: Any) -> bytes:
    made = request_list(person=leader, kind="customers", form=form, language="zh-hans", **more)
    run_export(made.pk)
    return path_of(ExportFile.objects.get(pk=made.pk)).read_bytes()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_our_own_full_export_changes_nothing(leader: Person, form: str) -> None:
    fill(leader)
    before = list(Customer.objects.order_by("pk").values())
    data = taken(leader, form, full=True, reason="核对地址")
    row = bring_bytes(leader, data)
    assert (counts(row), wrong(row)) == ((0, 0, len(before), 0), [])
    assert list(Customer.objects.order_by("pk").values()) == before
    assert not CustomerChange.objects.exists()


def test_a_full_export_is_a_reveal_with_a_reason(leader: Person, org: Organisation) -> None:
    with pytest.raises(Invalid, match="reason_required"):
        taken(leader, "csv", full=True, reason=" ")
    taken(leader, "csv", full=True, reason="核对地址")
    event = AuditEvent.objects.get(action=REVEALED_BATCH)
    assert (event.actor_id, event.reason, event.changes) == (
        leader.pk, "核对地址", {"list": [None, "customers"]},
    )  # fmt: skip
    agent = person_with("service_agent", org.near.info)
    with pytest.raises(NotVisible):
        taken(agent, "csv")


def test_what_is_taken_out_is_masked_and_of_the_own_centre(leader: Person, org: Organisation) -> None:
    bring(leader, ROW)
    other = person_with("info_lead", org.far.info)
    bring(other, "王五,13600136000,,,,")
    text = taken(leader, "csv").decode("utf-8-sig")
    assert "138****8000" in text
    assert not [secret for secret in ("13800138000", "张三丰", "天河路", "王", "zhang@") if secret in text]


def test_a_sheet_has_no_formulas(leader: Person, tmp_path: Path) -> None:
    fill(leader)
    path = tmp_path / "a.xlsx"
    path.write_bytes(taken(leader, "xlsx", full=True, reason="核对"))
    sheet = openpyxl.load_workbook(path).active
    kinds = {cell.data_type for line in sheet.iter_rows() for cell in line}
    assert kinds <= {"s", "n", "inlineStr"}
    assert "'@无号" in {cell.value for cell in sheet["B"]}


def test_nothing_of_a_list_stands_in_the_trail(leader: Person) -> None:
    bring(leader, ROW, "坏行,123,,,,")
    words = str(list(AuditEvent.objects.values()))
    assert not [secret for secret in ("13800138000", "张三丰", "天河路", "坏行") if secret in words]
    assert CustomerPhone.objects.count() == 2
    assert CustomerAddress.objects.count() == 1
