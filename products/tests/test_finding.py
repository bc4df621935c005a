"""Finding devices: by IMEI, its last digits, invoice and serial numbers, in scope; owners for the duplicate warning."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import redis
from django.conf import settings as site
from django.db import connection

from core.models import AuditEvent
from customers import duplicates
from products import finding
from products.finding import question
from products.models import Device, DeviceSerial, Ownership
from products.rules import is_imei
from products.tests import factories
from products.tests.factories import Counter

pytestmark = pytest.mark.django_db
RIGHT = factories.imei(1)
SECOND = itertools.count(900_000)
WRONG = RIGHT[:14] + str((int(RIGHT[14]) + 1) % 10)


@pytest.fixture(autouse=True)
def fresh_count() -> None:
    """No look-up was counted before."""
    client = redis.Redis.from_url(site.REDIS_URL)
    for key in client.scan_iter("lookups:*"):
        client.delete(key)


@pytest.mark.parametrize(
    ("text", "imei", "tail", "number"),
    [
        (RIGHT, RIGHT, "", RIGHT),
        (f" {RIGHT[:4]} {RIGHT[4:]}", RIGHT, "", RIGHT),
        ("００１９", "", "0019", "0019"),
        (f"{RIGHT[:14]}05", RIGHT, "", f"{RIGHT[:14]}05"),
        (WRONG, "", "", WRONG),
        ("0019", "", "0019", "0019"),
        ("00 19", "", "0019", "0019"),
        ("019", "", "", ""),
        ("sn-a1/b2", "", "", "SNA1B2"),
        ("张三", "", "", ""),
        ("zhang", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_what_a_text_means(text: str, imei: str, tail: str, number: str) -> None:
    asked = question(text)
    assert (asked.imei, asked.tail, asked.number) == (imei, tail, number)
    assert not asked.imei or is_imei(asked.imei)


def hits(person: Any, text: str) -> list[tuple[int, str]]:
    return [(hit.device.pk, hit.matched) for hit in finding.find(person, text).hits]


def test_every_number_of_a_device_finds_it(counter: Counter) -> None:
    second = factories.imei(777)
    device = factories.device(
        counter.customer, imei=factories.imei(123_456), imei2=second, invoice_number="24332000000012345678"
    )
    DeviceSerial.objects.create(device=device, kind="serial", number="R9CN70ABCDE")
    factories.device(counter.customer)
    for text, matched in (
        (device.imei, "imei"),
        (second, "imei"),
        (f"{device.imei[:14]}05", "imei"),
        (device.imei[-4:], "tail"),
        (device.imei[-6:], "tail"),
        (second[-5:], "tail"),
        ("24332000000012345678", "invoice"),
        ("r9cn70 abcde", "serial"),
    ):
        assert hits(counter.agent, text) == [(device.pk, matched)], text
    assert hits(counter.agent, device.imei[:6]) == []


def test_only_a_complete_imei_leaves_the_scope(counter: Counter) -> None:
    device = factories.device(counter.customer, invoice_number="12345678")
    DeviceSerial.objects.create(device=device, kind="serial", number="R9CN70ABCDE")
    for text in (device.imei[-4:], "12345678", "R9CN70ABCDE"):
        assert hits(counter.other, text) == []
        assert hits(counter.engineer, text) == []
    assert not AuditEvent.objects.filter(action="customer.looked_up").exists()
    found = finding.find(counter.other, device.imei)
    assert [(hit.device, hit.is_visible) for hit in found.hits] == [(device, False)]
    event = AuditEvent.objects.get(action="customer.looked_up")
    assert event.changes == {"by": [None, ["imei"]], "device": [None, True]}


@pytest.mark.parametrize("rows", [1, 20])
def test_statements_do_not_grow(counter: Counter, django_assert_num_queries: Any, rows: int) -> None:
    made = [
        factories.device(counter.customer, imei2=factories.imei(next(SECOND)), invoice_number="12345678")
        for _index in range(rows)
    ]
    hits(counter.agent, "12345678")
    for text in (made[-1].imei[-4:], made[-1].imei2[-4:], "12345678"):
        with django_assert_num_queries(2):
            hits(counter.agent, text)


def test_the_same_device_is_a_reason_for_the_warning(counter: Counter) -> None:
    device = factories.device(counter.customer)
    found = duplicates.similar(counter.agent, name="李四", imei=device.imei)
    assert [(hit.customer, hit.reasons, hit.is_visible) for hit in found] == [
        (counter.customer, ("device",), True)
    ]
    found = duplicates.similar(counter.other, imei=device.imei)
    assert [(hit.customer, hit.is_visible) for hit in found] == [(counter.customer, False)]
    assert duplicates.similar(counter.other, imei=device.imei[-6:]) == []


def test_owners_one_after_the_other_are_a_pair_for_the_worklist(counter: Counter) -> None:
    near = counter.org.near.unit
    device, other = factories.device(counter.customer), factories.customer(near, "张三峰")
    assert duplicates.pairs(counter.agent, near.pk) == []
    Ownership.objects.filter(device=device).update(ends_on="2026-01-01")
    Ownership.objects.create(device=device, owner=other)
    found = duplicates.pairs(counter.agent, near.pk)
    assert [(pair.first, pair.second, pair.reasons) for pair in found] == [
        (counter.customer, other, ("device",))
    ]


@pytest.mark.parametrize(
    ("text", "index"),
    [("4321", "device_imei_tail"), ("12344321", "device_invoice"), ("R9C4321", "device_serial_number")],
)
def test_each_kind_of_search_has_its_index(counter: Counter, text: str, index: str) -> None:
    made = Device.objects.bulk_create(
        Device(
            imei=f"{860_000_000_000_000 + number}",
            imei2=f"{870_000_000_000_000 + number}",
            model=factories.product(),
            owner=counter.customer,
            invoice_number=f"{12_340_000 + number}",
        )
        for number in range(5000)
    )
    DeviceSerial.objects.bulk_create(
        DeviceSerial(device=device, kind="serial", number=f"R9C{number}")
        for number, device in enumerate(made)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE products_device; ANALYZE products_deviceserial")
    plans = [rows[:50].explain() for _rank, rows in finding._branches(question(text))]
    ids = [device.pk for device in made[:30]]
    plans.append(Device.objects.permitted(counter.agent).filter(pk__in=ids).explain())
    assert any(index in plan for plan in plans), plans
    for plan in plans:
        assert "Seq Scan on products_device " not in plan, plan
        assert "Seq Scan on products_deviceserial" not in plan, plan
