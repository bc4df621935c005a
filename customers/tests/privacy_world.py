"""Two centres with the people who look after personal data, files, and reveals at any moment. Nothing here is real."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import time_machine
from django.test import Client

from core import audit
from core.actors import Actor, person_actor
from core.reveal import REVEALED, REVEALED_BY_HANDLER
from customers.models import Customer, CustomerPhone
from customers.services.files import findable
from orgchart.models import Person, Unit
from orgchart.tests.factories import Organisation, make_organisation, person_with

_numbers = itertools.count(13_900_000_000)


class World:
    """`near` and `far` with an agent and a leader each, the manager of `near`, and the department's manager."""

    def __init__(self) -> None:
        self.org: Organisation = make_organisation()
        near, far = self.org.near, self.org.far
        self.department = person_with("department_manager", self.org.department)
        self.manager = person_with("centre_manager", near.unit)
        self.leader = person_with("info_lead", near.info)
        self.agent = person_with("service_agent", near.info)
        self.mate = person_with("service_agent", near.info)
        self.stranger = person_with("service_agent", far.info)
        self.far_manager = person_with("centre_manager", far.unit)

    def browser(self, who: str) -> Client:
        """A browser in which that person is signed in, in English."""
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(getattr(self, who))
        return client


def actor(person: Person) -> Actor:
    """The person as an actor."""
    return person_actor(person)


def file_of(centre: Unit, name: str = "测试客户", number: str = "", **values: Any) -> Customer:
    """A file of the centre with one number."""
    made: Customer = Customer.objects.create(name=name, centre=centre, **findable(name), **values)
    CustomerPhone.objects.create(customer=made, number=number or str(next(_numbers)), kind="mobile")
    return made


def revealed(
    person: Person,
    customer: Customer,
    at: datetime | None = None,
    reason: str = "客户来电核对号码",
    **how: Any,
) -> Any:
    """An event of the trail as `core.reveal` writes it, at a moment of its own."""
    action = REVEALED_BY_HANDLER if how.get("handler") else REVEALED
    given = {"subject": customer, "subject_label": f"#{customer.pk}", "changes": {"field": [None, "name"]}}
    if at is None:
        return audit.record(actor=person_actor(person), action=action, reason=reason, **given)  # type: ignore[arg-type]
    with time_machine.travel(at, tick=False):
        return audit.record(actor=person_actor(person), action=action, reason=reason, **given)  # type: ignore[arg-type]
