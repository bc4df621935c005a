"""Bad input, by hand: on every API operation and every filter and form of the desk. Nothing of it is a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tickets.api.filters import ApiCaseFilter
from tickets.api.serializers import NewCaseInput, StepInput
from tickets.enums import STEP_ACTIONS
from tickets.filters import CaseFilter
from tickets.models import Case
from tickets.tests import doors, world

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"

TEXTS = {
    "nul": "a\x00b",
    "huge number": "1" + "0" * 30,
    "very long number": "9" * 5_000,
    "bigint and one": str(2**63),
    "negative": "-1",
    "exponent": "1e1000000",
    "not a number": "NaN",
    "full-width digits": "１２３",
    "underscored": "1_000",
    "year 1": "0001-01-01T00:00:00",
    "year 9999": "9999-12-31",
    "day that does not exist": "2026-02-30",
    "leap second": "2026-06-30T23:59:60",
    "open bracket": "(",
    "regex": "(a+)+$",
    "percent": "%",
    "quote": "' OR 1=1 --",
    "template": "{{7*7}}{% load x %}",
    "script": "<script>alert(1)</script>",
    "override": "\u202eabc",
    "emoji": "👩‍🔧𠮷",
    "2,000 words": "主板 " * 2_000,
    "formula": "=1+1",
    "line feed": "a\r\nSet-Cookie: x=1",
    "null": "null",
    "empty": "",
    "space": " ",
    "path": "../../etc/passwd",
}
FEW = {
    label: TEXTS[label]
    for label in (
        "nul",
        "very long number",
        "bigint and one",
        "full-width digits",
        "year 1",
        "2,000 words",
        "empty",
    )
}
"""For the wide products: those that once were a 500 somewhere."""
RAW_VALUES = ("%00", "%ff%fe", "%ED%A0%80", "%u0041", "%", "a%0d%0ab", "%F0%9F", "+", "%C0%AF")
LOOKUPS = ("__regex", "__iregex", "__in", "__isnull", "__gt", "__contains", "__date", "__year", "__range")
_ODD: dict[str, Any] = {
    "null": None,
    "true": True,
    "list": [],
    "object": {},
    "nested": {"a": [{"b": [1]}]},
    "float": 1.5,
    "infinity": 1e308 * 10,
    "huge": 10**400,
    "negative": -1,
    "zero": 0,
    "surrogate": "\ud800",
    "nul": "\x00",
}
JSON_VALUES: dict[str, Any] = {**_ODD, **TEXTS}
BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "text": b'"x"',
    "number": b"1",
    "list": b"[]",
    "broken": b"{",
    "100,000 brackets": b"[" * 100_000,
    "20,000 deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "15 deep": b'{"a":' * 15 + b"1" + b"}" * 15,
    "lone surrogate": b'{"description":"\\ud800"}',
    "lone surrogate as a name": b'{"\\udfff":1}',
    "escaped nul": b'{"description":"\\u0000"}',
    "bad utf-8": b'{"description":"\xff\xfe"}',
    "utf-16": '{"description":"x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "nan": b'{"priority":NaN}',
    "infinity": b'{"priority":-Infinity}',
    "1e400": b'{"priority":1e400}',
    "5,000 digits": b'{"priority":' + b"9" * 5_000 + b"}",
    "name twice": b'{"kind":"repair","kind":"inquiry"}',
    "too large": b'{"description":"' + b"a" * 400_000 + b'"}',
    "10,000 names": json.dumps({f"n{index}": index for index in range(10_000)}).encode(),
    "prototype": b'{"__proto__":{"a":1},"constructor":1}',
}


@pytest.fixture
def stage() -> world.World:
    made = world.build()
    made.person("agent", "service_agent", "A-INFO")
    return made


@pytest.fixture
def client(stage: world.World) -> Client:
    browser = doors.signed_in(stage.people["agent"])
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def case(stage: world.World) -> Case:
    agent = stage.people["agent"]
    return world.case(unit=stage.units["A-INFO"], logged_by=agent, assignee=agent, status="in_progress")


def _refused_well(response: Any, *, ok: bool = False) -> str | None:
    """What is wrong with an answer of the API; None when it is a clear refusal (or, with `ok`, a success)."""
    if response.status_code >= 500 or (response.status_code < 400 and not ok):
        return f"{response.status_code}"
    if response.status_code >= 400 and set(response.json()) < {"code", "message", "fields"}:
        return f"{response.status_code} {response.content[:80]!r}"
    return None


def _report(found: dict[str, str | None]) -> None:
    wrong = {name: text for name, text in found.items() if text}
    assert not wrong, wrong


class TestApi:
    def test_query_values(self, client: Client, case: Case) -> None:
        _report(
            {
                f"{name}={label}": _refused_well(client.get(CASES, {name: text}), ok=True)
                for name in ApiCaseFilter.parameters()
                for label, text in TEXTS.items()
            }
        )

    def test_raw_query_values(self, client: Client, case: Case) -> None:
        _report(
            {
                f"{name}={raw}": _refused_well(client.get(f"{CASES}?{name}={raw}"), ok=True)
                for name in (*ApiCaseFilter.parameters(), "q", "format", "search")
                for raw in RAW_VALUES
            }
        )

    def test_lookups_are_no_parameters(self, client: Client, case: Case) -> None:
        names = [*ApiCaseFilter.parameters(), "description", "customer__phones__number", "_connector", "pk"]
        _report(
            {
                f"{name}{lookup}": _refused_well(client.get(CASES, {f"{name}{lookup}": "("}))
                for name in ("status", "fault", "logged_from", *names[-4:])
                for lookup in LOOKUPS
            }
        )

    def test_cursors(self, client: Client, case: Case) -> None:
        cursors = [
            "x", "=", "W10", "bnVsbA", "e30", "WzAsIngiLDFd", "WzAsMSwyLDMsNF0", "a" * 10_000, "WzIsMSwxXQ",
            "WzAsIjAwMDEtMDEtMDFUMDA6MDA6MDBaIiwxXQ", "WzAsIjk5OTktMTItMzFUMDA6MDA6MDBaIiw5ZTk5XQ", "é", "W1tbW1tbW1tb",
        ]  # fmt: skip
        _report({cursor[:30]: _refused_well(client.get(CASES, {"cursor": cursor})) for cursor in cursors})

    def test_cursor_of_another_order(self, client: Client, case: Case, stage: world.World) -> None:
        world.case(unit=stage.units["A-INFO"], logged_by=stage.people["agent"])
        link = client.get(f"{CASES}?sort=priority&limit=1").json()["next"]
        assert _refused_well(client.get(link.replace("priority", "newest"))) is None

    @pytest.mark.parametrize("label", BODIES)
    def test_bodies(self, client: Client, case: Case, label: str) -> None:
        headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
        found = {}
        for path in (CASES, *(f"{CASES}{case.number}/{action}/" for action in ("assign", "accept", "note"))):
            answer = client.post(path, BODIES[label], content_type=doors.JSON, headers=headers)
            found[path] = _refused_well(answer, ok=label == "empty")
        _report(found)
        case.refresh_from_db()
        assert case.version == 1

    def test_values_of_a_new_case(self, client: Client) -> None:
        call = {"kind": "inquiry", "description": "x", "phone": "13912345678", "customer_name": "测试"}
        found = {}
        for name in NewCaseInput().fields:
            for label, value in JSON_VALUES.items():
                body = json.dumps({**call, name: value})
                headers = {"Idempotency-Key": f"{abs(hash((name, label)))}"}
                answer = client.post(CASES, body, content_type=doors.JSON, headers=headers)
                found[f"{name}={label}"] = _refused_well(answer, ok=True)
        _report(found)

    def test_values_of_a_step(self, client: Client, case: Case) -> None:
        """Every value in every input; the actions take turns."""
        found = {}
        product = [(name, label) for name in StepInput().fields for label in JSON_VALUES]
        for turn, (name, label) in enumerate(product):
            action = STEP_ACTIONS[turn % len(STEP_ACTIONS)]
            version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
            answer = client.post(
                f"{CASES}{case.number}/{action}/",
                json.dumps({name: JSON_VALUES[label]}),
                content_type=doors.JSON,
                headers={"If-Match": f'"{version}"'},
            )
            found[f"{action} {name}={label}"] = _refused_well(answer, ok=True)
        _report(found)

    @pytest.mark.parametrize(
        "number", ["0", "-1", "9" * 19, "9" * 40, "9" * 5_000, "1e3", "%00", "１２３", "abc", "9000000%2014"]
    )
    def test_numbers_in_the_path(self, client: Client, number: str) -> None:
        for path in (f"{CASES}{number}/", f"{CASES}{number}/close/"):
            assert client.get(path).status_code in (404, 405)
            assert client.post(path, b"{}", content_type=doors.JSON).status_code in (404, 405, 428)

    @pytest.mark.parametrize(
        "kind",
        [
            "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain",
            "application/xml", "", "x", "application/json; charset=utf-7", "application/json; charset=nonsense",
        ],
    )  # fmt: skip
    def test_content_types(self, client: Client, kind: str) -> None:
        answer = client.generic(
            "POST", CASES, b"extra=null", content_type=kind, headers={"Idempotency-Key": "k"}
        )
        assert _refused_well(answer) is None

    @pytest.mark.parametrize("header", ['"' + "9" * 5_000 + '"', "\x00", '"１"', "W/", '""', "x" * 10_000])
    def test_versions(self, client: Client, case: Case, header: str) -> None:
        answer = client.post(
            f"{CASES}{case.number}/note/",
            {"note": "x"},
            content_type=doors.JSON,
            headers={"If-Match": header},
        )
        assert answer.status_code in (400, 412)


class TestPages:
    def test_filters_of_the_list(self, client: Client, case: Case) -> None:
        found = {}
        for name in (*CaseFilter.base_filters, "cursor", "status__regex", "q"):
            for label, text in TEXTS.items():
                found[f"{name}={label}"] = _no_500(client.get("/cases/", {name: text}))
            for raw in RAW_VALUES:
                found[f"{name}={raw}"] = _no_500(client.get(f"/cases/?{name}={raw}"))
        _report(found)

    def test_export_of_a_filter(self, client: Client, case: Case) -> None:
        found = {}
        for name in CaseFilter.base_filters:
            for label, text in FEW.items():
                found[f"{name}={label}"] = _no_500(
                    client.post("/cases/export/", {"query": f"{name}={quote(text)}"})
                )
        _report(found)

    def test_search(self, client: Client, case: Case) -> None:
        _report({label: _no_500(client.post("/search/", {"q": text})) for label, text in TEXTS.items()})
        assert client.get("/search/%00/").status_code == 404

    def test_search_results(self, client: Client, case: Case) -> None:
        found = {}
        for label, text in TEXTS.items():
            found[label] = _no_500(client.post("/search/", {"q": text[:60]}, follow=True))
        _report(found)

    def test_call(self, client: Client) -> None:
        call = {
            "kind": "inquiry", "description": "x", "phone": "13912345678", "customer_name": "测试", "channel": "phone",
            "priority": "3", "next_step": "pass_on", "key": "k",
        }  # fmt: skip
        found = {}
        for name in (
            *call,
            "imei",
            "customer_id",
            "device_id",
            "model_id",
            "fault",
            "customer_email",
            "resolution",
        ):
            for label, text in FEW.items():
                found[f"{name}={label}"] = _no_500(client.post("/calls/new/", {**call, name: text}))
                found[f"look up {name}={label}"] = _no_500(
                    client.post("/calls/lookup/", {**call, name: text})
                )
        _report(found)

    def test_steps(self, client: Client, case: Case) -> None:
        """Every value in every input; the actions take turns."""
        found = {}
        product = [(name, label) for name in (*StepInput().fields, "version") for label in TEXTS]
        for turn, (name, label) in enumerate(product):
            action = STEP_ACTIONS[turn % len(STEP_ACTIONS)]
            sent = {"version": case.version, name: TEXTS[label]}
            answer = client.post(f"/cases/{case.number}/{action}/", sent)
            found[f"{action} {name}={label}"] = _no_500(answer)
        _report(found)

    def test_reveal(self, client: Client, case: Case) -> None:
        path = f"/cases/{case.number}/reveal/phone/"
        _report({label: _no_500(client.post(path, {"reason": text})) for label, text in TEXTS.items()})


def _no_500(response: Any) -> str | None:
    return f"{response.status_code}" if response.status_code >= 500 else None
