"""Exports made in the background and fetched by the person who asked for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet


class ExportState(models.TextChoices):
    """Life of an export."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


_TONES: dict[str, str] = {ExportState.RUNNING: "blue", ExportState.READY: "green", ExportState.FAILED: "red"}


class ExportFile(models.Model):
    """One export: what was asked (`kind` and `query`), how far it is, and the file under a random name."""

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    query = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.QUEUED)
    filename = models.CharField(max_length=120)
    stored_name = models.CharField(max_length=80, blank=True)
    rows = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="export_latest")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_open(self) -> bool:
        """Whether a worker still has to do with it."""
        return self.state in (ExportState.QUEUED, ExportState.RUNNING)

    @property
    def tone(self) -> str:
        """Colour of its badge."""
        return _TONES.get(self.state, "secondary")
