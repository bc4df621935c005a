"""Lists of devices, models, parts and own faults: by the rules of the pages, and out and in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from core.actors import person_actor
from core.errors import Refused
from core.exports import path_of, run_export
from core.imports import registry, running, services
from core.imports.judging import Judge
from core.imports.mapping import propose
from core.imports.taking import request_list
from core.models import ExportFile, ImportFile
from customers.models import Customer
from customers.services import create_customer
from orgchart.models import Person
from orgchart.tests.factories import SYSTEM, Organisation, make_organisation, person_with
from products.loading import load_faults
from products.models import Device, DeviceChange, FaultCode, Manufacturer, ModelPart, ProductModel
from products.rules import luhn_digit
from products.services import register_device

pytestmark = pytest.mark.django_db
HEAD = "IMEI,IMEI2,型号,机主手机,机主,购买日期,交付日期,发票号码"


def imei(number: int) -> str:
    body = f"86012304{number:06}"
    return f"{body}{luhn_digit(body)}"


FIRST, SECOND, THIRD = imei(1), imei(2), imei(3)


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.IMPORT_DIR, settings.EXPORT_DIR = tmp_path / "imports", tmp_path / "exports"


@pytest.fixture
def org(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def leader(org: Organisation) -> Person:
    return person_with("info_lead", org.near.info)


@pytest.fixture
def supervisor(org: Organisation) -> Person:
    return person_with("department_supervisor", org.department)


@pytest.fixture
def owner(leader: Person) -> Customer:
    ProductModel.objects.create(code="A10", name="A10", name_en="A10", manufacturer="x")
    return create_customer(actor=person_actor(leader), name="张三丰", phone="13800138000")


def bring(person: Person, kind: str, *lines: str, data: bytes = b"") -> ImportFile:
    actor = person_actor(person)
    row = services.upload(
        actor=actor, kind=kind, file_name="a.csv", chunks=[data or "\r\n".join(lines).encode()]
    )
    services.start_check(
        actor=actor, import_file=row, fields={place: key for key, place in row.mapping.items()}
    )
    running.run_check(row.pk)
    row.refresh_from_db()
    if row.state == "checked" and (row.added or row.changed):
        services.start_load(actor=actor, import_file=row, good_only=bool(row.bad))
        running.run_load(row.pk)
    row.refresh_from_db()
    return row


def counts(row: ImportFile) -> tuple[int, int, int, int]:
    return row.added, row.changed, row.unchanged, row.bad


def wrong(row: ImportFile) -> list[tuple[int, str, str]]:
    return list(row.problems.values_list("row", "column", "code"))


def taken(person: Person, kind: str, **more: Any) -> bytes:
    made = request_list(person=person, kind=kind, form="xlsx", language="zh-hans", **more)
    run_export(made.pk)
    return path_of(ExportFile.objects.get(pk=made.pk)).read_bytes()


# -- devices ------------------------------------------------------------------------------------------------


def device(first: str = FIRST, second: str = "", day: str = "2026-03-02", **cells: str) -> str:
    given = {
        "model": "A10",
        "phone": "13800138000",
        "name": "张三丰",
        "delivered": "",
        "invoice": "26442000000012345678",
        **cells,
    }
    return ",".join(
        [
            first,
            second,
            given["model"],
            given["phone"],
            given["name"],
            day,
            given["delivered"],
            given["invoice"],
        ]
    )


def test_a_device_with_its_ownership(leader: Person, owner: Customer) -> None:
    row = bring(leader, "devices", HEAD, device(second=SECOND))
    made = Device.objects.get()
    assert (counts(row), made.imei, made.imei2, made.owner) == ((1, 0, 0, 0), FIRST, SECOND, owner)
    assert (str(made.sold_on), made.invoice_number, made.version) == ("2026-03-02", "26442000000012345678", 1)
    held = made.ownerships.get()
    assert (held.owner, str(held.starts_on), held.ends_on, held.recorded_by) == (
        owner,
        "2026-03-02",
        None,
        leader,
    )


def test_again_nothing_and_a_correction_with_its_history(leader: Person, owner: Customer) -> None:
    bring(leader, "devices", HEAD, device())
    assert counts(bring(leader, "devices", HEAD, device(), "")) == (0, 0, 1, 0)
    row = bring(leader, "devices", HEAD, device(day="2026-03-05", name="", phone=""))
    made = Device.objects.get()
    assert (counts(row), str(made.sold_on), made.version) == ((0, 1, 0, 0), "2026-03-05", 2)
    history = DeviceChange.objects.values_list("field", "old", "new", "changed_by_id")
    assert list(history) == [("sold_on", "2026-03-02", "2026-03-05", leader.pk)]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (device(FIRST[:-1] + "0"), "IMEI", "imei_wrong_check_digit"),
        (device(second=FIRST), "IMEI2", "imeis_same"),
        (device(model="Z9"), "型号", "unknown_model"),
        (device(model=""), "型号", "missing"),
        (device(name="李四"), "机主手机", "unknown_owner"),
        (device(name="", phone=""), "机主手机", "owner_missing"),
        (device(delivered="2026-03-01"), "交付日期", "delivered_before_sold"),
        (device(invoice="123"), "发票号码", "invoice_number_length"),
        (device(invoice="12345678"), "发票代码", "invoice_code_missing"),
        (device(day="2099-01-01"), "购买日期", "day_in_future"),
        (device(THIRD), "IMEI", "imei_elsewhere"),
        (device(second=THIRD), "IMEI2", "imei_elsewhere"),
    ],
)
def test_refusals(
    leader: Person, org: Organisation, owner: Customer, line: str, column: str, code: str
) -> None:
    elsewhere = person_actor(person_with("info_lead", org.far.info))
    other = create_customer(actor=elsewhere, name="王五", phone="13600136000")
    register_device(actor=elsewhere, imei=THIRD, model=ProductModel.objects.get(), owner=other)
    assert wrong(bring(leader, "devices", HEAD, line)) == [(2, column, code)]
    assert Device.objects.count() == 1


def test_an_owner_is_not_changed_by_a_list(leader: Person, owner: Customer) -> None:
    bring(leader, "devices", HEAD, device())
    create_customer(actor=person_actor(leader), name="李四", phone="13900139000")
    row = bring(leader, "devices", HEAD, device(name="李四", phone="13900139000"))
    assert wrong(row) == [(2, "机主手机", "other_owner")]


@pytest.mark.parametrize("size", [1, 100])
def test_a_batch_of_devices_costs_the_same_however_long(leader: Person, owner: Customer, size: int) -> None:
    kind, head = registry.find("devices"), HEAD.split(",")
    cells = [[*device(imei(number)).split(",")] for number in range(100, 100 + size)]
    judge = Judge(kind, 8, propose(kind, head), kind.start(leader))
    with CaptureQueriesContext(connection) as seen:
        rows = judge.judge(list(enumerate(cells, start=2)))
        judge.loader.apply(rows)
    assert len(seen) == 8
    assert Device.objects.count() == size


def test_our_own_full_export_of_devices_changes_nothing(leader: Person, owner: Customer) -> None:
    bring(leader, "devices", HEAD, device(second=SECOND), device(THIRD, day="", invoice=""))
    row = bring(leader, "devices", data=taken(leader, "devices", full=True, reason="核对"))
    assert (counts(row), wrong(row)) == ((0, 0, 2, 0), [])
    assert not DeviceChange.objects.exists()


def test_devices_are_masked(leader: Person, owner: Customer, tmp_path: Path) -> None:
    bring(leader, "devices", HEAD, device())
    made = request_list(person=leader, kind="devices", form="csv", language="zh-hans")
    run_export(made.pk)
    text = path_of(ExportFile.objects.get(pk=made.pk)).read_text(encoding="utf-8-sig")
    assert "138****8000" in text
    assert not [secret for secret in (FIRST, "13800138000", "张三丰", "12345678") if secret in text]


# -- the catalogue ------------------------------------------------------------------------------------------


def test_models_parts_and_faults(supervisor: Person) -> None:
    load_faults(actor=SYSTEM)
    Manufacturer.objects.create(code="XH", name="星河", name_en="Galaxy")
    head = "型号,名称,厂家,三包类别,TAC,颜色,上市日期"
    row = bring(
        supervisor,
        "models",
        head,
        "A10,星河十号,星河,phone,86012304 86012305,黑、白,2026年3月",
        "B1,乙,没有,,,,",
    )
    assert wrong(row) == [(2, "上市日期", "bad_date"), (3, "厂家", "unknown_maker")]
    row = bring(supervisor, "models", head, "A10,星河十号,星河,,86012304 86012305,黑、白,2026年3月1日")
    made = ProductModel.objects.get()
    assert (counts(row), made.pinyin, made.maker.code, made.tacs, made.colours) == (
        (1, 0, 0, 0), "xingheshihao", "XH", ["86012304", "86012305"], ["黑", "白"],
    )  # fmt: skip
    row = bring(supervisor, "parts", "型号,配件号,部件,名称", "A10,BAT-1,电池,电池", "Z9,X,电池,电池")
    assert (counts(row), wrong(row)) == ((1, 0, 0, 1), [(3, "型号", "unknown_model")])
    head = "故障代码,部件,名称,上级故障"
    row = bring(
        supervisor,
        "faults",
        head,
        "X01,host,屏幕闪烁,F02",
        "F01,host,改名,",
        "X02,battery,鼓包,F02",
        "X03,host,甲,Q99",
    )
    assert wrong(row) == [
        (3, "故障代码", "official_fault"), (4, "上级故障", "other_component"), (5, "上级故障", "unknown_parent"),
    ]  # fmt: skip
    assert FaultCode.objects.get(is_official=False).parent.code == "F02"


def test_a_change_of_the_catalogue_and_nothing_twice(supervisor: Person) -> None:
    head = "型号,名称,颜色,启用"
    bring(supervisor, "models", head, "A10,星河十号,黑,是")
    assert counts(bring(supervisor, "models", head, "A10,星河十号,黑,是 ")) == (0, 0, 1, 0)
    row = bring(supervisor, "models", head, "A10,星河十号,白,否")
    made = ProductModel.objects.get()
    assert (counts(row), made.colours, made.is_active, made.version) == ((0, 1, 0, 0), ["白"], False, 2)


@pytest.mark.parametrize("kind", ["models", "parts", "faults"])
def test_our_own_export_of_the_catalogue_changes_nothing(supervisor: Person, kind: str) -> None:
    load_faults(actor=SYSTEM)
    maker = Manufacturer.objects.create(code="XH", name="星河", name_en="Galaxy")
    model = ProductModel.objects.create(
        code="A10", name="星河", name_en="Galaxy", manufacturer="星河", maker=maker, tacs=["86012304"],
        colours=["黑", "白"], pinyin="xinghe", initials="xh",
    )  # fmt: skip
    ModelPart.objects.create(model=model, component="battery", code="BAT-1", name="电池", name_en="Battery")
    FaultCode.objects.create(
        code="X01", component="host", name="闪烁", name_en="Flicker", is_official=False, pinyin="shanshuo",
        initials="ss", parent=FaultCode.objects.get(code="F02"),
    )  # fmt: skip
    row = bring(supervisor, kind, data=taken(supervisor, kind))
    total = {"models": 1, "parts": 1, "faults": FaultCode.objects.count()}[kind]
    assert (counts(row), wrong(row)) == ((0, 0, total, 0), [])


def test_only_whoever_edits_the_catalogue_brings_it_in(leader: Person) -> None:
    with pytest.raises(Refused, match="may_not_catalogue"):
        bring(leader, "models", "型号,名称", "A10,甲")
    assert ModelPart.objects.count() == 0


def test_a_type_allocation_code_of_another_model_is_refused(supervisor: Person) -> None:
    Manufacturer.objects.create(code="XH", name="星河", name_en="Galaxy")
    head = "型号,名称,厂家,TAC"
    bring(supervisor, "models", head, "A10,星河十号,星河,86012304")
    row = bring(
        supervisor,
        "models",
        head,
        "A11,星河十一号,星河,86012304",
        "A12,甲,星河,86012399",
        "A13,乙,星河,86012399",
    )
    assert [(number, code) for number, _heading, code in wrong(row)] == [
        (2, "tac_taken"),
        (4, "twice_in_file"),
    ]
