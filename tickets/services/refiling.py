"""Cases whose unit went to another centre."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import Actor
from orgchart.models import Unit
from tickets.models import Case


@transaction.atomic
def refile_open_cases(*, actor: Actor, unit: Unit) -> int:
    """Open cases of `unit` and all below go into the centre that their unit belongs to now; returns how many.

    Due times stay until the next step or change of a calendar. Writes "case.refiled" for each.
    """
    rows = Case.objects.open().filter(unit__above__ancestor=unit).exclude(centre_id=F("unit__centre_id"))
    cases: list[Any] = list(rows.select_related("unit").select_for_update(of=("self",)).order_by("pk"))
    with audit.written_last():
        for case in cases:
            before, case.centre_id = case.centre_id, case.unit.centre_id
            case.version += 1
            case.save(update_fields=["centre", "version"])
            audit.record(
                actor=actor, action="case.refiled", subject=case, subject_label=str(case.number),
                changes={"centre": [before, case.centre_id]},
            )  # fmt: skip
    return len(cases)
