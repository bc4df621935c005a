"""Puts a version of a position in force: the columns of `Position` repeat what its body says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from orgchart.enums import VersionOrigin, VersionState
from orgchart.line import chart, codes_below
from orgchart.models import Position, PositionVersion
from orgchart.rules.positionfile import fingerprint
from orgchart.rules.powers import rights_of

_SAME = ("unit_kind", "group_kind", "is_leader", "is_post", "source", "confidence", "note")


def check_superior(code: str, superior: str | None) -> None:
    """Refuses with "superior_cycle" when the line would run in a circle."""
    if superior is None:
        return
    superiors = chart()
    if superior == code or superior in codes_below({**superiors, code: superiors.get(code)}, code):
        raise Invalid(
            "superior_cycle",
            _(
                "This superior answers to the position itself, so the line would run in a circle. Choose another."
            ),
            field="superior",
        )


def columns_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `Position` that repeat `body`, all but code and superior."""
    return {
        "title": body["zh"],
        "title_en": body["en"],
        **{name: body[name] for name in _SAME},
        "rights": rights_of(body),
    }


def project(position: Position, body: Mapping[str, Any]) -> None:
    """Write `body` into the columns of `position`. Refuses with "superior_cycle" or "unknown_superior"."""
    superior = None
    if body["superior"]:
        superior = Position.objects.filter(code=body["superior"]).first()
        if superior is None:
            raise Invalid("unknown_superior", _("There is no position with this code."), field="superior")
        check_superior(position.code, superior.code)
    for name, value in columns_of(body).items():
        setattr(position, name, value)
    position.superior = superior
    position.save()


def add_version(
    position: Position,
    body: Mapping[str, Any],
    *,
    state: str,
    origin: str = VersionOrigin.EDIT,
    author: Any = None,
    reason: str = "",
) -> PositionVersion:
    """Append a version with the next number. One that is in force supersedes the present one and is projected.

    The caller holds the row lock on `position`.
    """
    last = position.versions.order_by("-number").values_list("number", flat=True).first() or 0
    in_force = state == VersionState.IN_FORCE
    if in_force:
        position.versions.filter(state=VersionState.IN_FORCE).update(state=VersionState.SUPERSEDED)
    version: PositionVersion = PositionVersion.objects.create(
        position=position,
        number=last + 1,
        state=state,
        origin=origin,
        body=dict(body),
        fingerprint=fingerprint(body),
        author=author,
        reason=reason,
        in_force_at=timezone.now() if in_force else None,
    )
    if in_force:
        project(position, body)
    return version
