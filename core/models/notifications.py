"""The bell: what a person inside the company should look at."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from core.policy import PermittedQuerySet


class Notification(models.Model):
    """One ring of the bell. `code` picks the sentence, `params` fills it in, `path` opens the thing."""

    id = models.BigAutoField(primary_key=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="bell_latest"),
            models.Index(fields=["recipient"], name="bell_unread", condition=models.Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.code} -> {self.recipient_id}"
