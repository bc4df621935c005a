"""The operations on staff. Each asks one query or calls one service and decides nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core import api, idempotency
from core.actors import person_actor
from core.errors import DomainError, Invalid
from core.keyset import Order, page
from orgchart import away, queries, services
from orgchart.api import staff_documents as documents
from orgchart.api.staff_serializers import LeaveInput, TransferInput
from orgchart.models import Appointment, Deputyship, Leave, Person, Position, Unit
from orgchart.scope import today
from orgchart.seats import seats_of
from orgchart.staffactions import require

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def _employee_no(value: Any) -> str:
    """A cursor's employee number."""
    if not isinstance(value, str) or not 0 < len(value) <= 20 or not value.isprintable():
        raise ValueError(value)
    return value


BY_NUMBER = Order(("employee_no",), (_employee_no,))


@documents.staff
@api_view(["GET"])
def staff(request: Request) -> Response:
    """Open accounts in sight, page by page."""
    given = api.strict_parameters(request.query_params, ("unit", "position", "away", "limit", "cursor"))
    found = page(_rows(_caller(request), given), BY_NUMBER, api.read_limit(given), given.get("cursor", ""))
    links = api.page_links(request, given, found.next, found.previous)
    return Response({"results": [row_json(person, person.current_posts) for person in found.rows], **links})


def _rows(reader: Person, given: dict[str, str]) -> QuerySet[Person]:
    unit = None
    if "unit" in given:
        unit = Unit.objects.permitted(reader, "view").filter(code=given["unit"]).first()
        if unit is None:
            raise api.BadRequest("bad_parameters", _("There is no such unit."), field="unit")
    position = given.get("position", "")
    if position and not Position.objects.filter(code=position).exists():
        raise api.BadRequest("bad_parameters", _("There is no such position."), field="position")
    leaves = Leave.objects.on(today()).filter(person_id=OuterRef("pk"), is_cancelled=False)
    rows = queries.staff(reader, unit=unit, position=position).annotate(is_away=Exists(leaves))
    if "away" in given:
        if given["away"] not in ("0", "1"):
            raise api.BadRequest("bad_parameters", _("Write 0 or 1."), field="away")
        rows = rows.filter(is_away=given["away"] == "1")
    return rows


@documents.person
@api_view(["GET"])
def person(request: Request, pk: int) -> Response:
    """One person with posts, leave, deputies and what the caller may do."""
    api.strict_parameters(request.query_params, ())
    found = queries.person_page(_caller(request), _visible(request, pk))
    return Response(person_json(found))


@documents.transfer
@api_view(["POST"])
def transfer(request: Request, pk: int) -> Response:
    """Enter a transfer, once per key."""
    api.strict_parameters(request.query_params, ())
    subject, key = _visible(request, pk), _key(request)
    reader = TransferInput(data=request.data)
    reader.is_valid(raise_exception=True)
    given = dict(reader.validated_data)
    return _once(request, f"api:transfer:{pk}", key, lambda: _transfer(request, subject, given))


def _transfer(request: Request, subject: Person, given: dict[str, Any]) -> dict[str, Any]:
    require(_caller(request), "appoint", subject)
    position = Position.objects.filter(code=given.pop("position"), is_post=True).first()
    if position is None:
        raise Invalid("unknown_position", _("There is no such position."), field="position")
    unit = (
        Unit.objects.permitted(_caller(request), "view")
        .filter(code=given.pop("unit"), is_active=True)
        .first()
    )
    if unit is None:
        raise Invalid("unknown_unit", _("There is no such unit."), field="unit")
    row = services.transfer(
        actor=person_actor(_caller(request)), person=subject, position=position, unit=unit, **given
    )
    return post_json(row)


@documents.leave
@api_view(["POST"])
def leave(request: Request, pk: int) -> Response:
    """Record a leave with its deputies, once per key."""
    api.strict_parameters(request.query_params, ())
    subject, key = _visible(request, pk), _key(request)
    reader = LeaveInput(data=request.data)
    reader.is_valid(raise_exception=True)
    given = dict(reader.validated_data)
    return _once(request, f"api:leave:{pk}", key, lambda: _leave(request, subject, given))


