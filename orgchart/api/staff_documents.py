"""What the published schema says about the operations on staff."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.api import DEFAULT_LIMIT, MAX_LIMIT, RefusalOut
from orgchart.api.staff_serializers import (
    LeaveInput,
    LeaveOut,
    PostOut,
    StaffListOut,
    StaffOut,
    TransferInput,
)

_ONCE = "A new value for each new entry; the same value again gives the first answer and changes nothing."
_ANYBODY = {400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 406: RefusalOut}
_READS = {**_ANYBODY, 404: RefusalOut}
_WRITES = {**_READS, 409: RefusalOut, 413: RefusalOut, 415: RefusalOut, 422: RefusalOut}
_KEY = OpenApiParameter("Idempotency-Key", location=OpenApiParameter.HEADER, description=_ONCE, required=True)


def _query(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.QUERY, description=description, **options)


def staff(view: Any) -> Any:
    """The list."""
    return extend_schema(
        operation_id="staff_list",
        description="Open accounts in the caller's sight with the posts of today. Names are personal: no parameter.",
        parameters=[
            _query("unit", "Code of a unit; what lies below counts."),
            _query("position", "Code of a position."),
            _query("away", "1: only who is on leave today, 0: only who is not.", enum=["0", "1"]),
            _query(
                "limit", f"Rows on a page, 1 to {MAX_LIMIT}; default {DEFAULT_LIMIT}.", type=OpenApiTypes.INT
            ),
            _query("cursor", "Opaque; only from `next` and `previous`."),
        ],
        responses={200: StaffListOut, **_ANYBODY},
    )(view)


def person(view: Any) -> Any:
    """Detail."""
    return extend_schema(operation_id="staff_retrieve", responses={200: StaffOut, **_READS})(view)


def transfer(view: Any) -> Any:
    """A transfer."""
    return extend_schema(
        operation_id="staff_transfer",
        description="Refused with `over_establishment` or `open_cases` until their confirmation is true.",
        request=TransferInput,
        parameters=[_KEY],
        responses={201: PostOut, **_WRITES},
    )(view)


def leave(view: Any) -> Any:
    """A leave."""
    return extend_schema(
        operation_id="staff_leave",
        request=LeaveInput,
        parameters=[_KEY],
        responses={201: LeaveOut, **_WRITES},
    )(view)
