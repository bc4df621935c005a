"""The file of a member of staff: qualifications, things lent out, and imports of staff lists."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from orgchart.enums import EducationLevel, ImportState, QualificationKind
from orgchart.models.people import Person


class Qualification(models.Model):
    """One proven thing: a degree, a field of knowledge, a skill, years of work, a certificate.

    `level` is an EducationLevel for education and empty else; `years` are years in the trade before the company for
    experience; `valid_until` is the last day of a certificate (None: without end).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=QualificationKind.choices)
    text = models.CharField(max_length=120)
    level = models.CharField(max_length=16, choices=EducationLevel.choices, blank=True)
    years = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    document_no = models.CharField(max_length=60, blank=True)
    obtained_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(
                name="qualification_valid_after_obtained",
                condition=Q(obtained_on__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("obtained_on")),
            ),
            models.CheckConstraint(
                name="qualification_level_of_education", condition=Q(kind="education") | Q(level="")
            ),
        ]
        verbose_name = _("Qualification")

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class LoanedItem(models.Model):
    """Something of the company's in a person's hands: keys, badge, computer, tools."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loaned_items")
    name = models.CharField(max_length=80)
    serial_no = models.CharField(max_length=60, blank=True)
    handed_on = models.DateField()
    returned_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["returned_on", "handed_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="loaned_item_returned_after_handed",
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("handed_on")),
            )
        ]
        verbose_name = _("Loaned item")

    def __str__(self) -> str:
        return f"{self.name} {self.person_id}"


class StaffImport(models.Model):
    """A staff list that was read and checked, and perhaps loaded.

    `rows` holds [{"row", "verdict", "cells"}] until they are loaded, `problems` [{"row", "column", "value", "code",
    "params"}], which `orgchart.importwords` puts into the reader's language. Nothing is written to staff before `state`
    is "loading".
    """

    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.CHECKED)
    good_only = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("Import of staff")

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"
