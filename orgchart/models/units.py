"""The tree of units: company, department, centres, groups, branches, outlets."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import WorkCalendar
from core.policy import PermittedQuerySet
from orgchart.enums import GroupKind, UnitKind


class Unit(models.Model):
    """A unit. `centre` is the centre it belongs to (a centre belongs to itself), None above the centres."""

    code = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    group_kind = models.CharField(max_length=12, choices=GroupKind.choices, blank=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    centre = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="members")
    province_code = models.CharField(max_length=6, blank=True)
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, null=True)
    is_active = models.BooleanField(default=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="unit_group_kind_for_groups",
                condition=(models.Q(kind="group") & ~models.Q(group_kind=""))
                | (~models.Q(kind="group") & models.Q(group_kind="")),
            ),
            models.UniqueConstraint(
                fields=["parent", "group_kind"],
                name="unit_one_group_of_a_kind",
                condition=models.Q(kind="group"),
            ),
        ]
        verbose_name = _("Unit")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class UnitLink(models.Model):
    """Every unit with each unit above it, itself included (depth 0). Made by `services.rebuild_links`."""

    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="unit_link_once")]

    def __str__(self) -> str:
        return f"{self.ancestor_id}>{self.descendant_id}"
