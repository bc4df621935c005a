"""Two centres with an agent and a manager each, and files with names and numbers to be found. Nothing here is real."""

from __future__ import annotations

import itertools
from typing import Any

from django.test import Client

from customers.models import Customer, CustomerPhone
from customers.services.files import findable
from orgchart.models import Person, Unit
from orgchart.tests.factories import Organisation, make_organisation, person_with

_numbers = itertools.count(15_400_000_000)


class World:
    """`agent`, `manager` and `cashier` of centre near, `stranger` of far, the department's `head`."""

    def __init__(self) -> None:
        self.org: Organisation = make_organisation()
        self.near, self.far = self.org.near.unit, self.org.far.unit
        self.agent: Person = person_with("service_agent", self.org.near.info, language="en")
        self.manager: Person = person_with("centre_manager", self.near, language="en")
        self.cashier: Person = person_with("cashier", self.org.near.finance, language="en")
        self.stranger: Person = person_with("service_agent", self.org.far.info, language="en")
        self.head: Person = person_with("department_manager", self.org.department, language="en")

    def browser(self, who: str) -> Client:
        """A browser in which that person, who reads English, is signed in."""
        client = Client()
        client.force_login(getattr(self, who))
        return client

    def file(
        self, name: str = "张三丰", *numbers: str, centre: Unit | None = None, **fields: Any
    ) -> Customer:
        """A file with these numbers, of centre near unless another is given."""
        given = {"centre": centre or self.near, **findable(name), **fields}
        made: Customer = Customer.objects.create(name=name, **given)
        for number in numbers or (str(next(_numbers)),):
            CustomerPhone.objects.create(customer=made, number=number, kind="mobile")
        return made
