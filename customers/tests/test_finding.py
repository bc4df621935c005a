"""Finding customers: what a text means, what it finds, and that it stays in scope."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.conf import settings as site
from django.db import connection

from core.models import AuditEvent
from customers import finding
from customers.models import Customer, CustomerPhone
from customers.rules.questions import question
from customers.services import lookups
from customers.services.files import findable
from customers.tests.finding_world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def fresh_count() -> None:
    """No look-up was counted before."""
    client = redis.Redis.from_url(site.REDIS_URL)
    for key in client.scan_iter("lookups:*"):
        client.delete(key)


def names(found: finding.Found) -> list[str]:
    return [hit.customer.name for hit in found.hits]


# -- what a text means ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phone", "tail", "name", "letters"),
    [
        ("13800138000", "13800138000", "", "", ""),
        ("138 0013 8000", "13800138000", "", "", ""),
        ("+86-138-0013-8000", "13800138000", "", "", ""),
        ("１３８００１３８０００", "13800138000", "", "", ""),
        ("010-62345678", "01062345678", "", "", ""),
        ("8000", "", "8000", "", ""),
        ("８０ ００", "", "8000", "", ""),
        ("12345", "12345", "12345", "", ""),
        ("800", "", "", "", ""),
        ("张", "", "", "", ""),
        ("张 三", "", "", "张三", ""),
        ("ZhangSan", "", "", "zhangsan", "zhangsan"),
        ("ｚｓｆ", "", "", "zsf", "zsf"),
        ("", "", "", "", ""),
        ("   ", "", "", "", ""),
    ],
)
def test_what_a_text_means(text: str, phone: str, tail: str, name: str, letters: str) -> None:
    asked = question(text)
    assert (asked.phone, asked.tail, asked.name, asked.letters) == (phone, tail, name, letters)


GOLDEN = [
    ("张三丰", "张三", "name"),
    ("张三丰", "三丰", "name"),
    ("张三丰", "张 三", "name"),
    ("张三丰", "张三丰", "name"),
    ("张三丰", "zhangsan", "pinyin"),
    ("张三丰", "zhangsanfeng", "pinyin"),
    ("张三丰", "ZHANG", "pinyin"),
    ("张三丰", "zsf", "initials"),
    ("张三丰", "zs", "initials"),
    ("张三丰", "张sf", "mixed"),
    ("张三丰", "zhang三", "mixed"),
    ("张三丰", "zsanfeng", "mixed"),
    ("张三丰", "zhangsf", "mixed"),
    ("任盈盈", "renyingying", "pinyin"),
    ("任盈盈", "ryy", "initials"),
    ("单雄信", "shanxiong", "pinyin"),
    ("单雄信", "sxx", "initials"),
    ("单雄信", "单xx", "mixed"),
    ("长孙无忌", "zhangsun", "pinyin"),
    ("长孙无忌", "zswj", "initials"),
    ("曾国藩", "zengguofan", "pinyin"),
    ("欧阳明月", "ouyang", "pinyin"),
    ("欧阳明月", "阳明", "name"),
    ("欧阳 明月", "阳明月", "name"),
    ("吕布", "lvbu", "pinyin"),
    ("John Smith", "smith", "name"),
    ("John Smith", "JOHN S", "name"),
    ("杭州ＡＢ电子", "ab电子", "name"),
]


@pytest.mark.parametrize(("name", "text", "matched"), GOLDEN)
def test_golden_searches_find_the_name(world: World, name: str, text: str, matched: str) -> None:
    world.file("李四光")
    world.file(name)
    found = finding.find(world.agent, text)
    assert [(hit.customer.name, hit.matched) for hit in found.hits] == [(name, matched)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("任盈盈", "wuying"),
        ("单雄信", "danxiong"),
        ("长孙无忌", "changsun"),
        ("曾国藩", "cengguo"),
        ("张三丰", "张丰"),
        ("张三丰", "sanfeng"),
        ("张三丰", "zf"),
        ("张三丰", "张xf"),
        ("阿宝宝阿", "阿宝阿"),
    ],
)
def test_what_does_not_stand_so_in_the_name_finds_nothing(world: World, name: str, text: str) -> None:
    world.file(name)
    assert names(finding.find(world.agent, text)) == []


def test_a_whole_name_comes_before_one_that_only_holds_it(world: World) -> None:
    world.file("张伟强")
    world.file("小张伟")
    world.file("张伟")
    assert names(finding.find(world.agent, "张伟")) == ["张伟", "张伟强", "小张伟"]


def test_the_last_digits_find_and_other_digits_do_not(world: World) -> None:
    world.file("张三丰", "13800138000")
    for text, hits in (("8000", 1), ("38000", 1), ("138000", 1), ("1380", 0), ("0013", 0)):
        assert len(finding.find(world.agent, text).hits) == hits, text


def test_a_landline_is_found_without_its_area_code(world: World) -> None:
    made = world.file("张三丰", "057187654321")
    assert [hit.customer.pk for hit in finding.find(world.agent, "8765 4321").hits] == [made.pk]


def test_a_number_that_is_not_used_any_more_still_finds(world: World) -> None:
    made = world.file("张三丰", "13800138000")
    CustomerPhone.objects.filter(customer=made).update(is_active=False)
    assert names(finding.find(world.agent, "13800138000")) == ["张三丰"]


def test_merged_and_erased_files_are_not_found(world: World) -> None:
    kept = world.file("李四光")
    merged = world.file("张三丰", "13800138000")
    Customer.objects.filter(pk=merged.pk).update(merged_into=kept)
    for text in ("13800138000", "8000", "张三", "zsf"):
        assert names(finding.find(world.agent, text)) == []
    Customer.objects.filter(pk=merged.pk).update(merged_into=None, erased_at="2026-01-01T00:00Z")
    for text in ("13800138000", "8000", "张三", "zsf"):
        assert names(finding.find(world.agent, text)) == []


# -- scope ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["8000", "张三", "zhangsan", "zsf", "张sf"])
def test_nothing_but_a_complete_number_leaves_the_scope(world: World, text: str) -> None:
    world.file("张三丰", "13800138000")
    assert names(finding.find(world.stranger, text)) == []
    assert names(finding.find(world.agent, text)) == ["张三丰"]
    assert names(finding.find(world.head, text)) == ["张三丰"]
    assert AuditEvent.objects.filter(action="customer.looked_up").count() == 0


def test_a_complete_number_finds_a_stranger_and_is_written_down(world: World) -> None:
    world.file("张三丰", "13800138000")
    found = finding.find(world.stranger, "13800138000")
    assert [(hit.customer.name, hit.is_visible, hit.matched) for hit in found.hits] == [
        ("张三丰", False, "number")
    ]
    event = AuditEvent.objects.get(action="customer.looked_up")
    assert event.changes == {"by": [None, ["phone"]], "customers": [None, 1]}
    assert "13800138000" not in str(event.changes)


def test_look_ups_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "LIMIT", 2)
    for _index in range(2):
        finding.find(world.agent, "13800138000")
    with pytest.raises(lookups.TooOften) as refusal:
        finding.find(world.agent, "13800138000")
    assert (refusal.value.code, refusal.value.status) == ("too_many_lookups", 429)
    finding.find(world.agent, "8000")


def test_without_a_post_nothing_is_found(world: World) -> None:
    world.file("张三丰", "13800138000")
    outsider = world.agent.__class__.objects.create(username="x", name="x", employee_no="X1")
    for text in ("13800138000", "8000", "张三"):
        assert names(finding.find(outsider, text)) == []


def test_fifty_are_shown_and_the_rest_is_said(world: World) -> None:
    for _index in range(finding.MOST):
        world.file("张伟")
    assert finding.find(world.agent, "张伟").count_label == "50"
    world.file("张伟")
    found = finding.find(world.agent, "张伟")
    assert (len(found.hits), found.more, found.count_label) == (50, True, "50+")


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("text", "statements"), [("张伟", 3), ("zhang", 3), ("5555", 3), ("15455555555", 7)])
def test_statements_do_not_grow(
    world: World, django_assert_num_queries: Any, rows: int, text: str, statements: int
) -> None:
    for index in range(rows):
        world.file("张伟", f"1540{index:03d}5555", "15455555555")
    finding.find(world.agent, "暖身")
    with django_assert_num_queries(statements):
        finding.find(world.agent, text)


# -- indexes -------------------------------------------------------------------------------------------------------


def _name(index: int) -> str:
    return f"{'赵钱孙李周吴郑王'[index % 8]}{chr(0x4E00 + index % 900)}{chr(0x4E00 + index // 7 % 900)}"


def _fill(world: World, count: int) -> None:
    names = [_name(index) for index in range(count)]
    made = [Customer(name=name, centre=world.near, **findable(name)) for name in names]
    Customer.objects.bulk_create(made)
    CustomerPhone.objects.bulk_create(
        CustomerPhone(customer=customer, number=f"154{index:08d}", kind="mobile")
        for index, customer in enumerate(made)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer; ANALYZE customers_customerphone")


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("15400004321", "customer_phone_number"),
        ("4321", "customer_phone_tail"),
        ("一丁", "customer_name_grams"),
        ("zhaoyi", "customer_pinyin"),
        ("zyd", "customer_initials"),
        ("赵yd", "customer_initials|customer_pinyin"),
    ],
)
def test_each_kind_of_search_has_its_index(world: World, text: str, index: str) -> None:
    _fill(world, 5000)
    asked = question(text)
    mine = finding.living(Customer.objects.permitted(world.head)).order_by()
    plans = [rows.values("pk")[:51].explain() for _rank, rows, _most in finding._branches(mine, asked)]
    assert any(name in plan for plan in plans for name in index.split("|")), plans
    for plan in plans:
        assert "Seq Scan on customers_customer " not in plan, plan
        assert "Seq Scan on customers_customerphone" not in plan, plan
