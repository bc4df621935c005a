"""Files of rows that somebody brings in: read, mapped, checked, loaded in the background."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.policy import PermittedQuerySet


class ImportState(models.TextChoices):
    """Where a file stands."""

    UPLOADED = "uploaded", pgettext_lazy("import", "Uploaded")
    CHECKING = "checking", pgettext_lazy("import", "Being checked")
    CHECKED = "checked", pgettext_lazy("import", "Checked")
    LOADING = "loading", pgettext_lazy("import", "Being loaded")
    LOADED = "loaded", pgettext_lazy("import", "Loaded")
    CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
    FAILED = "failed", pgettext_lazy("import", "Failed")


class ImportFile(models.Model):
    """One file. The bytes lie under a random name outside the site until it is loaded or dropped.

    `columns` are the headings of the file, `mapping` {field: index of the column}. Counts are of data rows. Nothing of
    it is in the trades' tables before the state is "loading".
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20, blank=True)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    good_only = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    result_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("Import")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class ImportProblem(models.Model):
    """What is wrong with one cell or row of a file."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=300)

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.row} {self.code}"
