"""Reading the catalogue by REST, in the order of the codes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import api, keyset
from orgchart.models import Person
from products.api.catalogue_serializers import CatalogueFaultListOut, CatalogueModelListOut
from products.catalogue import find_models, matching
from products.enums import Component
from products.models import FaultCode, ProductModel

_READS = {400: api.RefusalOut, 401: api.RefusalOut, 403: api.RefusalOut, 406: api.RefusalOut}


def _query(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, location=OpenApiParameter.QUERY, description=description, **options)


_PAGING = [
    _query("q", "Part of a name, code, pinyin or initials; every word has to fit."),
    _query("active", "1: in use only, 0: retired only.", enum=["0", "1"]),
    _query(
        "limit", f"Rows on a page, 1 to {api.MAX_LIMIT}; default {api.DEFAULT_LIMIT}.", type=OpenApiTypes.INT
    ),
    _query("cursor", "Opaque; only from `next` and `previous`."),
]


def _code(value: Any) -> str:
    """A cursor's code."""
    if not isinstance(value, str) or not 0 < len(value) <= 30 or not value.isprintable():
        raise ValueError(value)
    return value


BY_CODE = keyset.Order(("code",), (_code,))


def _in_use(rows: QuerySet[Any], given: dict[str, str]) -> QuerySet[Any]:
    if "active" not in given:
        return rows
    if given["active"] not in ("0", "1"):
        raise api.BadRequest("bad_parameters", _("Write 0 or 1."), field="active")
    return rows.filter(is_active=given["active"] == "1")


def _page(request: Request, rows: QuerySet[Any], given: dict[str, str], line: Any) -> Response:
    found = keyset.page(rows, BY_CODE, api.read_limit(given), given.get("cursor", ""))
    links = api.page_links(request, given, found.next, found.previous)
    return Response({"results": [line(row) for row in found.rows], **links})


def _caller(request: Request) -> Person:
    """The permission class lets nobody else through."""
    found: Person = request.user  # type: ignore[assignment]
    return found


@extend_schema(
    operation_id="catalogue_models_list",
    description="The models. `q` may also be a TAC of 8 digits or a number that begins with one.",
    parameters=_PAGING,
    responses={200: CatalogueModelListOut, **_READS},
)
@api_view(["GET"])
def models(request: Request) -> Response:
    """The models, page by page."""
    given = api.strict_parameters(request.query_params, ("q", "active", "limit", "cursor"))
    rows = _in_use(ProductModel.objects.permitted(_caller(request)).select_related("maker"), given)
    return _page(request, find_models(rows, given.get("q", "")), given, _model)


@extend_schema(
    operation_id="catalogue_faults_list",
    description="The faults of the official list and our own.",
    parameters=[*_PAGING, _query("component", "Part of the phone.", enum=Component.values)],
    responses={200: CatalogueFaultListOut, **_READS},
)
@api_view(["GET"])
def faults(request: Request) -> Response:
    """The faults, page by page."""
    given = api.strict_parameters(request.query_params, ("q", "active", "component", "limit", "cursor"))
    rows = _in_use(FaultCode.objects.permitted(_caller(request)).select_related("parent"), given)
    if "component" in given:
        if given["component"] not in Component.values:
            raise api.BadRequest("bad_parameters", _("There is no such component."), field="component")
        rows = rows.filter(component=given["component"])
    return _page(request, matching(rows, given.get("q", "")), given, _fault)


def _model(row: ProductModel) -> dict[str, Any]:
    plain = ("id", "code", "name", "name_en", "category", "tacs", "colours", "is_active", "version")
    maker = {name: getattr(row.maker, name) for name in ("code", "name", "name_en")} if row.maker else None
    launched = row.launched_on.isoformat() if row.launched_on else None
    return {name: getattr(row, name) for name in plain} | {"maker": maker, "launched_on": launched}


def _fault(row: FaultCode) -> dict[str, Any]:
    plain = ("id", "code", "component", "name", "name_en", "is_official", "is_active", "version")
    return {name: getattr(row, name) for name in plain} | {"parent": row.parent.code if row.parent else None}
