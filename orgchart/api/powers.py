"""The operations on powers and rights. Each asks one query or calls one service and decides nothing itself."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core import api, idempotency
from core.actors import person_actor
from core.errors import Invalid, Refused
from orgchart import authority, services, uses
from orgchart.api import power_documents as documents
from orgchart.api.power_serializers import UseInput
from orgchart.enums import Power
from orgchart.models import Person, PowerUse
from orgchart.policies import may
from orgchart.rights import may_do, rights_of_person
from orgchart.rules.limits import Asked

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@documents.powers
@api_view(["GET"])
def powers(request: Request, pk: int) -> Response:
    """The answers for all ten powers towards one person."""
    given = api.strict_parameters(request.query_params, ("second",))
    person = _visible(request, pk)
    second = _party(request, given["second"], "bad_parameters") if "second" in given else None
    found = authority.decisions(_caller(request), person, second=second)
    rows = [{**answer.as_json(), "label": str(Power(power).label)} for power, answer in found.items()]
    return Response({"person": _named(person), "powers": rows})


@documents.use
@api_view(["POST"])
def use(request: Request, pk: int, power: str) -> Response:
    """Use one power; once per key."""
    api.strict_parameters(request.query_params, ())
    person, key = _visible(request, pk), _key(request)
    if power not in Power.values:
        raise NotFound
    reader = UseInput(data=request.data)
    reader.is_valid(raise_exception=True)
    given = dict(reader.validated_data)
    kept = idempotency.replayable(
        _caller(request),
        f"api:power:{power}:{pk}",
        key,
        request.data,
        lambda: _use(request, person, power, given),
    )
    return Response(kept, status=status.HTTP_201_CREATED)


@documents.rights
@api_view(["GET"])
def rights(request: Request, pk: int) -> Response:
    """Every action with its reasons."""
    api.strict_parameters(request.query_params, ())
    person = _visible(request, pk)
    if not may(_caller(request), "view_rights", person):
        raise Refused(
            "may_not_view_rights",
            _("Rights are shown to the person, to superiors, to the personnel group and to administrators."),
        )
    found = rights_of_person(person)
    sections = [
        {"title": section.title, "rights": [right.as_json() for right in section.rights]}
        for section in found.sections
    ]
    return Response(
        {
            "person": _named(person),
            "date": found.day.isoformat(),
            "note": found.note or None,
            "sections": sections,
        }
    )


@documents.question
@api_view(["GET"])
def question(request: Request) -> Response:
    """Whether the caller's descriptions cover an action with amount and kind."""
    given = api.strict_parameters(request.query_params, ("action", "amount", "kind"))
    amount = given.get("amount", "")
    if amount and not _AMOUNT.fullmatch(amount):
        raise api.BadRequest("bad_parameters", _("The amount is in yuan, such as 150.00."), field="amount")
    asked = Asked(Decimal(amount) if amount else None, given.get("kind", ""))
    try:
        answer = may_do(_caller(request), given.get("action", ""), asked)
    except LookupError:
        raise api.BadRequest(
            "bad_parameters", _("No job description knows this action."), field="action"
        ) from None
    return Response(answer.as_json())


def _caller(request: Request) -> Person:
    """The permission class lets nobody else through."""
    person: Person = request.user  # type: ignore[assignment]
    return person


def _visible(request: Request, pk: int) -> Person:
    """The person when visible, else 404 as for one that does not exist."""
    found = uses.visible_person(_caller(request), pk)
    if found is None:
        raise NotFound
    return found


def _party(request: Request, given: Any, code: str) -> Person:
    """The other party; somebody out of sight is as one that does not exist."""
    text = str(given)
    found = uses.visible_person(_caller(request), int(text)) if _ID.fullmatch(text) else None
    if found is None:
        raise Invalid(code, _("There is no such person."), field="second")
    return found


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise api.BadRequest("key_missing", _("Send an Idempotency-Key, a new one for each use of a power."))
    if not _KEY.fullmatch(key):
        raise api.BadRequest("bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    return key


def _use(request: Request, person: Person, power: str, given: dict[str, Any]) -> dict[str, Any]:
    if "second" in given:
        given = {**given, "second": _party(request, given["second"], "party_unknown")}
    done = services.use_power(actor=person_actor(_caller(request)), power=power, subject=person, **given)
    return use_json(done)


def use_json(use: PowerUse) -> dict[str, Any]:
    """A use as plain data."""
    return {
        "id": use.pk,
        "url": f"/powers/{use.pk}/",
        "power": use.power,
        "state": use.state,
        "version": use.version,
        "actor": _named(use.actor),
        "acting_for": _named(use.acting_for),
        "subject": _named(use.subject),
        "second": _named(use.second),
        "text": use.text,
        "ratings": use.ratings,
        "due_on": use.due_on.isoformat() if use.due_on else None,
        "why": uses.words_of(use.decision, get_language() or ""),
        "created_at": use.created_at.isoformat().replace("+00:00", "Z"),
    }


def _named(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person else None
