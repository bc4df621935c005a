"""What the published schema says about the operations on job descriptions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.api import RefusalOut
from orgchart.api.position_serializers import PositionListOut, PositionOut
from orgchart.descriptions.queries import NAMES, POSTS
from orgchart.enums import UnitKind

_ANYBODY = {400: RefusalOut, 401: RefusalOut, 403: RefusalOut, 406: RefusalOut}


def positions(view: Any) -> Any:
    """The list."""
    return extend_schema(
        operation_id="positions_list",
        description="All positions with the version in force. They are few, so there are no pages.",
        parameters=[
            OpenApiParameter("unit_kind", description="Kind of unit.", enum=UnitKind.values),
            OpenApiParameter("names", description="Posts, or names in narratives.", enum=[POSTS, NAMES]),
        ],
        responses={200: PositionListOut, **_ANYBODY},
    )(view)


def position(view: Any) -> Any:
    """Detail."""
    return extend_schema(
        operation_id="positions_retrieve", responses={200: PositionOut, **_ANYBODY, 404: RefusalOut}
    )(view)
