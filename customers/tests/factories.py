"""An office, customer files and what stands in them, for tests. Nothing here is real."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.test import Client

from core.actors import Actor, person_actor
from customers import policies
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerAddress,
    CustomerPhone,
    PrivacyNotice,
    Promise,
)
from customers.services.files import findable
from orgchart.models import Person, Unit
from orgchart.scope import today
from orgchart.tests.factories import Organisation, make_organisation, person_with

_numbers = itertools.count(15_000_000_000)


@dataclass(frozen=True, slots=True)
class Office:
    """Centre `near` with agents, manager, engineer; centre `far` with a `stranger`; the department's `head`."""

    org: Organisation
    agent: Person
    mate: Person
    manager: Person
    engineer: Person
    stranger: Person
    head: Person

    @property
    def centre(self) -> Unit:
        """The centre of the files."""
        return self.org.near.unit

    @property
    def actor(self) -> Actor:
        """The agent as an actor."""
        return person_actor(self.agent)

    def browser(self, who: str = "agent", language: str = "en") -> Client:
        """A browser in which that person is signed in."""
        person: Person = getattr(self, who)
        if person.language != language:
            person.language = language
            person.save(update_fields=["language"])
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        client.force_login(person)
        return client


def office() -> Office:
    """Two centres with their people, who read English."""
    org = make_organisation()
    return Office(
        org=org,
        agent=person_with("service_agent", org.near.info, language="en"),
        mate=person_with("service_agent", org.near.info, language="en"),
        manager=person_with("centre_manager", org.near.unit, language="en"),
        engineer=person_with("repair_engineer", org.near.tech, language="en"),
        stranger=person_with("service_agent", org.far.info, language="en"),
        head=person_with("department_manager", org.department, language="en"),
    )


def number() -> str:
    """A mobile number that no other file of the test has."""
    return str(next(_numbers))


def customer(centre: Unit, name: str = "张三丰", *numbers: str, **fields: Any) -> Customer:
    """A file of the centre with these numbers, the first one main; a fresh number when none is given."""
    made: Customer = Customer.objects.create(name=name, centre=centre, **findable(name), **fields)
    for place, digits in enumerate(numbers or (number(),)):
        phone(made, digits, is_main=place == 0)
    return made


def phone(file: Customer, digits: str = "", **fields: Any) -> CustomerPhone:
    """A number of the file."""
    values = {"number": digits or number(), "kind": "mobile", "is_main": False, **fields}
    made: CustomerPhone = CustomerPhone.objects.create(customer=file, **values)
    return made


def address(
    file: Customer, region_code: str = "330110", text: str = "文一西路 1 号", **fields: Any
) -> CustomerAddress:
    """An address of the file."""
    made: CustomerAddress = CustomerAddress.objects.create(
        customer=file, region_code=region_code, text=text, **fields
    )
    return made


def notice(version: int = 1, in_force_from: date | None = None) -> PrivacyNotice:
    """A version of the privacy notice, in force since a month ago; the one of this number when there is one."""
    since = in_force_from or today() - timedelta(days=30)
    made: PrivacyNotice = PrivacyNotice.objects.update_or_create(
        version=version, defaults={"text": "告知", "text_en": "Notice", "in_force_from": since}
    )[0]
    return made


def consent(file: Customer, purpose: str = "care", **fields: Any) -> Consent:
    """A consent in force."""
    from django.utils import timezone

    values = {"notice": PrivacyNotice.objects.first() or notice(), "given_at": timezone.now(), **fields}
    made: Consent = Consent.objects.create(customer=file, purpose=purpose, **values)
    return made


def promise(file: Customer, by: Person, days: int = 1, text: str = "回电", **fields: Any) -> Promise:
    """A promise that is due in `days`."""
    made: Promise = Promise.objects.create(
        customer=file, text=text, due_on=today() + timedelta(days=days), made_by=by, **fields
    )
    return made


def care_call(
    file: Customer, caller: Person | None, days: int = 1, kind: str = "follow_up", **fields: Any
) -> CareCall:
    """A call that is due in `days`."""
    made: CareCall = CareCall.objects.create(
        customer=file, kind=kind, due_on=today() + timedelta(days=days), caller=caller, **fields
    )
    return made


@contextmanager
def seen_by_record(person: Person, *files: Customer) -> Iterator[None]:
    """As if `person` saw these files through a case."""
    ids = [file.pk for file in files]
    policies.seen_through("test", lambda reader: Q(pk__in=ids if reader.pk == person.pk else []))
    try:
        yield
    finally:
        policies._through.forget("test")
