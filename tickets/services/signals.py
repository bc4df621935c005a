"""Events that the case desk publishes to apps above it, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from core.actors import Actor
from core.events import Event
from tickets.models import Case


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case after `action`."""

    case: Case
    action: str
    actor: Actor


case_changed: Event[CaseChange] = Event("tickets.case_changed")
