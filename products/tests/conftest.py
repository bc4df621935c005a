"""A counter with its people, and browsers in which they are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from core.actors import Actor, person_actor
from orgchart.models import Person
from products import policies
from products.tests import factories
from products.tests.factories import Counter

SignedIn = Callable[[Person], Client]


@pytest.fixture
def counter(db: None) -> Counter:
    return factories.counter()


@pytest.fixture
def agent(counter: Counter) -> Actor:
    return person_actor(counter.agent)


@pytest.fixture
def signed_in(settings: Any) -> SignedIn:
    """`signed_in(person)`: a browser in English in which that person is signed in."""
    settings.MFA_REQUIRED = False

    def client_of(person: Person) -> Client:
        Person.objects.filter(pk=person.pk).update(language="en")
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def seen_by_case() -> Iterator[Callable[[Person, int], None]]:
    """`seen_by_case(person, device_id)`: that person handles a case about the device, as far as rights go."""
    shown: dict[int, list[int]] = {}
    policies.seen_through("test", lambda person: Q(pk__in=shown.get(person.pk, [])))
    yield lambda person, device_id: shown.setdefault(person.pk, []).append(device_id)
    policies._through.forget("test")
