"""Established posts (编制) against those that are filled."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from orgchart.models import Appointment, Establishment, Position, Unit
from orgchart.reach import open_on
from orgchart.rules.staffing import Room


def room(position: Position, unit: Unit, day: date, *, without: int | None = None) -> Room:
    """Posts of `position` at `unit` on `day`; `without`: a person who is not counted. Two statements."""
    rows = Establishment.objects.on(day).filter(position=position, unit=unit)
    count = rows.values_list("count", flat=True).first()
    held = Appointment.objects.on(day).filter(open_on(day, "person__"), position=position, unit=unit)
    if without is not None:
        held = held.exclude(person_id=without)
    return Room(count, held.count())


def check_room(position: Position, unit: Unit, day: date, *, confirmed: bool) -> None:
    """Refuses with "over_establishment" when every established post is filled and nobody confirmed one more."""
    if confirmed:
        return
    found = room(position, unit, day)
    if found.is_full:
        raise Invalid(
            "over_establishment",
            _(
                "All established posts of this position are filled at this unit. Confirm that this one goes beyond them."
            ),
            field="over_establishment",
            context={"count": found.count, "filled": found.filled},
        )
