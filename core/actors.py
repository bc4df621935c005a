"""Who did it: a person, an API client, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

ActorKind = Literal["person", "client", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting subject as the audit trail records it. `person` is the account, None for the system."""

    kind: ActorKind
    id: int | None
    label: str
    person: Any = None


def person_actor(person: Any) -> Actor:
    """Actor for a signed-in person."""
    return Actor("person", person.pk, person.get_username(), person)


def system_actor(label: str) -> Actor:
    """Actor for a periodic job or a command; `label` names it."""
    return Actor("system", None, label)
