"""The catalogue by REST: found, paged, and refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import system_actor
from orgchart.tests.factories import PersonFactory
from products.loading import load_faults
from products.models import FaultCode
from products.services import catalogue as services
from products.tests.conftest import SignedIn
from products.tests.factories import Counter

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
URL = "/api/v1/catalogue/"


@pytest.fixture
def loaded(counter: Counter) -> Counter:
    load_faults(actor=SYSTEM)
    for number in range(3):
        services.ensure_model(
            actor=SYSTEM, code=f"X{number}", name=f"星河 X{number}", maker="星河", tacs=[f"8601000{number}"]
        )
    return counter


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row["code"] for row in answer.json()["results"]]


def test_models_are_paged_by_code_and_found_by_initials_and_tac(loaded: Counter, signed_in: SignedIn) -> None:
    client = signed_in(loaded.agent)
    first = client.get(f"{URL}models/", {"limit": "2"})
    assert codes(first) == ["X0", "X1"]
    assert codes(client.get(first.json()["next"])) == ["X2"]
    assert codes(client.get(f"{URL}models/", {"q": "xhx1"})) == ["X1"]
    assert codes(client.get(f"{URL}models/", {"q": "86010002"})) == ["X2"]


def test_a_model_has_its_maker_and_type_allocation_codes(loaded: Counter, signed_in: SignedIn) -> None:
    row = signed_in(loaded.agent).get(f"{URL}models/", {"limit": "1"}).json()["results"][0]
    assert row["maker"] == {"code": "M001", "name": "星河", "name_en": "星河"}
    assert (row["tacs"], row["category"], row["launched_on"]) == (["86010000"], "phone", None)


def test_faults_are_cut_by_component_search_and_state(loaded: Counter, signed_in: SignedIn) -> None:
    client = signed_in(loaded.agent)
    FaultCode.objects.filter(code="F04").update(is_active=False)
    assert codes(client.get(f"{URL}faults/", {"component": "battery"})) == ["B01"]
    assert codes(client.get(f"{URL}faults/", {"q": "pm"})) == ["F02"]
    assert codes(client.get(f"{URL}faults/", {"active": "0"})) == ["F04"]


@pytest.mark.parametrize("query", ["active=x", "component=x", "colour=red", "cursor=x", "limit=0"])
def test_what_cannot_be_read_is_refused(loaded: Counter, signed_in: SignedIn, query: str) -> None:
    assert signed_in(loaded.agent).get(f"{URL}faults/?{query}").status_code == 400


def test_nobody_writes_and_who_holds_no_post_reads_nothing(loaded: Counter, signed_in: SignedIn) -> None:
    assert signed_in(loaded.agent).post(f"{URL}models/", {}).status_code == 405
    assert codes(signed_in(PersonFactory()).get(f"{URL}models/")) == []


def test_a_page_costs_the_same_at_one_row_and_at_many(loaded: Counter, signed_in: SignedIn) -> None:
    client = signed_in(loaded.agent)
    counts = []
    for limit in ("1", "100"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{URL}faults/", {"limit": limit})
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5
