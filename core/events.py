"""Events from a lower app to a higher one, inside the same transaction.

The lower app declares an Event and calls `publish`; the higher app subscribes in its `apps.py`. A subscriber that
raises makes the whole transaction fail: whoever must not block uses the outbox instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Event(Generic[T]):
    """A named happening with one payload type."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[[T], None]] = []

    def subscribe(self, function: Callable[[T], None]) -> Callable[[T], None]:
        """Add a subscriber once, in registration order."""
        if function not in self._subscribers:
            self._subscribers.append(function)
        return function

    def publish(self, payload: T) -> None:
        """Call every subscriber in the publisher's transaction."""
        for function in self._subscribers:
            function(payload)
