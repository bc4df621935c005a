"""Devices in copies, erasures and the nightly job: the phone stays, what is personal about it goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.actors import person_actor, system_actor
from core.models import AuditEvent
from core.reveal import reveal
from customers.models import Customer
from customers.privacy import reveals
from customers.privacy.copies import collect
from customers.rules import retention as rules
from customers.services import erasing
from customers.services.retention import quiet_files, run_retention
from customers.tests.privacy_world import World, file_of
from orgchart.scope import today
from products.models import Certificate, Device, DeviceChange, DeviceSerial, Ownership, ProductModel

pytestmark = pytest.mark.django_db
IMEI, INVOICE = "490154203237518", "25442000000012345678"


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> World:
    settings.IMPORT_DIR, settings.EXPORT_DIR = tmp_path / "in", tmp_path / "out"
    return World()


@pytest.fixture
def owner(world: World) -> Customer:
    return file_of(world.org.near.unit, "欧阳灵犀")


def phone_of(owner: Customer, **values: Any) -> Device:
    model, _made = ProductModel.objects.get_or_create(
        code="T-1", defaults={"name": "测试机", "name_en": "Test", "manufacturer": "演示"}
    )
    given = {"imei": IMEI, "invoice_number": INVOICE, "sold_on": today() - timedelta(days=100), **values}
    device: Device = Device.objects.create(model=model, owner=owner, **given)
    Ownership.objects.create(device=device, owner=owner, starts_on=given["sold_on"], reason="购机")
    return device


def test_the_copy_holds_phones_certificates_and_owners(owner: Customer) -> None:
    device = phone_of(owner)
    Certificate.objects.create(device=device, number="三包-1", seen_on=date(2026, 1, 2))
    DeviceSerial.objects.create(device=device, kind="serial", number="SN1")
    data = collect(owner)
    (row,) = data["devices"]
    assert (row["imei"], row["invoice_number"], row["serials"]) == (IMEI, INVOICE, ["SN1"])
    assert (row["certificate_number"], row["certificate_seen_on"]) == ("三包-1", "2026-01-02")
    assert data["ownerships"][0]["reason"] == "购机"


def test_after_an_erasure_the_phone_stays_without_a_name(world: World, owner: Customer) -> None:
    device = phone_of(owner)
    DeviceChange.objects.create(device=device, field="seller", old="a", new="b")
    outcome = erasing.erase(actor=person_actor(world.manager), customer=owner)
    device.refresh_from_db()
    assert (device.imei, device.owner_id, device.owner.name) == (IMEI, owner.pk, "")
    assert (DeviceChange.objects.count(), Ownership.objects.get().reason) == (0, "")
    kept = {row["what"]: (row["count"], row["until"]) for row in outcome.kept}
    assert kept["devices"] == (1, "")
    assert device.sold_on is not None
    assert kept["invoices"] == (1, rules.class_of("invoices").period.after(device.sold_on).isoformat())
    assert device.invoice_number == INVOICE


def test_an_invoice_of_more_than_five_years_goes(world: World, owner: Customer) -> None:
    device = phone_of(owner, sold_on=rules.class_of("invoices").period.before(today()) - timedelta(days=1))
    outcome = erasing.erase(actor=person_actor(world.manager), customer=owner)
    device.refresh_from_db()
    assert (device.invoice_number, outcome.gone["invoices"]) == ("", 1)
    assert "invoices" not in {row["what"] for row in outcome.kept}


def test_corrections_of_the_next_owner_s_time_stay(world: World, owner: Customer) -> None:
    device = phone_of(owner)
    sold = today() - timedelta(days=10)
    Ownership.objects.update(ends_on=sold)
    next_owner = file_of(world.org.near.unit)
    Ownership.objects.create(device=device, owner=next_owner, starts_on=sold)
    Device.objects.update(owner=next_owner)
    for days in (20, 1):
        row = DeviceChange.objects.create(device=device, field="seller", old="a", new=f"{days}")
        DeviceChange.objects.filter(pk=row.pk).update(changed_at=timezone.now() - timedelta(days=days))
    erasing.erase(actor=person_actor(world.manager), customer=owner)
    assert list(DeviceChange.objects.values_list("new", flat=True)) == ["1"]


def test_an_owner_is_not_quiet_and_old_corrections_of_phones_go(world: World, owner: Customer) -> None:
    device = phone_of(owner)
    long_ago = timezone.now() - timedelta(days=1200)
    Customer.objects.update(created_at=long_ago)
    assert not quiet_files(timezone.now() - timedelta(days=1096)).exists()
    row = DeviceChange.objects.create(device=device, field="seller", old="a", new="b")
    DeviceChange.objects.filter(pk=row.pk).update(changed_at=long_ago)
    assert run_retention(actor=system_actor("tests"), now=timezone.now())["changes"] == 1


def test_a_device_s_reveal_is_shown_to_its_owner_s_centre(world: World, owner: Customer) -> None:
    device = phone_of(owner)
    reveal(world.stranger, device, "imei", "核对串号是否一致")
    reach = reveals.within_reach(world.manager)
    (line,) = reveals.judged(list(reveals.named(reach)), reach)[0]
    assert (line.label.rpartition(" ")[2], line.what) == (f"#{device.pk}", "IMEI")
    assert line.subject is not None
    assert line.subject.url == f"/devices/{device.pk}/"
    assert IMEI not in str(AuditEvent.objects.latest("id").changes)
