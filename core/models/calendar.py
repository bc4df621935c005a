"""Working calendars: the State's days, and each calendar's weekly service windows and exceptions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayKind(models.TextChoices):
    """What a day is by the State Council's holiday notice."""

    WORKDAY = "workday", _("Working day")
    WEEKEND = "weekend", _("Weekend")
    STATUTORY = "statutory", _("Statutory holiday")
    LIEU_REST = "lieu_rest", _("Day off in lieu")
    MAKEUP_WORK = "makeup_work", _("Make-up working day")


class CalendarDay(models.Model):
    """One day of the official calendar. `provisional`: computed, because no official notice was loaded yet."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=12, choices=DayKind.choices)
    name = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    provisional = models.BooleanField(default=False)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class WorkCalendar(models.Model):
    """A named calendar that a unit works by. `version` grows with each change that moves a deadline."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    follows_makeup_days = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class ServiceWindow(models.Model):
    """A service window. With `date` it replaces that day's windows; else it holds every week on `weekday` (0=Mon).

    A day that is a make-up working day uses `weekday` 0's windows; statutory holidays and days in lieu have none
    unless a dated window opens them. `starts` equal to `ends` on a dated row closes the day.
    """

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(null=True)
    date = models.DateField(null=True)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["date", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                name="window_weekday_or_date",
                condition=models.Q(weekday__isnull=True, date__isnull=False)
                | models.Q(weekday__range=(0, 6), date__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date or self.weekday} {self.starts}-{self.ends}"
