"""Positions of the job descriptions and who stands above whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from orgchart.enums import Confidence, GroupKind, UnitKind


class Position(models.Model):
    """A position by its standard code; `superior` is the position that it answers to.

    `source` names table or narrative of the job descriptions, `confidence` how sure that reading is.
    """

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=40)
    title_en = models.CharField(max_length=60)
    superior = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="subordinates")
    unit_kind = models.CharField(max_length=12, choices=UnitKind.choices)
    group_kind = models.CharField(max_length=12, choices=GroupKind.choices, blank=True)
    is_leader = models.BooleanField(default=False)
    is_post = models.BooleanField(default=True)
    source = models.CharField(max_length=120)
    confidence = models.CharField(max_length=8, choices=Confidence.choices)
    note = models.TextField(blank=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("Position")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Title in the reader's language."""
        return self.title_en if (get_language() or "").startswith("en") else self.title
