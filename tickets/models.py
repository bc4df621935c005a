"""Cases, their notes, clock segments and notices to the customer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Effect
from core.policy import PermittedQuerySet
from customers.models import Customer
from orgchart.models import Unit
from products.models import Device, FaultCode
from tickets.enums import OPEN, UNFINISHED, CaseKind, CaseStatus, Channel, Priority, WaitReason

_OPEN = [str(status) for status in OPEN]


class CaseQuerySet(PermittedQuerySet["Case"]):
    """Cases by where they stand."""

    def open(self) -> CaseQuerySet:
        """Cases in which somebody still has to do something."""
        return self.filter(status__in=_OPEN)

    def unfinished(self) -> CaseQuerySet:
        """Cases that are not yet resolved."""
        return self.filter(status__in=[str(status) for status in UNFINISHED])


class Case(models.Model):
    """A case from first call to closed.

    `unit` answers for it now, `centre` is that unit's centre, `logged_unit` the unit of the person who logged it.
    `reader_ids` are the people who logged, handled or were mentioned in it and therefore keep reading it.
    `status` and `version` are written by `tickets.services` alone. Times are UTC, due times come from the service
    clock of the centre's calendar.
    """

    number = models.BigIntegerField(_("case number"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind.choices)
    status = models.CharField(_("status"), max_length=12, choices=CaseStatus.choices)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="cases", verbose_name=_("customer")
    )
    caller_number = models.CharField(_("caller's number"), max_length=20, blank=True)
    caller_name = models.CharField(_("caller, when not the customer"), max_length=60, blank=True)
    caller_relation = models.CharField(_("what the caller is to the customer"), max_length=30, blank=True)
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, null=True, related_name="cases", verbose_name=_("device")
    )
    fault = models.ForeignKey(FaultCode, on_delete=models.PROTECT, null=True, verbose_name=_("fault"))
    description = models.TextField(_("description"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    centre = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("service centre"), db_index=False
    )
    logged_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("handler"),
        db_index=False,
    )
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    logged_at = models.DateTimeField(_("logged at"))
    changed_at = models.DateTimeField(_("last changed"))
    response_due_at = models.DateTimeField(_("first response due"))
    due_at = models.DateTimeField(_("due"))
    due_is_provisional = models.BooleanField(default=False)
    responded_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    resolved_on_call = models.BooleanField(default=False)
    resolution = models.TextField(_("resolution"), blank=True)
    wait_reason = models.CharField(_("waiting for"), max_length=10, choices=WaitReason.choices, blank=True)
    wait_until = models.DateField(_("until"), null=True)
    cancel_reason = models.TextField(_("reason"), blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    reader_ids = ArrayField(models.BigIntegerField(), default=list)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects: Any = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Case")
        constraints = [
            models.CheckConstraint(name="case_kind_known", condition=Q(kind__in=CaseKind.values)),
            models.CheckConstraint(name="case_status_known", condition=Q(status__in=CaseStatus.values)),
            models.CheckConstraint(
                name="case_repair_has_device", condition=~Q(kind="repair") | Q(device__isnull=False)
            ),
            models.CheckConstraint(
                name="case_handler_while_worked_on",
                condition=~Q(status__in=["assigned", "in_progress", "waiting"]) | Q(assignee__isnull=False),
            ),
            models.CheckConstraint(
                name="case_resolved_has_resolution",
                condition=~Q(status__in=["resolved", "closed"])
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
            ),
            models.CheckConstraint(
                name="case_closed_at_when_closed",
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_wait_reason_when_waiting",
                condition=(Q(status="waiting") & ~Q(wait_reason=""))
                | (~Q(status="waiting") & Q(wait_reason="")),
            ),
            models.CheckConstraint(
                name="case_cancel_reason", condition=~Q(status="cancelled") | ~Q(cancel_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["-logged_at", "-id"], name="case_newest"),
            models.Index(fields=["due_at", "id"], name="case_due"),
            models.Index(fields=["-changed_at", "-id"], name="case_changed"),
            models.Index(fields=["priority", "due_at", "id"], name="case_priority"),
            models.Index(fields=["centre", "-logged_at", "-id"], name="case_centre_newest"),
            models.Index(fields=["centre", "due_at", "id"], name="case_centre_due"),
            models.Index(fields=["centre", "-changed_at", "-id"], name="case_centre_changed"),
            models.Index(fields=["centre", "priority", "due_at", "id"], name="case_centre_priority"),
            models.Index(fields=["unit", "-logged_at", "-id"], name="case_unit_newest"),
            models.Index(
                fields=["centre", "due_at", "id"], name="case_open_centre", condition=Q(status__in=_OPEN)
            ),
            models.Index(
                fields=["unit", "due_at", "id"], name="case_open_unit", condition=Q(status__in=_OPEN)
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], name="case_open_handler", condition=Q(status__in=_OPEN)
            ),
            # Open cases across centres, in the orders in which lists of them open: without these a reader of few
            # cases walks past a million closed ones.
            models.Index(fields=["due_at", "id"], name="case_open_due", condition=Q(status__in=_OPEN)),
            models.Index(
                fields=["priority", "due_at", "id"], name="case_open_priority", condition=Q(status__in=_OPEN)
            ),
            GinIndex(fields=["reader_ids"], name="case_readers"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        """The case page."""
        return f"/cases/{self.number}/"


class CaseNote(models.Model):
    """An internal note."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ClockSegment(models.Model):
    """A stretch of a case's life in which the service clock ran or was paused for an allowed reason."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="segments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    is_running = models.BooleanField()
    reason = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ends_at__isnull=True), name="segment_one_open"
            ),
            models.CheckConstraint(
                name="segment_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {'run' if self.is_running else self.reason}"


class Notice(models.Model):
    """A message to the customer, with the text as it goes out; the effect delivers it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, default="email")
    language = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    effect = models.OneToOneField(Effect, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.code} #{self.pk}"
