"""Positions with their versions, and edits of them, for tests."""

from __future__ import annotations

from typing import Any

from core.actors import person_actor
from orgchart import services
from orgchart.enums import VersionState
from orgchart.models import Person, Position, PositionVersion


def position(code: str) -> Position:
    found: Position = Position.objects.get(code=code)
    return found


def current(code: str) -> PositionVersion:
    found: PositionVersion = PositionVersion.objects.get(position__code=code, state=VersionState.IN_FORCE)
    return found


def edit(actor: Person, code: str, changed: dict[str, Any] | None = None, **options: Any) -> PositionVersion:
    changed = changed if changed is not None else {**current(code).body, "note": "改过"}
    options = {"reason": "改进", "base": current(code).number, **options}
    return services.edit_position(actor=person_actor(actor), position=position(code), body=changed, **options)
