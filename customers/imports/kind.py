"""The list of customers: its fields, its key, and who may."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.imports import cells, registry
from core.imports.cells import sentences
from core.imports.registry import Exports, Field, Key, Kind, Row, Values
from core.imports.words import plain
from customers import policies
from customers.enums import ContactChannel, CustomerKind
from customers.imports.cells import phone, province
from customers.imports.loader import CustomerLoader
from customers.rules import grants
from orgchart.models import Person

SHOWN, FULL = "customers.files", "customers.full"
_LANGUAGES = {
    "zh-hans": ("zh-hans", "zh", "中文", "汉语", "chinese"),
    "en": ("en", "英文", "英语", "english"),
}
_LANGUAGE_WORDS = {word: code for code, words in _LANGUAGES.items() for word in words}
_CHANNELS = {
    "不限": "any",
    "任意": "any",
    "电话": "phone",
    "短信": "sms",
    "邮件": "email",
    "邮箱": "email",
    "phone": "phone",
    "text": "sms",
}
sentences({"bad_language": _("Write zh-hans or en.")})


def _language(cell: str) -> str:
    found = _LANGUAGE_WORDS.get(plain(cell))
    if found is None:
        raise cells.CellProblem("bad_language")
    return found


FIELDS = (
    Field("id", _("File number"), cells.whole(1, 2**31 - 1), aliases=("档案号", "客户编号", "customer id")),
    Field(
        "name",
        _("Name"),
        cells.text(60),
        required=True,
        example="张三",
        aliases=("姓名", "名称", "客户名称", "客户姓名", "客户", "联系人", "customer", "customer name"),
    ),
    Field(
        "phone",
        _("Main phone"),
        phone,
        example="13800138000",
        aliases=(
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "电话号码",
            "电话1",
            "電話",
            "手機",
            "phone number",
            "mobile",
            "tel",
            "phone 1",
        ),
    ),
    Field("phone2", _("Second phone"), phone, aliases=("电话2", "备用电话", "其他电话", "phone 2")),
    Field("phone3", _("Third phone"), phone, aliases=("电话3", "phone 3")),
    Field(
        "kind",
        _("Customer kind"),
        cells.choice(CustomerKind, {"个人客户": "person", "企业": "company", "单位": "company"}),
        example="个人",
        aliases=("类型", "客户类型", "类别", "kind", "type"),
    ),
    Field("email", _("E-mail"), cells.email, aliases=("邮箱", "电子邮箱", "邮件", "mail", "email")),
    Field("language", _("Language"), _language, aliases=("语言",)),
    Field(
        "province",
        _("Province"),
        province,
        example="广东",
        aliases=("省份", "省", "所在省", "地区", "region"),
    ),
    Field("address", _("Address"), cells.text(200), aliases=("地址", "联系地址", "详细地址", "通讯地址")),
    Field(
        "channel",
        _("Preferred channel"),
        cells.choice(ContactChannel, _CHANNELS),
        aliases=("联系偏好", "首选联系方式", "preferred_channel"),
    ),
    Field(
        "preferences", _("Preferences"), cells.text(200), aliases=("偏好", "备注", "preference_note", "note")
    ),
    Field(
        "centre",
        _("Service centre"),
        cells.text(60),
        aliases=("客服中心", "服务中心", "中心", "centre", "center"),
    ),
)


def keys(values: Values) -> Iterable[Key]:
    """A file by its number, else by name and main phone."""
    if "id" in values:
        yield "id", ("id", values["id"])
    elif "phone" in values:
        yield "phone", (values["name"], values["phone"].digits)


def check(row: Row) -> None:
    """A row without a file number needs a phone, for that and the name are what it is known by."""
    if "id" not in row.values and "phone" not in row.values:
        row.no("phone", "missing")


def _may_full(person: Person) -> bool:
    return policies.may(person, grants.EXPORT) and policies.may(person, grants.REVEAL)


CUSTOMERS = Kind(
    "customers",
    pgettext_lazy("list", "Customers"),
    "users",
    FIELDS,
    may=lambda person: policies.may(person, grants.IMPORT),
    require=lambda person: policies.require(person, grants.IMPORT),
    start=CustomerLoader,
    keys=keys,
    check=check,
    for_whom=lambda person: policies.acting_for(person, grants.IMPORT),
    exports=Exports(
        SHOWN,
        may=lambda person: policies.may(person, grants.EXPORT),
        full=FULL,
        may_full=_may_full,
        for_whom=lambda person: policies.acting_for(person, grants.EXPORT),
    ),
    order=10,
)

register = partial(registry.register, CUSTOMERS)
