"""What happens here that higher apps have to know."""

from __future__ import annotations

from dataclasses import dataclass

from core.actors import Actor
from core.events import Event
from orgchart.models import Person, Unit


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The account of `person` was closed by `actor`; open work has to be passed on."""

    person: Person
    actor: Actor


account_closed: Event[AccountClosed] = Event("orgchart.account_closed")


@dataclass(frozen=True, slots=True)
class UnitMoved:
    """`unit` stands elsewhere now, with all below it; `old_centre` is the id of the centre it belonged to."""

    unit: Unit
    old_centre: int | None
    actor: Actor


@dataclass(frozen=True, slots=True)
class UnitClosed:
    """`unit` is about to be closed; a subscriber that still needs it raises a DomainError, and it stays open."""

    unit: Unit
    actor: Actor


unit_moved: Event[UnitMoved] = Event("orgchart.unit_moved")
unit_closed: Event[UnitClosed] = Event("orgchart.unit_closed")
