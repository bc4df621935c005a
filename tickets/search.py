"""What the search box finds: cases, customers and devices.

A case number leads to its case. A complete phone number or IMEI finds company-wide, which is counted, limited and
written into the trail; last digits, names, pinyin, invoice and serial numbers stay in the reader's scope.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from core.actors import Actor
from customers import finding as customer_finding
from customers.models import Customer
from customers.rules import parse_phone
from products import finding as device_finding
from products.models import Device
from tickets import queries
from tickets.models import Case
from tickets.rules.numbers import parse_case_number
from tickets.services import lookup

KIND = "tickets.search"
MOST = 50


@dataclass(frozen=True, slots=True)
class Result:
    """Hits in scope by kind, and the cases of other centres as one line each.

    `cases` are unordered rows: the one whose number was typed, and those of the customers and devices that are shown.
    `is_short`: there was too little to search for.
    """

    customers: customer_finding.Found
    devices: device_finding.Found
    cases: Any = field(default_factory=Case.objects.none)
    elsewhere: list[lookup.Elsewhere] = field(default_factory=list)
    is_short: bool = False


def run(actor: Actor, text: str) -> Result:
    """Search within the scope of the actor's person. Look-ups by complete number are limited ("too_many_lookups")."""
    person, number = actor.person, parse_case_number(text)
    customers = customer_finding.in_scope(person, customer_finding.question(text))
    devices = device_finding.in_scope(person, device_finding.question(text))
    elsewhere: list[lookup.Elsewhere] = []
    strangers: tuple[list[Customer], Device | None] = ([], None)
    if customers.asked.phone or devices.asked.imei:
        found = lookup.look_up(actor=actor, phone=customers.asked.phone, imei=devices.asked.imei)
        strangers, elsewhere = (found.customers, found.device), found.elsewhere
        customers = _with_strangers(customers, found.customers)
        devices = _with_stranger(devices, found.device)
    short = customers.asked.is_empty and devices.asked.is_empty and not number
    cases = Case.objects.permitted(person).filter(_cases(customers, devices, number, *strangers))
    return Result(customers, devices, cases, elsewhere, short)


def _with_strangers(found: customer_finding.Found, exact: list[Customer]) -> customer_finding.Found:
    """With the customers of other centres that a complete number leads to."""
    if not found.asked.phone:
        return found
    seen = {hit.customer.pk for hit in found.hits}
    others = [
        customer_finding.Hit(customer, customer_finding.NUMBER, is_visible=False)
        for customer in exact
        if customer.pk not in seen and customer.merged_into_id is None and customer.erased_at is None
    ]
    return replace(found, hits=[*found.hits, *others][: customer_finding.MOST])


def _with_stranger(found: device_finding.Found, exact: Device | None) -> device_finding.Found:
    """With the phone of another centre's customer that a complete IMEI leads to."""
    if exact is None or not found.asked.imei or exact.pk in {hit.device.pk for hit in found.hits}:
        return found
    return replace(
        found, hits=[*found.hits, device_finding.Hit(exact, device_finding.IMEI, is_visible=False)]
    )


def _cases(
    customers: customer_finding.Found,
    devices: device_finding.Found,
    number: int | None,
    exact: list[Customer],
    device: Device | None,
) -> Q:
    owners = {hit.customer.pk for hit in customers.hits} | {customer.pk for customer in exact}
    phones = {hit.device.pk for hit in devices.hits} | ({device.pk} if device else set())
    wanted = Q(number=number) if number else Q(pk__in=[])
    if owners:
        wanted |= Q(customer__in=owners)
    if phones:
        wanted |= Q(device__in=phones)
    return wanted


def only_hit(actor: Actor, text: str) -> Case | None:
    """The one visible case whose number was typed; then no list is needed."""
    return None if parse_phone(text) else queries.find_number(actor.person, text)
