"""The operations on cases. Each asks one query or calls one service and decides nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import api, idempotency, keyset
from core.actors import person_actor
from core.errors import StaleVersion
from core.transitions import Transition
from orgchart.models import Person
from tickets import queries, services
from tickets.api import documents
from tickets.api.filters import ApiCaseFilter
from tickets.api.representation import case_brief, case_columns, case_detail, case_line, case_now, inputs_of
from tickets.api.serializers import CaseOut, NewCaseInput, StepInput
from tickets.enums import STEP_ACTIONS
from tickets.errors import not_found
from tickets.models import Case
from tickets.rules.transitions import TRANSITIONS

Kept = dict[str, Any]
"""An answer as it is stored with its key: {"status", "body"}."""
_BRIEF = tuple(CaseOut().fields)
_IF_MATCH = re.compile(r'"?([1-9][0-9]{0,8})"?', re.ASCII)
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@documents.cases
@api_view(["GET", "POST"])
def cases(request: Request) -> Response:
    """The cases in the caller's scope, page by page; or log a new one."""
    return _log(request) if request.method == "POST" else _list(request)


@documents.case
@api_view(["GET"])
def case(request: Request, number: int) -> Response:
    """One case with its notes and the steps that the caller can take now."""
    api.strict_parameters(request.query_params, ())
    found = queries.case_page(_person(request), number)
    return Response(case_detail(found), headers=_etag(found))


@documents.step
@api_view(["POST"])
def step(request: Request, number: int, action: str) -> Response:
    """Take a step on a case, on the version named in If-Match."""
    api.strict_parameters(request.query_params, ())
    if action not in STEP_ACTIONS:
        raise not_found()
    version, given = _version(request), _read(StepInput, request)
    _refuse_foreign_inputs(action, given)
    try:
        return _once(
            request,
            f"api:{action}:{number}",
            request.headers.get("Idempotency-Key"),
            {"version": version, **given},
            lambda: _perform(request, number, action, version, given),
        )
    except StaleVersion as error:
        return _stale(error)


def _person(request: Request) -> Person:
    """The caller; the permission class lets nobody else through."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def _list(request: Request) -> Response:
    parameters = api.strict_parameters(request.query_params, ApiCaseFilter.parameters())
    filters = ApiCaseFilter(request.query_params, person=_person(request))
    rows = case_columns(filters.checked_rows())
    page = keyset.page(rows, filters.order, api.read_limit(parameters), parameters.get("cursor", ""))
    links = api.page_links(request, parameters, page.next, page.previous)
    return Response({"results": [case_line(row) for row in page.rows], **links})


def _log(request: Request) -> Response:
    api.strict_parameters(request.query_params, ())
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise api.BadRequest("key_missing", _("Send an Idempotency-Key, a new one for each case."))
    given = _read(NewCaseInput, request)
    return _once(request, "api:log", key, given, lambda: _log_now(request, given))


def _once(
    request: Request, purpose: str, key: str | None, payload: dict[str, Any], act: Callable[[], Kept]
) -> Response:
    """What `act` answers; with a key it acts once, and repeats get the first answer."""
    if key is None:
        return _answer(act())
    if not _KEY.fullmatch(key):
        raise api.BadRequest("bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    return _answer(idempotency.replayable(_person(request), purpose, key, payload, act))


def _answer(kept: Kept) -> Response:
    body = {name: kept["body"][name] for name in _BRIEF}
    headers = {"ETag": f'"{body["version"]}"'}
    if kept["status"] == status.HTTP_201_CREATED:
        headers["Location"] = body["url"]
    return Response(body, status=kept["status"], headers=headers)


def _log_now(request: Request, given: dict[str, Any]) -> Kept:
    logged = services.log_case(actor=person_actor(_person(request)), new=services.NewCase(**given))
    return {"status": status.HTTP_201_CREATED, "body": case_brief(logged)}


def _perform(request: Request, number: int, action: str, version: int, given: dict[str, Any]) -> Kept:
    done = services.perform(
        actor=person_actor(_person(request)),
        number=number,
        action=action,
        version=version,
        step=services.Step(**given),
    )
    return {"status": status.HTTP_200_OK, "body": case_brief(done)}


def _stale(error: StaleVersion) -> Response:
    response = api.domain_response(error)
    current: Case = error.context["current"]
    response.data["current"] = case_now(current, queries.last_event(current))
    response["ETag"] = _etag(current)["ETag"]
    return response


def _read(serializer: type[api.StrictSerializer], request: Request) -> dict[str, Any]:
    reader = serializer(data=request.data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def _refuse_foreign_inputs(action: str, given: dict[str, Any]) -> None:
    """Inputs that no kind of case takes with this action; they would be lost without a word."""
    rows: list[Transition] = [table.rows[action] for table in TRANSITIONS.values() if action in table.rows]
    known = {name for row in rows for name in inputs_of(row)}
    foreign = sorted(set(given) - known)
    if foreign:
        raise ValidationError({name: [_("This step does not take this input.")] for name in foreign})


def _version(request: Request) -> int:
    header = request.headers.get("If-Match")
    if header is None:
        raise api.PreconditionRequired(
            "version_missing", _("Send If-Match with the ETag of the case that you read.")
        )
    match = _IF_MATCH.fullmatch(header.strip())
    if match is None:
        raise api.BadRequest("bad_if_match", _("If-Match holds exactly one ETag of the case."))
    return int(match[1])


def _etag(case: Case) -> dict[str, str]:
    return {"ETag": f'"{case.version}"'}
