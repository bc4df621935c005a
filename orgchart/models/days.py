"""Rows that hold from one day to another, both included."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from core.policy import PermittedQuerySet

_M = TypeVar("_M", bound=models.Model)


def days() -> Func:
    """The days of the row as a range, for exclusion constraints."""
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=models.Field())


def no_overlap(*same: str) -> list[tuple[str | Func, str]]:
    """Expressions of an exclusion constraint: no two rows with equal `same` share a day."""
    return [*((name, RangeOperators.EQUAL) for name in same), (days(), RangeOperators.OVERLAPS)]


def ends_after_start(name: str) -> models.CheckConstraint:
    """The last day is not before the first one."""
    return models.CheckConstraint(
        name=name, condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
    )


class DatedQuerySet(PermittedQuerySet[_M]):
    """Rows by date."""

    def on(self, day: date) -> DatedQuerySet[_M]:
        """Those in force on `day`; both ends count."""
        return self.filter(Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)))

    def touching(self, first: date, last: date | None) -> DatedQuerySet[_M]:
        """Those that share a day with `first` … `last` (None: open)."""
        rows = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first))
        return rows if last is None else rows.filter(starts_on__lte=last)
