"""Who did it: a person, an API client, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

ActorKind = Literal["person", "client", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting subject as the audit trail records it. `person` is the account, None for the system.

    `acting_for` is the account in whose place a deputy (代理) acts: the trail then says "B for A".
    """

    kind: ActorKind
    id: int | None
    label: str
    person: Any = None
    acting_for: Any = None

    def in_place_of(self, holder: Any) -> Actor:
        """The same actor as the deputy of `holder`; None changes nothing."""
        return self if holder is None else replace(self, acting_for=holder)


def person_actor(person: Any) -> Actor:
    """Actor for a signed-in person."""
    return Actor("person", person.pk, person.get_username(), person)


def system_actor(label: str) -> Actor:
    """Actor for a periodic job or a command; `label` names it."""
    return Actor("system", None, label)
