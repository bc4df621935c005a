"""Makers, models, customers and phones for tests, written straight into the tables. Nothing here is real."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from customers.models import Customer, CustomerPhone
from customers.services import findable
from orgchart.models import Person, Unit
from orgchart.tests.factories import Organisation, make_organisation, person_with
from products.models import Device, Manufacturer, Ownership, ProductModel
from products.rules.imei import with_check_digit

_numbers = itertools.count(1)
TAC = "86012345"


def imei(number: int, tac: str = TAC) -> str:
    """A right IMEI; the same number gives the same one."""
    return with_check_digit(f"{tac}{number:06d}")


def maker(code: str = "QH", name: str = "青禾") -> Manufacturer:
    """The maker with this code, made when it is missing."""
    found: Manufacturer = Manufacturer.objects.get_or_create(
        code=code, defaults={"name": name, "name_en": code}
    )[0]
    return found


def product(code: str = "A5", **fields: Any) -> ProductModel:
    """The model with this code, made when it is missing."""
    fields.setdefault("maker", maker())
    defaults = {"name": f"青禾 {code}", "name_en": f"Qinghe {code}", "manufacturer": "青禾", **fields}
    found: ProductModel = ProductModel.objects.get_or_create(code=code, defaults=defaults)[0]
    return found


def customer(centre: Unit | None, name: str = "张三丰", phone: str = "", **fields: Any) -> Customer:
    """A file of this centre."""
    made: Customer = Customer.objects.create(name=name, **findable(name), centre=centre, **fields)
    if phone:
        CustomerPhone.objects.create(customer=made, number=phone, kind="mobile")
    return made


def device(owner: Customer, **fields: Any) -> Device:
    """A phone of this customer, owned from an unknown day on unless `owned_from` says which."""
    owned_from = fields.pop("owned_from", None)
    fields.setdefault("imei", imei(next(_numbers) + 500_000))
    fields.setdefault("model", fields.pop("product", None) or product())
    made: Device = Device.objects.create(owner=owner, **fields)
    Ownership.objects.create(device=made, owner=owner, starts_on=owned_from)
    return made


@dataclass(frozen=True, slots=True)
class Counter:
    """Two centres; an agent in each, a manager and a repair engineer in `near`, a customer of each centre."""

    org: Organisation
    agent: Person
    other: Person
    manager: Person
    engineer: Person
    customer: Customer
    stranger: Customer


def counter() -> Counter:
    """People who may register (the agents), read (the manager) and see through cases alone (the engineer)."""
    org = make_organisation()
    near, far = org.near, org.far
    return Counter(
        org,
        person_with("service_agent", near.info, name="信息员一"),
        person_with("service_agent", far.info, name="信息员二"),
        person_with("centre_manager", near.unit, name="经理一"),
        person_with("repair_engineer", near.tech, name="工程师一"),
        customer(near.unit, "张三丰", "13800138001"),
        customer(far.unit, "欧阳明月", "13900139001"),
    )
