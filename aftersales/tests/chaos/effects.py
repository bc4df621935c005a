"""Effects that can be counted: a row without any uniqueness, and a mail."""

from __future__ import annotations

import os
import time

from django.db import connection
from django.utils import timezone

from core import mail, outbox
from core.models import Effect
from core.models.outbox import EffectState
from core.outbox import delivery

WORK = 0.05  # seconds before and after the effect, in which a kill does the most harm


@outbox.handler("chaos.row")
def count_row(effect: Effect) -> None:
    """Insert a row; doubles would stand in the table."""
    time.sleep(WORK)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_row (key) VALUES (%s)", [effect.key])
    time.sleep(WORK)


@outbox.handler("chaos.mail", external=True)
def send_mail(effect: Effect) -> None:
    """Send a mail to the counting server."""
    time.sleep(WORK)
    mail.send(effect, "effect", effect.key, to=["count@example.test"])
    time.sleep(WORK)


def _deliver_unguarded(effect_id: int) -> delivery.Outcome:
    """What delivery would be if it trusted the queue: act on each message. The kill tests must see it double."""
    effect = Effect.objects.get(pk=effect_id)
    count_row(effect)
    Effect.objects.filter(pk=effect_id).update(state=EffectState.DONE, done_at=timezone.now())
    return delivery.Outcome.DONE


if os.environ.get("CHAOS_UNGUARDED"):
    outbox.deliver = _deliver_unguarded
