"""Which function delivers which kind of effect. Each app registers its own in `<app>/effects.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from core.models import Effect

Deliver = Callable[[Effect], None]


class TryLater(Exception):
    """The other side cannot take it now; not a failure of ours. Retried for three days.

    `perhaps_sent`: the line broke so late that it may have been taken all the same.
    """

    def __init__(self, text: str, *, perhaps_sent: bool = False) -> None:
        super().__init__(text)
        self.perhaps_sent = perhaps_sent


@dataclass(frozen=True, slots=True)
class Handler:
    """`external`: it leaves the database (mail, webhook); else it writes in the same transaction as "done"."""

    kind: str
    deliver: Deliver
    external: bool
    queue: str


_handlers: dict[str, Handler] = {}


def handler(kind: str, *, external: bool = False, queue: str | None = None) -> Callable[[Deliver], Deliver]:
    """Register the function that delivers `kind`. A second function for one kind is refused with ValueError."""

    def register(function: Deliver) -> Deliver:
        known = _handlers.get(kind)
        if known is not None and known.deliver is not function:
            raise ValueError(f"two handlers for effects of kind {kind!r}")
        _handlers[kind] = Handler(kind, function, external, queue or settings.CELERY_TASK_DEFAULT_QUEUE)
        return function

    return register


def find(kind: str) -> Handler | None:
    """The handler of `kind`, None when no installed app has one."""
    return _handlers.get(kind)


def unregister(kind: str) -> None:
    """Forget a handler; for tests that bring their own."""
    _handlers.pop(kind, None)


def kinds() -> tuple[str, ...]:
    """All kinds somebody delivers."""
    return tuple(sorted(_handlers))


def queue_of(kind: str) -> str:
    """The queue for `kind`; the default one when nobody delivers it (it is parked there)."""
    found = _handlers.get(kind)
    return found.queue if found else settings.CELERY_TASK_DEFAULT_QUEUE
