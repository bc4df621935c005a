"""Job descriptions through the REST API: the same texts as on the pages, to be read only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgchart.models import Position
from orgchart.tests.factories import Organisation, person_with
from orgchart.tests.positionbodies import bodies, body

pytestmark = pytest.mark.django_db
PATH = "/api/v1/positions/"


@pytest.fixture
def client(org: Organisation, settings: object, client: Client) -> Client:
    settings.ROOT_URLCONF = "aftersales.urls"  # type: ignore[attr-defined]
    client.force_login(person_with("service_agent", org.near.info))
    return client


def test_list_names_every_position_with_its_version(client: Client) -> None:
    found = {row["code"]: row for row in client.get(PATH).json()["results"]}
    assert set(found) == set(bodies())
    lead = found["tech_lead"]
    assert (lead["superior"], lead["version"]["number"], lead["to_sign"]) == ("centre_manager", 1, False)
    assert found["service_agent"]["to_sign"] is True
    assert client.get(lead["url"]).status_code == 200


def test_list_filters(client: Client) -> None:
    rows = client.get(PATH, {"unit_kind": "centre", "names": "posts"}).json()["results"]
    assert {row["code"] for row in rows} == {"centre_manager", "network_admin", "tech_support"}


@pytest.mark.parametrize("query", ["unit_kind=moon", "names=x", "page=2", "unit_kind=centre&unit_kind=group"])
def test_parameters_that_cannot_be_read(client: Client, query: str) -> None:
    assert client.get(f"{PATH}?{query}").status_code == 400


def test_detail_holds_text_version_and_rights(client: Client) -> None:
    answer = client.get(f"{PATH}finance_lead/")
    found = answer.json()
    assert answer["ETag"] == '"1"'
    assert found["body"] == body("finance_lead")
    assert found["rights"] == Position.objects.get(code="finance_lead").rights
    assert (found["version"]["number"], found["version"]["origin"], found["may_edit"]) == (1, "file", False)
    assert "行政人事组长" in found["edit_answer"]


def test_what_is_not_there_and_what_cannot_be_done(client: Client) -> None:
    assert client.get(f"{PATH}no_such/").status_code == 404
    assert client.get(f"{PATH}no_such/").json()["code"] == "no_such_position"
    assert client.post(f"{PATH}finance_lead/", {}, content_type="application/json").status_code == 405


def test_statements_are_few(client: Client) -> None:
    for path, most in ((PATH, 6), (f"{PATH}service_agent/", 6)):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        assert len(caught) <= most
