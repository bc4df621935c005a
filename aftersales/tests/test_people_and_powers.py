"""What the organisation decides, held against the powers and pages of the whole project."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgchart.policies import WITHOUT_SECOND_FACTOR
from orgchart.services.loading import read_positions
from orgchart.tests.factories import PersonFactory, appoint, make_organisation, person_with
from tickets.rules.powers import EXPORT, REVEAL, REVEAL_AS_HANDLER, grant_of


@pytest.mark.parametrize("power", [REVEAL, REVEAL_AS_HANDLER, EXPORT])
def test_whoever_reveals_or_exports_needs_a_second_factor(power: str) -> None:
    wanted = grant_of(power)
    held = {b["code"] for b in read_positions() if any(grant["action"] == wanted for grant in b["grants"])}
    assert held
    assert not held & WITHOUT_SECOND_FACTOR


@pytest.mark.django_db
def test_staff_list_keeps_its_budget_inside_the_whole_shell(client: Client) -> None:
    org = make_organisation()
    client.force_login(person_with("service_agent", org.near.info))
    seen = []
    for more in (0, 24, 75):
        for person in PersonFactory.create_batch(more):
            appoint(person, "service_agent", org.near.info)
        client.get("/staff/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/staff/").status_code == 200
        seen.append(len(caught))
    assert seen[0] <= 10
    assert len(set(seen)) == 1
