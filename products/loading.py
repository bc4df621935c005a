"""What every installation starts with, demo or not: calendar, units, positions, faults, causes, remedies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from core import audit, calendarseed
from core.actors import Actor
from core.pinyin import reading
from customers.services.notices_privacy import load_first_notice
from orgchart.services import load_organisation, load_positions
from products.enums import CodeKind
from products.models import FaultCode, ServiceCode

_DATA = Path(__file__).resolve().parent / "data"
FAULTS_FILE = _DATA / "faults.json"
CODES_FILE = _DATA / "service_codes.json"
_STORED = ("kind", "code", "name", "name_en")
SOURCE = "《移动电话机商品修理更换退货责任规定》附录3"


@transaction.atomic
def load_faults(*, actor: Actor) -> int:
    """Add the faults of annex 3 that are missing; one that was edited since stays as it is. Returns how many."""
    known = set(FaultCode.objects.values_list("code", flat=True))
    rows = json.loads(FAULTS_FILE.read_text(encoding="utf-8"))
    missing = [
        FaultCode(**row, **_readings(row["name"]), source=SOURCE) for row in rows if row["code"] not in known
    ]
    FaultCode.objects.bulk_create(missing)
    if missing:
        codes = [row.code for row in missing]
        audit.record(actor=actor, action="faults.loaded", changes={"codes": [None, codes]})
    return len(missing)


def _readings(name: str) -> dict[str, str]:
    return dict(zip(("pinyin", "initials"), reading(name), strict=True))


@transaction.atomic
def load_service_codes(*, actor: Actor) -> int:
    """Add the causes and remedies of the starter set that are missing; returns how many.

    One that is there stays as it is, retired or renamed; links are made for what is added only.
    """
    known = set(ServiceCode.objects.values_list("code", flat=True))
    rows = [row for row in json.loads(CODES_FILE.read_text(encoding="utf-8")) if row["code"] not in known]
    ServiceCode.objects.bulk_create(
        ServiceCode(
            kind=row["kind"],
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            **_readings(row["name"]),
        )
        for row in rows
    )
    _link_codes(rows)
    if rows:
        codes = [row["code"] for row in rows]
        audit.record(actor=actor, action="service_codes.loaded", changes={"codes": [None, codes]})
    return len(rows)


def _link_codes(rows: list[dict[str, Any]]) -> None:
    faults = dict(FaultCode.objects.filter(is_official=True).values_list("code", "pk"))
    codes = {code.code: code for code in ServiceCode.objects.all()}
    for row in rows:
        if row["kind"] == CodeKind.CAUSE:
            codes[row["code"]].faults.set(faults[code] for code in row["faults"] if code in faults)
        else:
            codes[row["code"]].causes.set(codes[code] for code in row["causes"] if code in codes)


@transaction.atomic
def load_reference(actor: Actor) -> dict[str, int]:
    """Add what is missing and overwrite nothing; returns how many rows of each sort were added."""
    return {
        "calendar days": calendarseed.seed(),
        "units": load_organisation(actor=actor).added,
        "positions": load_positions(actor=actor).added,
        "faults": load_faults(actor=actor),
        "causes and remedies": load_service_codes(actor=actor),
        "privacy notices": load_first_notice(actor=actor),
    }
