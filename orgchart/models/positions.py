"""Positions of the job descriptions, who stands above whom, and their versions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from orgchart.enums import Confidence, GroupKind, UnitKind, VersionOrigin, VersionState


class Position(models.Model):
    """A position by its standard code; `superior` is the position that it answers to.

    `source` names table or narrative of the job descriptions, `confidence` how sure that reading is. All columns but
    the code repeat the version in force, so that queries need not open it; `rights` holds what it may do:
    {"powers": {power: clause}, "grants": {action: {"reach", "kinds", "limit", "clause"}}}.
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
    rights = models.JSONField(default=dict)

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


class PositionVersion(models.Model):
    """A whole job description as it was written at one time; never changed, only followed by another.

    `body` has the shape of a file in orgchart/data/positions, `fingerprint` is the SHA-256 of its canonical form.
    """

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices)
    origin = models.CharField(max_length=8, choices=VersionOrigin.choices)
    body = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    author = models.ForeignKey("orgchart.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    in_force_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("orgchart.Person", on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="position_version_number"),
            models.UniqueConstraint(
                fields=["position"], condition=Q(state="in_force"), name="position_one_in_force"
            ),
        ]
        verbose_name = _("Version of a position")

    def __str__(self) -> str:
        return f"{self.position_id} v{self.number}"


class Signature(models.Model):
    """任职人签字: the holder confirmed the version with the password; name and fingerprint as they were then."""

    version = models.ForeignKey(PositionVersion, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey("orgchart.Person", on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="signature_once")]
        verbose_name = _("Signature")

    def __str__(self) -> str:
        return f"{self.person_id} signed {self.version_id}"
