"""The lists of devices, models, parts and own faults: fields, keys, and who may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.imports import cells, registry
from core.imports.registry import Exports, Field, Key, Kind, Row, Values
from customers import policies as customer_policies
from customers.imports.cells import phone
from customers.rules.grants import EXPORT, IMPORT, REVEAL
from products import policies
from products.enums import Component, GuaranteeCategory
from products.imports.catalogue import FaultLoader, ModelLoader, PartLoader
from products.imports.cells import code, colours, imei, invoice, tacs
from products.imports.devices import DeviceLoader
from products.rules.invoices import invoice_problem, split_invoice

DEVICES_SHOWN, DEVICES_FULL = "products.devices", "products.devices_full"
MODELS_SHOWN, FAULTS_SHOWN, PARTS_SHOWN = "products.models", "products.faults", "products.parts"

DEVICE_FIELDS = (
    Field(
        "imei",
        "IMEI",
        imei,
        required=True,
        example="860123045567518",
        aliases=("IMEI1", "IMEI 1", "IMEI号", "串号", "手机串号", "主IMEI"),
    ),
    Field("imei2", "IMEI 2", imei, aliases=("IMEI2", "副IMEI", "第二IMEI")),
    Field(
        "model",
        _("Model code"),
        code(30),
        example="A10",
        aliases=("型号", "机型", "产品型号", "型号编码", "model"),
    ),
    Field(
        "owner_phone",
        _("Owner's phone"),
        phone,
        example="13800138000",
        aliases=("客户电话", "用户电话", "手机号", "电话", "机主手机", "owner phone", "phone"),
    ),
    Field(
        "owner_name",
        _("Owner's name"),
        cells.text(60),
        example="张三",
        aliases=("客户姓名", "客户", "机主", "用户", "姓名", "owner", "customer"),
    ),
    Field(
        "owner",
        _("Owner's file number"),
        cells.whole(1, 2**31 - 1),
        aliases=("机主档案号", "客户档案号", "owner id"),
    ),
    Field("colour", _("Colour"), cells.text(20), aliases=("颜色", "color")),
    Field("variant", _("Version"), cells.text(40), aliases=("版本", "配置", "variant")),
    Field(
        "sold_on",
        _("Sold on"),
        cells.day,
        example="2026-03-02",
        aliases=("购买日期", "销售日期", "购机日期", "售出日期", "sale date"),
    ),
    Field("delivered_on", _("Delivered on"), cells.day, aliases=("交付日期", "交货日期", "签收日期")),
    Field("seller", _("Seller"), cells.text(80), aliases=("销售商", "经销商", "销售门店", "卖方", "dealer")),
    Field("invoice_code", _("Invoice code"), invoice, aliases=("发票代码",)),
    Field(
        "invoice_number",
        _("Invoice number"),
        invoice,
        aliases=("发票号码", "发票号"),
    ),
)

_NAME = (
    Field(
        "name",
        _("Name in Chinese"),
        cells.text(80),
        required=True,
        example="星河 A10",
        aliases=("名称", "name"),
    ),
    Field(
        "name_en",
        _("Name in English"),
        cells.text(120),
        example="Galaxy A10",
        aliases=("英文名称", "英文名", "name_en"),
    ),
)
_ACTIVE = Field("is_active", _("In use"), cells.yes_no, aliases=("启用", "是否启用", "在用", "active"))
_YES = {"主机": "host", "手机主机": "host", "整机": "host"}

MODEL_FIELDS = (
    Field(
        "code",
        _("Model code"),
        code(30),
        required=True,
        example="A10",
        aliases=("型号", "型号编码", "机型", "code"),
    ),
    *_NAME,
    Field(
        "maker",
        _("Manufacturer's code"),
        cells.text(80),
        aliases=("厂家", "厂家代码", "制造商", "manufacturer", "maker"),
    ),
    Field(
        "category",
        _("Guarantee category"),
        cells.choice(GuaranteeCategory),
        aliases=("三包类别", "类别", "category"),
    ),
    Field("tacs", _("Type allocation codes"), tacs, aliases=("TAC", "TAC码", "tacs")),
    Field("colours", _("Colours"), colours, aliases=("颜色", "colors")),
    Field("launched_on", _("On the market since"), cells.day, aliases=("上市日期", "launched")),
    _ACTIVE,
)
PART_FIELDS = (
    Field(
        "model",
        _("Model code"),
        code(30),
        required=True,
        example="A10",
        aliases=("型号", "机型", "model"),
    ),
    Field(
        "code",
        _("Part number"),
        code(40),
        required=True,
        example="A10-BAT",
        aliases=("配件号", "物料号", "料号", "code"),
    ),
    Field(
        "component",
        _("Component"),
        cells.choice(Component, _YES),
        required=True,
        example="电池",
        aliases=("部件", "component"),
    ),
    *_NAME,
    _ACTIVE,
)
FAULT_FIELDS = (
    Field(
        "code",
        _("Fault code"),
        code(6),
        required=True,
        example="X01",
        aliases=("故障代码", "代码", "code"),
    ),
    Field(
        "component",
        _("Component"),
        cells.choice(Component, _YES),
        required=True,
        example="主机",
        aliases=("部件", "component"),
    ),
    *_NAME,
    Field("parent", _("Kind of fault"), code(6), example="F02", aliases=("上级故障", "所属故障", "parent")),
    _ACTIVE,
)


def _device_keys(values: Values) -> Iterable[Key]:
    for name in ("imei", "imei2"):
        if name in values:
            yield name, values[name]


def _check_device(row: Row) -> None:
    values = row.values
    if values["imei"] == values.get("imei2"):
        row.no("imei2", "imeis_same")
    if "invoice_number" in values or "invoice_code" in values:
        found = split_invoice(values.get("invoice_number", ""), values.get("invoice_code", ""))
        problem = invoice_problem(found)
        if problem:
            row.no(problem[1], problem[0])
        values.update(invoice_code=found.code, invoice_number=found.number)
    if "sold_on" in values and "delivered_on" in values and values["delivered_on"] < values["sold_on"]:
        row.no("delivered_on", "delivered_before_sold")


def _check_fault(row: Row) -> None:
    if row.values["code"] == row.values.get("parent"):
        row.no("parent", "own_parent")


def _may_full(person: Any) -> bool:
    return customer_policies.may(person, EXPORT) and customer_policies.may(person, REVEAL)


DEVICES = Kind(
    "devices",
    pgettext_lazy("list", "Devices"),
    "device-mobile",
    DEVICE_FIELDS,
    may=lambda person: customer_policies.may(person, IMPORT),
    require=lambda person: customer_policies.require(person, IMPORT),
    start=DeviceLoader,
    keys=_device_keys,
    check=_check_device,
    for_whom=lambda person: customer_policies.acting_for(person, IMPORT),
    exports=Exports(
        DEVICES_SHOWN,
        may=lambda person: customer_policies.may(person, EXPORT),
        full=DEVICES_FULL,
        may_full=_may_full,
        for_whom=lambda person: customer_policies.acting_for(person, EXPORT),
    ),
    order=20,
)


def _catalogue(kind: str, label: Any, icon: str, fields: tuple[Field, ...], shown: str, **more: Any) -> Kind:
    exports = Exports(shown, may=policies.may_edit_catalogue)
    return Kind(
        kind,
        label,
        icon,
        fields,
        may=policies.may_edit_catalogue,
        require=policies.require_catalogue,
        for_whom=policies.catalogue_for,
        exports=exports,
        **more,
    )


def _model_keys(values: Values) -> list[Key]:
    """The code, and every type allocation code: each belongs to one model."""
    return [("code", values["code"]), *(("tacs", tac) for tac in values.get("tacs", ()))]


MODELS = _catalogue(
    "models",
    pgettext_lazy("list", "Models"),
    "tag",
    MODEL_FIELDS,
    MODELS_SHOWN,
    start=ModelLoader,
    keys=_model_keys,
    order=30,
)
PARTS = _catalogue(
    "parts",
    pgettext_lazy("list", "Parts of models"),
    "package",
    PART_FIELDS,
    PARTS_SHOWN,
    start=PartLoader,
    keys=lambda values: [("code", (values["model"], values["code"]))],
    order=40,
)
FAULTS = _catalogue(
    "faults",
    pgettext_lazy("list", "Own faults"),
    "stethoscope",
    FAULT_FIELDS,
    FAULTS_SHOWN,
    start=FaultLoader,
    keys=lambda values: [("code", values["code"])],
    check=_check_fault,
    order=50,
)


def register() -> None:
    """Make the lists known; from the app's `ready`."""
    for kind in (DEVICES, MODELS, PARTS, FAULTS):
        registry.register(kind)
