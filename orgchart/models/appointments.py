"""Who holds which position where, from and to which day; who is away, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgchart.enums import LeaveKind
from orgchart.models.days import DatedQuerySet, ends_after_start, no_overlap
from orgchart.models.people import Person
from orgchart.models.positions import Position
from orgchart.models.units import Unit

MAX_DEPTH = 3
"""How long a chain of deputies the database holds; settings.DEPUTY_DEPTH says how long it may be here."""


class Appointment(models.Model):
    """A person in a position at a unit, from `starts_on` to `ends_on` (both included; None: open).

    `is_single` marks a post that one person holds at a time (whoever leads a unit). `recorded_at` is when it was
    entered; later than the first day, the entry was late (retroactive) and pages say so.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_primary = models.BooleanField(default=True)
    is_single = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "starts_on"], name="appointment_person")]
        constraints = [
            ends_after_start("appointment_ends_after_start"),
            ExclusionConstraint(
                name="appointment_one_primary",
                expressions=no_overlap("person"),
                condition=Q(is_primary=True),
            ),
            ExclusionConstraint(
                name="appointment_one_holder",
                expressions=no_overlap("position", "unit"),
                condition=Q(is_single=True),
            ),
            ExclusionConstraint(
                name="appointment_same_post_once", expressions=no_overlap("person", "position", "unit")
            ),
        ]
        verbose_name = _("Appointment")

    def __str__(self) -> str:
        return f"{self.person_id} {self.position_id}@{self.unit_id}"

    @property
    def was_late(self) -> bool:
        """Whether the entry was made after the first day (Asia/Shanghai)."""
        return bool(self.recorded_at) and timezone.localdate(self.recorded_at) > self.starts_on


class Leave(models.Model):
    """A person is away from `starts_on` to `ends_on`, both included; None: until further notice."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=10, choices=LeaveKind.choices, default=LeaveKind.ANNUAL)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    is_cancelled = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            ends_after_start("leave_ends_after_start"),
            ExclusionConstraint(
                name="leave_once_at_a_time",
                expressions=no_overlap("person"),
                condition=Q(is_cancelled=False),
            ),
        ]
        verbose_name = _("Leave")

    def __str__(self) -> str:
        return f"{self.person_id} away {self.starts_on}"


class DeputyshipQuerySet(DatedQuerySet["Deputyship"]):
    """Deputyships by date."""

    def entered_for(self, day: date) -> DeputyshipQuerySet:
        """Those that say of themselves that they count on `day`: not cancelled, not deeper than settings.DEPUTY_DEPTH."""
        dated = self.on(day)
        return dated.filter(is_cancelled=False, depth__lte=settings.DEPUTY_DEPTH)  # type: ignore[return-value]

    def in_force(self, day: date) -> DeputyshipQuerySet:
        """Those that count on `day`: entered for it, and the chain of deputies above them whole."""
        chain = Q()
        for step in ("via", "via__via"):
            held = Q(**{f"{step}__starts_on__lte": day, f"{step}__is_cancelled": False}) & (
                Q(**{f"{step}__ends_on": None}) | Q(**{f"{step}__ends_on__gte": day})
            )
            chain &= Q(**{step: None}) | held
        return self.entered_for(day).filter(chain)


class Deputyship(models.Model):
    """`deputy` stands in (代理) for the holder of `post`, from `starts_on` to `ends_on`, both included.

    `via` is the deputyship that this one stands in for: a deputy of a deputy has depth 2. A deputyship without
    `ends_on` lasts as long as the leave. What the deputy does is recorded as done for the holder.
    """

    post = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="deputyships")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputyships")
    via = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="passed_on")
    depth = models.PositiveSmallIntegerField(default=1)
    leave = models.ForeignKey(Leave, on_delete=models.PROTECT, null=True, related_name="deputyships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    is_cancelled = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: Any = DeputyshipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            ends_after_start("deputyship_ends_after_start"),
            models.CheckConstraint(
                name="deputyship_depth",
                condition=Q(depth=1, via__isnull=True) | Q(depth__range=(2, MAX_DEPTH), via__isnull=False),
            ),
            ExclusionConstraint(
                name="deputyship_one_deputy",
                expressions=no_overlap("post", "depth"),
                condition=Q(is_cancelled=False),
            ),
            models.CheckConstraint(name="deputyship_not_via_itself", condition=~Q(via=F("id"))),
        ]
        verbose_name = _("Deputyship")

    def __str__(self) -> str:
        return f"{self.deputy_id} for post {self.post_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the deputy at hand knows by then what the database has noted about them."""
        super().save(*args, **kwargs)
        if "deputy" in self._state.fields_cache:
            self.deputy.has_stood_in = True


class Establishment(models.Model):
    """编制: how many posts of `position` the unit has, from `starts_on` to `ends_on`."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="establishment")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="establishment")
    count = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("establishment_ends_after_start"),
            ExclusionConstraint(
                name="establishment_once_at_a_time", expressions=no_overlap("unit", "position")
            ),
        ]
        verbose_name = _("Establishment")

    def __str__(self) -> str:
        return f"{self.count} × {self.position_id}@{self.unit_id}"
