"""Reading job descriptions. Editing and signing need a person in front of a page, so there is no operation for them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import api
from orgchart.api import position_documents as documents
from orgchart.descriptions import queries
from orgchart.descriptions.authority import edit_answer
from orgchart.enums import UnitKind
from orgchart.models import Person


@documents.positions
@api_view(["GET"])
def positions(request: Request) -> Response:
    """All positions that fit, in their order."""
    given = api.strict_parameters(request.query_params, ("unit_kind", "names"))
    _known(given, "unit_kind", UnitKind.values)
    _known(given, "names", [queries.POSTS, queries.NAMES])
    rows = queries.positions(_person(request)).select_related("superior")
    if given.get("unit_kind"):
        rows = rows.filter(unit_kind=given["unit_kind"])
    if given.get("names"):
        rows = rows.filter(is_post=given["names"] == queries.POSTS)
    return Response({"results": [_line(row) for row in rows.defer("rights", "superior__rights")]})


@documents.position
@api_view(["GET"])
def position(request: Request, code: str) -> Response:
    """The version in force with its whole text."""
    api.strict_parameters(request.query_params, ())
    reader = _person(request)
    chart = queries.read_chart(reader)
    version = queries.version_in_force(reader, code)
    answer = edit_answer(reader, version.position, chart)
    body = {
        "code": version.position.code,
        "version": {
            **_version(version.number, version.in_force_at, version.fingerprint),
            "origin": version.origin,
            "author": version.author_id,
            "reason": version.reason,
        },
        "body": version.body,
        "rights": version.position.rights,
        "to_sign": version.may_sign,
        "may_edit": answer.allowed,
        "edit_answer": answer.sentence,
    }
    return Response(body, headers={"ETag": f'"{version.number}"'})


def _person(request: Request) -> Person:
    """The caller; the permission class lets nobody else through."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def _known(given: dict[str, str], name: str, values: list[str]) -> None:
    if given.get(name) and given[name] not in values:
        listed = _("Choose from: %(known)s.") % {"known": ", ".join(values)}
        raise api.BadRequest("bad_parameters", listed, field=name)


def _version(number: int, in_force_at: Any, fingerprint: str) -> dict[str, Any]:
    return {"number": number, "in_force_at": in_force_at, "fingerprint": fingerprint}


def _line(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "url": reverse("api:position", args=[row.code]),
        "title": row.title,
        "title_en": row.title_en,
        "superior": row.superior.code if row.superior else None,
        "unit_kind": row.unit_kind,
        "group_kind": row.group_kind,
        "is_leader": row.is_leader,
        "is_post": row.is_post,
        "confidence": row.confidence,
        "version": _version(row.version_number, row.in_force_at, row.fingerprint),
        "to_sign": row.to_sign,
    }
