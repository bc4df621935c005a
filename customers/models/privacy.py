"""Consent by version, and what people ask about their own data (PIPL art. 13-17, 44-50)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from customers.enums import Purpose, RequestKind, RequestState
from customers.models.customers import Customer
from orgchart.models import Person


class PrivacyNotice(models.Model):
    """The text about who uses which data for what and how long (PIPL art. 17), by version; never changed."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    text_en = models.TextField()
    in_force_from = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        verbose_name = _("Privacy notice")

    def __str__(self) -> str:
        return f"v{self.version}"


class Consent(models.Model):
    """The customer agreed to a purpose under a version of the notice, until withdrawn."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    notice = models.ForeignKey(PrivacyNotice, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_in_force_once",
            )
        ]
        verbose_name = _("Consent")

    def __str__(self) -> str:
        return f"{self.purpose} #{self.customer_id}"


class LegalHold(models.Model):
    """The file must not be erased while this stands: a dispute, an inspection, a court asks for it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=300)
    placed_at = models.DateTimeField(auto_now_add=True)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(released_at__isnull=True), name="legal_hold_once_at_a_time"
            )
        ]
        verbose_name = _("Legal hold")

    def __str__(self) -> str:
        return f"#{self.customer_id}"


class PrivacyRequest(models.Model):
    """A person asks for a copy, a correction or the erasure of the own data; due 15 days after it came in.

    `kept` says after an erasure what the law demands to keep, and until when.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=RequestKind.choices)
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    identity_checked = models.CharField(_("how the identity was checked"), max_length=200)
    text = models.CharField(_("what was asked for"), max_length=300, blank=True)
    due_on = models.DateField()
    asked_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    kept = models.JSONField(default=list)

    objects: Any = PermittedQuerySet.as_manager()

    class Meta:
        ordering = ["state", "due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(state="open"), name="privacy_request_open_once"
            )
        ]
        verbose_name = _("Request about personal data")

    def __str__(self) -> str:
        return f"{self.kind} #{self.customer_id}"
