"""What the published schema says about each operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.api import DEFAULT_LIMIT, MAX_LIMIT, RefusalOut
from tickets.api.serializers import (
    CaseDetailOut,
    CaseListOut,
    CaseOut,
    NewCaseInput,
    StaleOut,
    StepInput,
)
from tickets.enums import STEP_ACTIONS, CaseKind, CaseStatus, Priority, Sort
from tickets.figures import FIGURES


def _query(name: str, description: str, enum: list[Any] | None = None, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(
        name, location=OpenApiParameter.QUERY, description=description, enum=enum, **options
    )


def _header(name: str, description: str, *, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        name, location=OpenApiParameter.HEADER, description=description, required=required
    )


LIST_PARAMETERS = [
    _query("view", "Figure to list, as the tabs of the page; default: open.", list(FIGURES)),
    _query("kind", "Kind of case.", CaseKind.values),
    _query("status", "Where the case stands.", CaseStatus.values),
    _query("priority", "1 urgent … 4 low.", list(Priority.values), type=OpenApiTypes.INT),
    _query("unit", "Id of a unit; a centre stands for everything in it."),
    _query("handler", '"me", "none" or the id of a colleague.'),
    _query("fault", "Code of the official fault list."),
    _query("logged_from", "First local day (Asia/Shanghai), YYYY-MM-DD.", type=OpenApiTypes.DATE),
    _query("logged_to", "Last local day (Asia/Shanghai), YYYY-MM-DD.", type=OpenApiTypes.DATE),
    _query("sort", "Order; default: the one that fits the view.", Sort.values),
    _query("limit", f"Rows on a page, 1 to {MAX_LIMIT}; default {DEFAULT_LIMIT}.", type=OpenApiTypes.INT),
    _query("cursor", "Opaque; only from `next` and `previous`."),
]
_ONCE = "A new value for each new case; the same value again gives the first answer and changes nothing."
_ANYBODY = {400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 406: RefusalOut}
_READS = {**_ANYBODY, 404: RefusalOut}
_WRITES = {**_READS, 409: RefusalOut, 413: RefusalOut, 415: RefusalOut, 422: RefusalOut}


def cases(view: Any) -> Any:
    """List and create."""
    listing = extend_schema(
        methods=["GET"],
        operation_id="cases_list",
        parameters=LIST_PARAMETERS,
        responses={200: CaseListOut, **_ANYBODY},
    )
    creation = extend_schema(
        methods=["POST"],
        operation_id="cases_create",
        request=NewCaseInput,
        parameters=[_header("Idempotency-Key", _ONCE, required=True)],
        responses={201: CaseOut, **_WRITES},
    )
    return listing(creation(view))


def case(view: Any) -> Any:
    """Detail."""
    return extend_schema(operation_id="cases_retrieve", responses={200: CaseDetailOut, **_READS})(view)


def step(view: Any) -> Any:
    """One operation for every step; the case itself says which ones are possible."""
    return extend_schema(
        operation_id="cases_step",
        request=StepInput,
        parameters=[
            OpenApiParameter("action", location=OpenApiParameter.PATH, enum=list(STEP_ACTIONS)),
            _header("If-Match", "ETag of the case that the step is based on.", required=True),
            _header("Idempotency-Key", _ONCE, required=False),
        ],
        responses={200: CaseOut, **_WRITES, 412: StaleOut, 428: RefusalOut},
    )(view)
