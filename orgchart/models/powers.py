"""What was done with the powers of the job descriptions, and what administrators did against them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from orgchart.enums import Power, UseState
from orgchart.models.people import Person


class PowerUse(models.Model):
    """Somebody used a power towards `subject`: an instruction, proposal, nomination, appraisal, finding, ruling, report.

    `acting_for` is set when a deputy did it. `second` is the other party of a dispute. `decision` keeps the reasons
    as they were that day (see `orgchart.authority.Decision.as_json`). `ratings` holds the three parts of an appraisal
    (管理水平, 业务水平, 业绩), 1 to 5 each. `due_on` is the day by which a finding or instruction is to be dealt with.
    """

    power = models.CharField(max_length=24, choices=Power.choices)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="power_uses")
    acting_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="powers_used_on")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    ratings = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    decision = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=UseState.choices)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"], name="power_use_subject"),
            models.Index(fields=["actor", "-id"], name="power_use_actor"),
        ]
        constraints = [
            models.CheckConstraint(name="power_use_not_on_oneself", condition=~Q(actor=models.F("subject"))),
            models.CheckConstraint(
                name="power_use_two_parties",
                condition=Q(power="adjudicate", second__isnull=False)
                | (~Q(power="adjudicate") & Q(second__isnull=True)),
            ),
        ]
        verbose_name = _("Use of a power")

    def __str__(self) -> str:
        return f"{self.power} {self.actor_id}→{self.subject_id}"


class Override(models.Model):
    """A technical administrator did what no power allowed, with a reason; the superior is shown it until seen."""

    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="overrides")
    reason = models.CharField(max_length=300)
    refusal = models.JSONField(default=dict)
    told = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("Override")

    def __str__(self) -> str:
        return f"{self.action} on {self.subject_id} by {self.actor_id}"
