"""Looking exact numbers up company-wide: counted, limited and written into the trail, in one place.

The trail says that somebody looked a number up and how much was found, never the number itself.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import DomainError

LIMIT, WINDOW_SECONDS = 120, 600
"""Look-ups of one person within the window: a busy agent needs a tenth of that."""

log = logging.getLogger(__name__)


class TooOften(DomainError):
    """More look-ups than a person needs for work."""

    status = 429


def check_rate(actor: Actor) -> None:
    """Count one look-up of this person; refuses with "too_many_lookups" (429) above the limit.

    While Redis is down nobody is held up.
    """
    try:
        used = _count(f"lookups:{actor.id}")
    except redis.RedisError:
        log.warning("look-ups are not counted: Redis cannot be reached")
        return
    if used > LIMIT:
        raise TooOften(
            "too_many_lookups",
            _("Too many look-ups in a short time. Wait a few minutes; cases can still be logged meanwhile."),
        )


def record(actor: Actor, by: Iterable[str], found: Mapping[str, int | bool]) -> None:
    """Write the audit event "customer.looked_up": by which kinds of number, and how much was found."""
    audit.record(
        actor=actor,
        action="customer.looked_up",
        changes={"by": [None, list(by)], **{name: [None, count] for name, count in found.items()}},
    )


def is_first(actor: Actor, *numbers: str) -> bool:
    """Whether this person asks for these numbers for the first time within the window, so that it counts as a look-up.

    A form asks again at each pause in typing. What is kept is a keyed digest, not the numbers. True while Redis is down.
    """
    text = "\n".join((str(actor.id), *numbers))
    digest = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    try:
        return bool(_client().set(f"lookups:again:{digest}", 1, ex=WINDOW_SECONDS, nx=True))
    except redis.RedisError:
        return True


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def _count(key: str) -> int:
    with _client().pipeline(transaction=True) as pipe:
        # The window begins with the first look-up; both commands go through in one step, so no count is lost.
        pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipe.incr(key)
        return int(pipe.execute()[1])
