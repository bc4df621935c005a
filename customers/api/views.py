"""The operations on customer files. Each asks one query or calls one service and decides nothing itself."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import api, idempotency
from core.actors import person_actor
from core.errors import StaleVersion
from customers import policies
from customers.api import documents
from customers.api.representation import brief, detail
from customers.api.serializers import CorrectionInput, NewCustomerInput
from customers.filedata import read_file
from customers.rules import grants
from customers.services import create_customer
from customers.services.correcting import Correction, correct_customer
from orgchart.models import Person

_IF_MATCH = re.compile(r'"?([1-9][0-9]{0,8})"?', re.ASCII)
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@documents.customers
@api_view(["POST"])
def customers(request: Request) -> Response:
    """Open a file in the caller's centre."""
    api.strict_parameters(request.query_params, ())
    person, key = _person(request), request.headers.get("Idempotency-Key")
    if key is None:
        raise api.BadRequest("key_missing", _("Send an Idempotency-Key, a new one for each file."))
    if not _KEY.fullmatch(key):
        raise api.BadRequest("bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    policies.require(person, grants.EDIT)
    given = _read(NewCustomerInput, request)
    kept = idempotency.replayable(person, "api:customer", key, given, lambda: _open(person, given))
    body = kept["body"]
    headers = {"ETag": f'"{body["version"]}"', "Location": body["url"]}
    return Response(
        {name: body[name] for name in ("id", "url", "version")}, status=kept["status"], headers=headers
    )


@documents.customer
@api_view(["GET", "PATCH"])
def customer(request: Request, pk: int) -> Response:
    """One file, masked; or correct it, on the version named in If-Match."""
    api.strict_parameters(request.query_params, ())
    if request.method == "PATCH":
        return _correct(request, pk)
    found = read_file(_person(request), pk)
    return Response(detail(found), headers={"ETag": f'"{found.version}"'})


def _person(request: Request) -> Person:
    """The caller; the permission class lets nobody else through."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def _read(serializer: type[api.StrictSerializer], request: Request) -> dict[str, Any]:
    reader = serializer(data=request.data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def _open(person: Person, given: dict[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if not values.pop("withheld") and not values["phone"].strip():
        raise ValidationError({"phone": [_("Enter a number, or say that it is withheld.")]})
    made = create_customer(actor=person_actor(person), **values)
    return {"status": status.HTTP_201_CREATED, "body": brief(made)}


def _correct(request: Request, pk: int) -> Response:
    version, given = _version(request), _read(CorrectionInput, request)
    try:
        done = correct_customer(
            actor=person_actor(_person(request)), customer=pk, version=version, correction=Correction(**given)
        )
    except StaleVersion as error:
        response = api.domain_response(error)
        response.data["current"] = error.context["current"]
        response["ETag"] = f'"{error.context["current"]}"'
        return response
    return Response(brief(done), headers={"ETag": f'"{done.version}"'})


def _version(request: Request) -> int:
    header = request.headers.get("If-Match")
    if header is None:
        raise api.PreconditionRequired(
            "version_missing", _("Send If-Match with the ETag of the file that you read.")
        )
    match = _IF_MATCH.fullmatch(header.strip())
    if match is None:
        raise api.BadRequest("bad_if_match", _("If-Match holds exactly one ETag of the file."))
    return int(match[1])
