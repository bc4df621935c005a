"""What was corrected in a file, and which files were joined. Personal data: erased with the file, unlike the trail."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.models.customers import Customer
from orgchart.models import Person


class CustomerChange(models.Model):
    """One field of a file before and after a correction. The trail says only that the field changed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["customer", "-id"], name="customer_change")]

    def __str__(self) -> str:
        return f"{self.field} #{self.customer_id}"


class Merge(models.Model):
    """`merged` was joined into `kept`. `moved` lists the rows that changed their owner: {"app.Model.field": [ids]}.

    Undoing moves exactly these rows back; what came to the kept file afterwards stays there.
    """

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    merged_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=models.F("merged"))),
        ]
        verbose_name = _("Merge")

    def __str__(self) -> str:
        return f"{self.merged_id}→{self.kept_id}"


class NotDuplicate(models.Model):
    """Somebody looked at two files that look like one customer and said that they are two. `low` has the lower id."""

    low = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="not_duplicate_once"),
            models.CheckConstraint(name="not_duplicate_in_order", condition=Q(low__lt=models.F("high"))),
        ]

    def __str__(self) -> str:
        return f"{self.low_id}≠{self.high_id}"
