"""How far an import is, kept outside its transaction, which shows nothing before it ends."""

from __future__ import annotations

import logging
from functools import cache
from typing import cast

import redis
from django.conf import settings

_SECONDS = 3600
log = logging.getLogger(__name__)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def note(sort: str, pk: int, done: int) -> None:
    """So many rows are done. Without Redis nobody sees how far it is, and it goes on all the same."""
    try:
        _client().set(f"{sort}:{pk}", done, ex=_SECONDS)
    except (redis.RedisError, OSError):
        log.warning("the progress of an import cannot be noted", extra={"import": pk})


def read(sort: str, pk: int) -> int:
    """How many rows are done; 0 when nobody knows."""
    try:
        found = cast("bytes | None", _client().get(f"{sort}:{pk}"))
    except (redis.RedisError, OSError):
        return 0
    return int(found) if found else 0
