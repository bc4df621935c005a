"""One id that ties a page, the outbox rows it wrote, the tasks that deliver them and all their log lines together."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
_VALID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_actor: ContextVar[str] = ContextVar("actor", default="")


def new() -> str:
    """A fresh id: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def accept(given: str | None) -> str:
    """The caller's id when it is 8 to 64 letters, digits, dashes or underscores; else a fresh one."""
    return given if given and _VALID.fullmatch(given) else new()


def current() -> str:
    """The id in force, "" outside a request, a delivery or a job."""
    return _current.get()


def current_actor() -> str:
    """Who acts, as a number or a job's name and never as a personal name; "" when nobody is known."""
    return _actor.get()


def set_actor(label: str) -> None:
    """Note who acts for the log lines that follow."""
    _actor.set(label)


@contextmanager
def bound(request_id: str, actor: str = "") -> Iterator[str]:
    """Put `request_id` (and `actor`) in force for a block."""
    id_token, actor_token = _current.set(request_id), _actor.set(actor)
    try:
        yield request_id
    finally:
        _current.reset(id_token)
        _actor.reset(actor_token)