def _leave(request: Request, subject: Person, given: dict[str, Any]) -> dict[str, Any]:
    require(_caller(request), "record_leave", subject)
    stand_ins = [
        _stand_in(request, subject, place, one) for place, one in enumerate(given.pop("stand_ins", ()))
    ]
    given.setdefault("ends_on", None)
    try:
        row = services.record_leave(
            actor=person_actor(_caller(request)), person=subject, stand_ins=stand_ins, **given
        )
    except DomainError as refusal:
        places = [place for place, one in enumerate(stand_ins) if one.post.pk == refusal.context.get("post")]
        if places:
            refusal.field = f"stand_ins.{places[0]}.{refusal.field or 'deputy'}"
        raise
    found = away.cover_all([row], row.starts_on, row.ends_on)[0]
    return leave_json(found, details=True)


def _stand_in(request: Request, subject: Person, place: int, given: dict[str, int]) -> services.StandIn:
    seat = next((seat for seat in seats_of(subject) if seat.post.pk == given["post"]), None)
    if seat is None:
        raise Invalid(
            "unknown_post",
            _("The person holds no such post, today and later."),
            field=f"stand_ins.{place}.post",
        )
    deputy = Person.objects.permitted(_caller(request), "view").filter(pk=given["deputy"]).first()
    if deputy is None:
        raise Invalid("unknown_person", _("There is no such person."), field=f"stand_ins.{place}.deputy")
    return services.StandIn(seat.post, deputy, seat.via)


# -- what all of them share ---------------------------------------------------------------------------------


def _caller(request: Request) -> Person:
    """The permission class lets nobody else through."""
    found: Person = request.user  # type: ignore[assignment]
    return found


def _visible(request: Request, pk: int) -> Person:
    """The person when visible, else 404 as for one that does not exist."""
    found: Person | None = Person.objects.permitted(_caller(request), "view").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise api.BadRequest("key_missing", _("Send an Idempotency-Key, a new one for each entry."))
    if not _KEY.fullmatch(key):
        raise api.BadRequest("bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    return key


def _once(request: Request, purpose: str, key: str, act: Callable[[], dict[str, Any]]) -> Response:
    """What `act` answers; a repetition gets the first answer."""
    kept = idempotency.replayable(_caller(request), purpose, key, request.data, act)
    return Response(kept, status=status.HTTP_201_CREATED)


def colleague_json(found: Person) -> dict[str, Any]:
    """Id and name."""
    return {"id": found.pk, "name": found.name}


def post_json(row: Appointment) -> dict[str, Any]:
    """A post."""
    return {
        "id": row.pk,
        "position": {"code": row.position.code, "name": row.position.label},
        "unit": {"code": row.unit.code, "name": row.unit.label},
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "is_primary": row.is_primary,
        "late": row.was_late,
    }


def row_json(found: Any, posts: Any, *, is_away: bool | None = None) -> dict[str, Any]:
    """A line of the list."""
    return {
        **colleague_json(found),
        "url": reverse("api:staff_person", args=[found.pk]),
        "employee_no": found.employee_no,
        "leaves_on": found.leaves_on.isoformat() if found.leaves_on else None,
        "is_away": found.is_away if is_away is None else is_away,
        "posts": [post_json(row) for row in posts],
    }


def leave_json(found: away.Away, *, details: bool) -> dict[str, Any]:
    """A leave; without `details` nobody learns why."""
    row = found.leave
    return {
        "id": row.pk,
        "kind": row.kind if details else None,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "is_now": found.now,
        "is_uncovered": found.is_uncovered,
    }


def deputy_json(row: Deputyship) -> dict[str, Any]:
    """Who stands in for whom."""
    return {
        "id": row.pk,
        "post": post_json(row.post),
        "holder": colleague_json(row.post.person),
        "deputy": colleague_json(row.deputy),
        "via": colleague_json(row.via.deputy) if row.via else None,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
    }


def person_json(found: queries.PersonPage) -> dict[str, Any]:
    """All of a person's page."""
    covers = [cover for one in found.away for cover in one.covers]
    deputies = {row.pk: row for cover in covers for row in cover.deputies}
    return {
        **row_json(found.person, found.posts, is_away=any(one.now for one in found.away)),
        "is_active": found.person.is_active,
        "leaves": [leave_json(one, details=found.details) for one in found.away],
        "deputies": [deputy_json(row) for row in (*deputies.values(), *found.deputies)],
        "standing_in": [deputy_json(row) for row in found.standing_in],
        "actions": [
            {
                "action": row.url_name.partition(":")[2],
                "allowed": not row.why,
                "override": row.override and not row.why,
                "why": row.why or None,
            }
            for row in found.guided
        ],
    }
