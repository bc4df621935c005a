"""The REST door: shapes, statuses, limits and statement counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import AuditEvent
from products.models import FaultCode
from tickets.api import serializers
from tickets.models import Case
from tickets.tests import doors, world

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"
CALL = {
    "kind": "inquiry",
    "description": "如何设置呼叫转移",
    "phone": "139 1234 5678",
    "customer_name": "测试客户",
}


@pytest.fixture
def stage() -> world.World:
    made = world.build()
    made.person("agent", "service_agent", "A-INFO")
    made.person("lead", "info_lead", "A-INFO")
    made.person("engineer", "repair_engineer", "A-TECH")
    made.person("cashier", "cashier", "A-FIN")
    made.person("neighbour", "service_agent", "B-INFO")
    return made


@pytest.fixture
def agent(stage: world.World) -> Client:
    return doors.signed_in(stage.people["agent"])


def log(client: Client, key: str = "key-1", **changes: Any) -> Any:
    return client.post(CASES, {**CALL, **changes}, content_type=doors.JSON, headers={"Idempotency-Key": key})


def some_cases(stage: world.World, count: int, **values: Any) -> list[Case]:
    start = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    return [
        world.case(
            unit=stage.units["A-INFO"],
            logged_by=stage.people["agent"],
            now=start + timedelta(minutes=index),
            **values,
        )
        for index in range(count)
    ]


class TestLogIn:
    def test_anonymous_gets_401_as_json_and_no_redirect(self) -> None:
        for path in (CASES, f"{CASES}900000014/", "/api/v1/schema/"):
            response = Client().get(path)
            assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Session")
            assert response.json()["code"] == "not_logged_in"

    def test_writing_needs_the_csrf_token(self, stage: world.World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(stage.people["agent"])
        response = log(client)
        assert (response.status_code, Case.objects.count()) == (403, 0)

    def test_writing_with_the_csrf_token(self, stage: world.World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(stage.people["agent"])
        client.cookies["csrftoken"] = "a" * 32
        headers = {"Idempotency-Key": "k", "X-CSRFToken": "a" * 32}
        assert client.post(CASES, CALL, content_type=doors.JSON, headers=headers).status_code == 201

    def test_unknown_path_is_json(self, agent: Client) -> None:
        response = agent.get("/api/v1/nothing/here/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    def test_open_duty_is_refused_in_json(self, stage: world.World, agent: Client) -> None:
        stage.people["agent"].must_change_password = True
        stage.people["agent"].save()
        response = agent.get(CASES)
        assert (response.status_code, response.json()["code"]) == (403, "password")


class TestList:
    def test_line_has_the_published_fields_and_no_plain_name(self, stage: world.World, agent: Client) -> None:
        some_cases(stage, 1, kind="repair", assignee=stage.people["agent"], status="assigned")
        (row,) = agent.get(CASES).json()["results"]
        assert set(row) == set(serializers.CaseRowOut().fields)
        assert row["customer"] != "测试客户"
        assert row["assignee"]["id"] == stage.people["agent"].pk

    @pytest.mark.parametrize("sort", ["newest", "due", "changed", "priority"])
    def test_pages_follow_each_other_in_every_order(
        self, stage: world.World, agent: Client, sort: str
    ) -> None:
        made = some_cases(stage, 7)
        for index, case in enumerate(made):
            Case.objects.filter(pk=case.pk).update(priority=1 + index % 4)
        forwards, page = [], agent.get(f"{CASES}?sort={sort}&limit=3").json()
        forwards += page["results"]
        while page["next"]:
            page = agent.get(page["next"]).json()
            forwards += page["results"]
        whole = agent.get(f"{CASES}?sort={sort}&limit=100").json()
        assert [row["number"] for row in forwards] == [row["number"] for row in whole["results"]]
        assert len(forwards) == 7
        assert whole["next"] is None

    def test_back_again(self, stage: world.World, agent: Client) -> None:
        some_cases(stage, 5)
        first = agent.get(f"{CASES}?limit=2").json()
        second = agent.get(first["next"]).json()
        again = agent.get(second["previous"]).json()
        assert again["results"] == first["results"]
        assert again["previous"] is None

    def test_limit_is_capped(self, stage: world.World, agent: Client) -> None:
        some_cases(stage, 101)
        page = agent.get(f"{CASES}?limit=1000000000").json()
        assert len(page["results"]) == 100
        assert page["next"]

    @pytest.mark.parametrize("limit", ["0", "-1", "abc", "1e3", "１", "000"])
    def test_limit_that_is_no_number(self, agent: Client, limit: str) -> None:
        response = agent.get(CASES, {"limit": limit})
        assert (response.status_code, list(response.json()["fields"])) == (400, ["limit"])

    def test_unknown_and_repeated_parameters_are_named(self, agent: Client) -> None:
        response = agent.get(f"{CASES}?status__regex=(&kind=repair&kind=inquiry")
        assert response.status_code == 400
        assert sorted(response.json()["fields"]) == ["kind", "status__regex"]

    def test_filters_narrow(self, stage: world.World, agent: Client) -> None:
        some_cases(stage, 2)
        (repair,) = some_cases(stage, 1, kind="repair")
        found = agent.get(f"{CASES}?kind=repair&status=logged&handler=none").json()["results"]
        assert [row["number"] for row in found] == [repair.number]

    def test_wrong_value_is_named(self, agent: Client) -> None:
        response = agent.get(f"{CASES}?kind=nonsense&logged_from=0001-01-01")
        assert response.status_code == 400
        assert sorted(response.json()["fields"]) == ["kind", "logged_from"]

    def test_links_carry_no_personal_data(self, stage: world.World, agent: Client) -> None:
        some_cases(stage, 3)
        link = agent.get(f"{CASES}?limit=1").json()["next"]
        assert "13900000000" not in link
        assert set(link.split("?")[1].replace("=", "&").split("&")[::2]) == {"limit", "cursor"}

    @pytest.mark.parametrize("rows", [1, 25, 100])
    def test_statements_do_not_grow_with_the_rows(self, stage: world.World, agent: Client, rows: int) -> None:
        some_cases(stage, rows, kind="repair", assignee=stage.people["agent"], status="assigned")
        agent.get(CASES)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(agent.get(f"{CASES}?limit=100").json()["results"]) == rows
        assert len(captured) == 6, [query["sql"][:90] for query in captured]


class TestDetail:
    def test_fields_are_the_published_ones(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1, kind="repair", assignee=stage.people["agent"], status="assigned")
        response = agent.get(f"{CASES}{case.number}/")
        assert response.headers["ETag"] == '"1"'
        assert set(response.json()) == set(serializers.CaseDetailOut().fields)

    def test_customer_is_masked(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1, kind="repair")
        text = agent.get(f"{CASES}{case.number}/").content.decode()
        for secret in ("测试客户", "13900000000", case.device.imei):
            assert secret not in text

    def test_actions_are_those_that_can_be_taken(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1, assignee=stage.people["agent"], status="in_progress")
        offered = {row["action"]: row for row in agent.get(f"{CASES}{case.number}/").json()["actions"]}
        assert set(offered) == {"hand_back", "wait", "resolve", "convert", "cancel", "note"}
        assert offered["wait"]["required"] == ["wait_reason"]
        assert offered["convert"]["optional"] == ["fault", "note", "model_id"]

    def test_another_centre_is_word_for_word_like_a_missing_number(self, stage: world.World) -> None:
        (case,) = some_cases(stage, 1)
        neighbour = doors.signed_in(stage.people["neighbour"])
        there, missing = neighbour.get(f"{CASES}{case.number}/"), neighbour.get(f"{CASES}900000999/")
        assert (there.status_code, there.content) == (missing.status_code, missing.content)
        assert there.status_code == 404

    def test_statements(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1, kind="repair", assignee=stage.people["agent"], status="assigned")
        agent.get(CASES)
        with CaptureQueriesContext(connection) as captured:
            agent.get(f"{CASES}{case.number}/")
        assert len(captured) <= 12


class TestLogging:
    def test_logs_a_case(self, agent: Client) -> None:
        response = log(agent)
        case = Case.objects.get()
        assert response.status_code == 201
        assert response.headers["Location"] == response.json()["url"] == f"{CASES}{case.number}/"
        assert (case.status, case.caller_number) == ("logged", "13912345678")

    def test_needs_a_key(self, agent: Client) -> None:
        response = agent.post(CASES, CALL, content_type=doors.JSON)
        assert (response.status_code, response.json()["code"]) == (400, "key_missing")

    @pytest.mark.parametrize("key", ["", "a" * 256, "schlüssel", "two words"])
    def test_key_of_another_form(self, agent: Client, key: str) -> None:
        assert log(agent, key).status_code == 400

    def test_repetition_gets_the_first_answer(self, agent: Client) -> None:
        first, second = log(agent), log(agent)
        assert (second.status_code, second.content) == (201, first.content)
        assert second.headers["Location"] == first.headers["Location"]
        assert Case.objects.count() == AuditEvent.objects.filter(action="case.logged").count() == 1

    def test_same_key_for_something_else(self, agent: Client) -> None:
        log(agent)
        response = log(agent, description="另一个问题")
        assert (response.status_code, Case.objects.count()) == (422, 1)

    def test_key_belongs_to_one_caller(self, stage: world.World, agent: Client) -> None:
        log(agent)
        assert log(doors.signed_in(stage.people["neighbour"])).status_code == 201
        assert Case.objects.count() == 2

    def test_refusal_leaves_the_key_free(self, agent: Client) -> None:
        assert log(agent, phone="123").status_code == 422
        assert log(agent).status_code == 201

    def test_refusal_names_the_field(self, agent: Client) -> None:
        response = log(agent, phone="123")
        assert response.json()["code"] == "phone_not_recognised"
        assert list(response.json()["fields"]) == ["phone"]

    def test_unknown_field_is_named(self, agent: Client) -> None:
        response = log(agent, status="closed", number=1)
        assert (response.status_code, sorted(response.json()["fields"])) == (422, ["number", "status"])

    def test_position_that_does_not_log(self, stage: world.World) -> None:
        response = log(doors.signed_in(stage.people["cashier"]))
        assert (response.status_code, response.json()["code"]) == (403, "may_not_log")

    def test_customer_of_another_centre_by_bare_id(self, stage: world.World) -> None:
        (case,) = some_cases(stage, 1)
        neighbour = doors.signed_in(stage.people["neighbour"])
        response = log(neighbour, customer_id=case.customer_id, customer_name="")
        assert (response.status_code, list(response.json()["fields"])) == (422, ["customer_id"])

    def test_retired_fault(self, agent: Client) -> None:
        fault = FaultCode.objects.create(
            code="X1", component="host", name="x", name_en="x", is_active=False, source="test"
        )
        assert list(log(agent, fault_id=fault.pk).json()["fields"]) == ["fault_id"]


class TestSteps:
    def test_needs_the_version(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        response = agent.post(f"{CASES}{case.number}/note/", {"note": "x"}, content_type=doors.JSON)
        assert (response.status_code, response.json()["code"]) == (428, "version_missing")

    @pytest.mark.parametrize("header", ["*", '"abc"', '"1", "2"', 'W/"1"', "", '"0"'])
    def test_version_of_another_form(self, stage: world.World, agent: Client, header: str) -> None:
        (case,) = some_cases(stage, 1)
        response = agent.post(
            f"{CASES}{case.number}/note/",
            {"note": "x"},
            content_type=doors.JSON,
            headers={"If-Match": header},
        )
        assert (response.status_code, response.json()["code"]) == (400, "bad_if_match")

    def test_answers_with_the_next_version(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        response = doors.api_step(agent, case, "note", {"note": "客户来电"})
        assert (response.status_code, response.headers["ETag"]) == (200, '"2"')

    def test_stale_version_shows_what_is_there_now(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        lead = doors.signed_in(stage.people["lead"])
        doors.api_step(lead, case, "assign", {"assignee": stage.people["agent"].pk})
        response = doors.api_step(agent, case, "note", {"note": "x"})
        body = response.json()
        assert (response.status_code, body["code"], response.headers["ETag"]) == (412, "stale_version", '"2"')
        assert (body["current"]["status"], body["current"]["version"]) == ("assigned", 2)
        assert body["current"]["assignee"]["id"] == stage.people["agent"].pk
        assert body["current"]["last_change"]["by"] == "lead"

    def test_missing_input_is_named(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        response = doors.api_step(agent, case, "note", {})
        assert (response.status_code, list(response.json()["fields"])) == (422, ["note"])

    def test_input_that_the_step_would_lose(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        response = doors.api_step(agent, case, "note", {"note": "x", "resolution": "y"})
        assert (response.status_code, list(response.json()["fields"])) == (422, ["resolution"])

    def test_not_now(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        response = doors.api_step(agent, case, "close", {})
        assert (response.status_code, response.json()["code"]) == (409, "not_now")

    def test_no_such_step(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        for action in ("log", "view", "explode"):
            assert doors.api_step(agent, case, action, {}).status_code == 404

    def test_handler_of_another_centre_is_refused(self, stage: world.World) -> None:
        (case,) = some_cases(stage, 1)
        lead = doors.signed_in(stage.people["lead"])
        response = doors.api_step(lead, case, "assign", {"assignee": stage.people["neighbour"].pk})
        assert (response.status_code, list(response.json()["fields"])) == (422, ["assignee"])

    def test_repetition_with_a_key_acts_once(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        headers = {"If-Match": '"1"', "Idempotency-Key": "n-1"}
        path = f"{CASES}{case.number}/note/"
        first = agent.post(path, {"note": "x"}, content_type=doors.JSON, headers=headers)
        second = agent.post(path, {"note": "x"}, content_type=doors.JSON, headers=headers)
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert case.notes.count() == 1

    def test_posting_read_only_fields_changes_nothing(self, stage: world.World, agent: Client) -> None:
        (case,) = some_cases(stage, 1)
        for name in set(serializers.CaseDetailOut().fields) - set(serializers.StepInput().fields):
            response = doors.api_step(agent, case, "note", {"note": "x", name: 1})
            assert (response.status_code, list(response.json()["fields"])) == (422, [name])
        case.refresh_from_db()
        assert case.version == 1


class TestFormats:
    def test_only_json_is_read(self, agent: Client) -> None:
        response = agent.post(CASES, {"extra": "null"}, headers={"Idempotency-Key": "k"})
        assert (response.status_code, response.json()["code"]) == (415, "json_only")

    def test_only_json_is_written(self, agent: Client) -> None:
        response = agent.get(CASES, headers={"Accept": "text/html"})
        assert response.status_code == 406
        assert set(json.loads(response.content)) == {"code", "message", "fields"}

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods(self, agent: Client, method: str) -> None:
        response = getattr(agent, method)(CASES)
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
