"""The two doors to a step on a case, page and API, tried the same way."""

from __future__ import annotations

from typing import Any

from django.test import Client

from orgchart.models import Person
from tickets.models import Case

JSON = "application/json"


def signed_in(person: Person) -> Client:
    """A browser in which `person` is logged in."""
    client = Client()
    client.force_login(person)
    return client


def api_step(client: Client, case: Case, action: str, inputs: dict[str, Any]) -> Any:
    """POST to the API on the version that the case has."""
    return client.post(
        f"/api/v1/cases/{case.number}/{action}/",
        inputs,
        content_type=JSON,
        headers={"If-Match": f'"{case.version}"'},
    )


def page_step(client: Client, case: Case, action: str, inputs: dict[str, Any]) -> Any:
    """POST to the page of the step, as its form does."""
    return client.post(f"/cases/{case.number}/{action}/", {"version": case.version, **inputs})


def verdict(response: Any) -> str:
    """ "ok" for a step that was taken, else the status."""
    return "ok" if response.status_code in (200, 201, 302) else str(response.status_code)
