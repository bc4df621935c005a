"""What happens here that higher apps have to know."""

from __future__ import annotations

from dataclasses import dataclass

from core.actors import Actor
from core.events import Event
from orgchart.models import Person


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The account of `person` was closed by `actor`; open work has to be passed on."""

    person: Person
    actor: Actor


account_closed: Event[AccountClosed] = Event("orgchart.account_closed")
