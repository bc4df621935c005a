"""What every installation starts with, demo or not: calendar, units, positions, official fault list."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from core import audit, calendarseed
from core.actors import Actor
from orgchart.services import load_organisation, load_positions
from products.models import FaultCode

FAULTS_FILE = Path(__file__).resolve().parent / "data" / "faults.json"
SOURCE = "《移动电话机商品修理更换退货责任规定》附录3"


@transaction.atomic
def load_faults(*, actor: Actor) -> int:
    """Add the faults of annex 3 that are missing; one that was edited since stays as it is. Returns how many."""
    known = set(FaultCode.objects.values_list("code", flat=True))
    rows = json.loads(FAULTS_FILE.read_text(encoding="utf-8"))
    missing = [FaultCode(**row, source=SOURCE) for row in rows if row["code"] not in known]
    FaultCode.objects.bulk_create(missing)
    if missing:
        codes = [row.code for row in missing]
        audit.record(actor=actor, action="faults.loaded", changes={"codes": [None, codes]})
    return len(missing)


@transaction.atomic
def load_reference(actor: Actor) -> dict[str, int]:
    """Add what is missing and overwrite nothing; returns how many rows of each sort were added."""
    return {
        "calendar days": calendarseed.seed(),
        "units": load_organisation(actor=actor).added,
        "positions": load_positions(actor=actor).added,
        "faults": load_faults(actor=actor),
    }
