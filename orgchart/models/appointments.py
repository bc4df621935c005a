"""Who holds which position where, and from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from core.policy import PermittedQuerySet
from orgchart.models.people import Person
from orgchart.models.positions import Position
from orgchart.models.units import Unit


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=models.Field())


class AppointmentQuerySet(PermittedQuerySet["Appointment"]):
    """Appointments by date."""

    def on(self, day: date) -> AppointmentQuerySet:
        """Those in force on `day`; both ends count."""
        return self.filter(Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)))


class Appointment(models.Model):
    """A person in a position at a unit, from `starts_on` to `ends_on` (both included; None: open)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_primary = models.BooleanField(default=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: Any = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "starts_on"], name="appointment_person")]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="appointment_one_primary",
                expressions=[("person", RangeOperators.EQUAL), (_days(), RangeOperators.OVERLAPS)],
                condition=Q(is_primary=True),
            ),
        ]
        verbose_name = _("Appointment")

    def __str__(self) -> str:
        return f"{self.person_id} {self.position_id}@{self.unit_id}"
