"""Every route is closed to anonymous callers unless this table opens it; every API operation is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orgchart.models import Person

pytestmark = pytest.mark.django_db

PUBLIC = {
    "account_login": "the door itself",
    "account_logout": "leaving twice does no harm",
    "account_reset_password": "says whom to ask",
    "account_inactive": "says whom to ask",
    "account_signup": "says that accounts are made by the personnel group",
    "mfa_authenticate": "the second half of the door",
    "orgchart:forgotten": "says whom to ask",
    "orgchart:session_renew": "the door over an open page",
    "set_language": "the language of the door",
    "core:healthz": "asked by the server's supervisor",
    "core:readyz": "asked by the server's supervisor",
    "core:metrics": "has a token of its own",
    "core:styleguide": "does not exist outside development",
}
OWN_ANSWER = {"core:metrics": {401, 403, 404}, "core:styleguide": {404}}
SAMPLES = {
    "int:pk": "1",
    "int:entry": "1",
    "int:other": "2",
    "int:address": "1",
    "int:call": "1",
    "int:phone": "1",
    "int:promise": "1",
    "slug:purpose": "care",
    "int:number": "900000014",
    "slug:action": "close",
    "slug:field": "phone",
    "slug:power": "appraise",
    "slug:code": "info_lead",
    "slug:kind": "cause",
    "slug:sort": "models",
    "slug:verb": "retire",
    "slug:what": "main",
    "str:token": "x" * 43,
    "str:code": "x",
}
FALLBACK = "api:nothing"


def _routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """(name, path, view) of every pattern."""
    for part in resolver.url_patterns:
        path = prefix + str(part.pattern)
        if isinstance(part, URLResolver):
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from _routes(part, path, inner)
        elif isinstance(part, URLPattern):
            yield f"{namespace}{part.name or part.callback.__name__}", path, part.callback


ROUTES = {name: path for name, path, _ in _routes(get_resolver())}


def _address(path: str) -> str:
    for converter, sample in SAMPLES.items():
        path = path.replace(f"<{converter}>", sample)
    assert "<" not in path, f"no sample for {path}"
    return "/" + path.replace("^", "").replace("\\Z", "").replace("$", "")


@pytest.mark.parametrize("name", sorted(set(ROUTES) - set(PUBLIC)))
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_to_anonymous(name: str, method: str) -> None:
    response = getattr(Client(), method)(_address(ROUTES[name]))
    if name.startswith("api:"):
        assert response.status_code == 401
    else:
        assert response.status_code == 302, response.status_code
        assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_table_of_public_routes_is_true(name: str) -> None:
    assert name in ROUTES
    response = Client().get(_address(ROUTES[name]))
    assert response.status_code in OWN_ANSWER.get(name, {200, 204, 302, 405, 503})


@pytest.mark.parametrize("name", sorted(set(ROUTES) - set(PUBLIC)))
def test_an_ended_account_is_outside_at_once(name: str) -> None:
    person = Person.objects.create(username="gone", name="演示", employee_no="G1", must_change_password=False)
    client = Client()
    client.force_login(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(_address(ROUTES[name])).status_code in (302, 401)


def _operations() -> dict[str, set[str]]:
    client = Client()
    client.force_login(
        Person.objects.create(username="reader", name="演示", employee_no="R1", must_change_password=False)
    )
    schema = client.get("/api/v1/schema/").json()
    methods = {"get", "post", "put", "patch", "delete"}
    return {path: methods & set(operations) for path, operations in schema["paths"].items()}


def test_every_api_operation_is_published_and_no_other() -> None:
    expected: dict[str, set[str]] = {}
    for name, path, view in _routes(get_resolver()):
        if name.startswith("api:") and name not in ("api:schema", FALLBACK):
            # The schema calls a primary key "id".
            plain = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("{pk}", "{id}")
            expected[plain] = {
                method for method in view.cls().http_method_names if method not in ("options", "head")
            }
    assert _operations() == expected


def test_schema_describes_headers_and_refusals() -> None:
    person = Person.objects.create(
        username="reader", name="演示", employee_no="R1", must_change_password=False
    )
    client = Client()
    client.force_login(person)
    step = client.get("/api/v1/schema/").json()["paths"]["/api/v1/cases/{number}/{action}/"]["post"]
    assert {"If-Match", "Idempotency-Key"} <= {parameter["name"] for parameter in step["parameters"]}
    assert {"200", "401", "403", "404", "409", "412", "422", "428"} <= set(step["responses"])
