"""What the published schema says about each operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.api import RefusalOut
from customers.api.serializers import (
    CorrectionInput,
    CustomerBriefOut,
    CustomerFileOut,
    NewCustomerInput,
    StaleCustomerOut,
)

_ANYBODY = {400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 406: RefusalOut}
_READS = {**_ANYBODY, 404: RefusalOut}
_WRITES = {**_READS, 409: RefusalOut, 413: RefusalOut, 415: RefusalOut, 422: RefusalOut}


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.HEADER, description=description, required=True)


def customers(view: Any) -> Any:
    """Create."""
    once = "A new value for each new file; the same value again gives the first answer and changes nothing."
    return extend_schema(
        operation_id="customers_create",
        request=NewCustomerInput,
        parameters=[_header("Idempotency-Key", once)],
        responses={201: CustomerBriefOut, **_WRITES},
    )(view)


def customer(view: Any) -> Any:
    """Detail and correction."""
    reading = extend_schema(
        methods=["GET"], operation_id="customers_retrieve", responses={200: CustomerFileOut, **_READS}
    )
    correction = extend_schema(
        methods=["PATCH"],
        operation_id="customers_correct",
        request=CorrectionInput,
        parameters=[_header("If-Match", "ETag of the file that the correction is based on.")],
        responses={200: CustomerBriefOut, **_WRITES, 412: StaleCustomerOut, 428: RefusalOut},
    )
    return reading(correction(view))
