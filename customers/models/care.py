"""What was promised to a customer, and when they are called again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.enums import CareKind, CareResult
from customers.models.customers import Customer
from orgchart.models import Person


class Promise(models.Model):
    """Something that somebody promised the customer, with the day on which it is due."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="promises")
    text = models.CharField(_("what was promised"), max_length=300)
    due_on = models.DateField(_("due"))
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="promises")
    made_at = models.DateTimeField(auto_now_add=True)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("result"), max_length=300, blank=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["kept_at", "due_on", "id"]
        indexes = [
            models.Index(fields=["due_on"], name="promise_open", condition=Q(kept_at__isnull=True)),
        ]
        verbose_name = _("Promise")

    def __str__(self) -> str:
        return f"#{self.pk}"


class CareCall(models.Model):
    """A call to make or made: 回访 after a case, or 定期跟进 every `interval_days`, which plans the next one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="care_calls")
    kind = models.CharField(_("kind"), max_length=10, choices=CareKind.choices)
    due_on = models.DateField(_("due"))
    caller = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="care_calls")
    interval_days = models.PositiveSmallIntegerField(null=True)
    result = models.CharField(_("result"), max_length=12, choices=CareResult.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    made_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    planned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "due_on", "id"]
        indexes = [
            models.Index(fields=["due_on"], name="care_call_open", condition=Q(made_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="care_call_made_has_result",
                condition=Q(made_at__isnull=True, result="") | (Q(made_at__isnull=False) & ~Q(result="")),
            )
        ]
        verbose_name = _("Care call")

    def __str__(self) -> str:
        return f"#{self.pk}"
