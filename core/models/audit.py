"""The trail: append-only, numbered under the lock, hash-chained. Written by `core.audit.record` alone."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One thing that happened.

    `id` is the number in the chain; a database trigger takes it, `prev_hash` and `hash` under an advisory lock, so
    that no row can be added outside the chain. UPDATE and DELETE are refused by trigger for everyone, and the
    application's role has only INSERT and SELECT. `for_id` is the account in whose place a deputy acted.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=150)
    for_id = models.BigIntegerField(null=True)
    for_label = models.CharField(max_length=150, db_default="", default="", blank=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=100, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    prev_hash = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.subject_type}:{self.subject_id}"
