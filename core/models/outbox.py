"""The transactional outbox: what must happen outside once the transaction stands."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet


class EffectState(models.TextChoices):
    """Life of an effect. `uncertain` = a crash came between sending and noting it: perhaps sent."""

    PENDING = "pending", _("Pending")
    SENDING = "sending", _("Sending")
    DONE = "done", _("Done")
    UNCERTAIN = "uncertain", _("Perhaps sent")
    PARKED = "parked", _("Parked")
    DISCARDED = "discarded", _("Discarded")


class Effect(models.Model):
    """One side effect, existing exactly once per (kind, key).

    `payload` carries ids only. Towards the outside delivery is at least once with `message_id` stable over retries.
    `attempts` counts claims, `failures` those of them that ended in an exception (the others ended with the process).
    `announced_at` is when a worker was last told of it, `lease_until` when the present claim on it ends.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    message_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=12, choices=EffectState.choices, default=EffectState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    perhaps_sent = models.BooleanField(default=False)
    available_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="effect_once")]
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                name="effect_open",
                condition=models.Q(state__in=["pending", "sending", "uncertain"]),
            ),
            models.Index(fields=["state", "-id"], name="effect_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
