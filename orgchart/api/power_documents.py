"""What the published schema says about the operations on powers and rights."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.api import RefusalOut
from orgchart.api.power_serializers import AnswerOut, DecisionsOut, RightsOut, UseInput, UseOut
from orgchart.enums import Power

_ONCE = "A new value for each new use; the same value again gives the first answer and changes nothing."
_READS = {400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 404: RefusalOut, 406: RefusalOut}
_WRITES = {**_READS, 409: RefusalOut, 413: RefusalOut, 415: RefusalOut, 422: RefusalOut}


def _query(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.QUERY, description=description, required=required)


def powers(view: Any) -> Any:
    """All ten answers."""
    return extend_schema(
        operation_id="staff_powers_list",
        description="Whether the caller may use each of the ten powers on this person today, and why.",
        parameters=[_query("second", "Id of the other party, for the answer about a dispute.")],
        responses={200: DecisionsOut, **_READS},
    )(view)


def use(view: Any) -> Any:
    """Using one power."""
    return extend_schema(
        operation_id="staff_powers_use",
        description=(
            "Use a power on this person. Refused, the code is `power_` and the reason, the message the sentence. "
            "`appraise` takes `ratings`, `adjudicate` takes `second`, `administer` and `supervise` take `due_on`. "
            "Proposals, nominations and reports are submitted to the superior; all others are recorded."
        ),
        request=UseInput,
        parameters=[
            OpenApiParameter("power", location=OpenApiParameter.PATH, enum=list(Power.values)),
            OpenApiParameter(
                "Idempotency-Key", location=OpenApiParameter.HEADER, description=_ONCE, required=True
            ),
        ],
        responses={201: UseOut, **_WRITES},
    )(view)


def rights(view: Any) -> Any:
    """Rights, explained."""
    return extend_schema(
        operation_id="staff_rights_retrieve",
        description="Every action with every reason, as of today. For the person, superiors, personnel, administrators.",
        responses={200: RightsOut, **_READS},
    )(view)


def question(view: Any) -> Any:
    """One action with amount and kind."""
    return extend_schema(
        operation_id="rights_ask",
        description="Whether the caller's job descriptions grant an action for this amount and kind, and why.",
        parameters=[
            _query("action", "Such as goodwill.approve or case.assign.", required=True),
            _query("amount", "Yuan with at most two decimals."),
            _query("kind", "Such as repair."),
        ],
        responses={200: AnswerOut, 400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 406: RefusalOut},
    )(view)
