"""Loads what the organisation starts from. Both loaders may run again: they only add what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.audit import record
from orgchart.data.provinces import Province, provinces
from orgchart.enums import GroupKind, UnitKind
from orgchart.models import Position, Unit
from orgchart.services.units import create_unit, rebuild_links

POSITIONS_FILE = Path(__file__).resolve().parent.parent / "data" / "positions.json"
COMPANY, DEPARTMENT, PERSONNEL = "HQ", "ASD", "ASD-HR"

# Groups of every centre: 信息组, 技术组, 财务组.
CENTRE_GROUPS = (
    (GroupKind.INFO, "INFO", "信息组", "information group"),
    (GroupKind.TECH, "TECH", "技术组", "technical group"),
    (GroupKind.FINANCE, "FIN", "财务组", "finance group"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were added, and the codes of rows that differ from the file and were left as they are."""

    added: int
    different: tuple[str, ...] = ()


def centre_code(province_code: str) -> str:
    """Code of the centre of a province."""
    return f"C{province_code}"


def _ensure(actor: Actor, code: str, **values: Any) -> tuple[Unit, int]:
    unit = Unit.objects.filter(code=code).first()
    if unit is not None:
        return unit, 0
    return create_unit(actor=actor, code=code, links=False, **values), 1


def _centre(actor: Actor, department: Unit, province: Province) -> int:
    code = centre_code(province.code)
    centre, added = _ensure(
        actor, code, kind=UnitKind.CENTRE, name=f"{province.short}客服中心",
        name_en=f"{province.english} service centre", parent=department, province_code=province.code,
    )  # fmt: skip
    for group_kind, suffix, name, name_en in CENTRE_GROUPS:
        added += _ensure(
            actor, f"{code}-{suffix}", kind=UnitKind.GROUP, group_kind=group_kind,
            name=f"{province.short}{name}", name_en=f"{province.english} {name_en}", parent=centre,
        )[1]  # fmt: skip
    return added


@transaction.atomic
def load_organisation(*, actor: Actor) -> Loaded:
    """Company, department with 行政人事组, and one centre with three groups for each of the 34 provinces."""
    company, added = _ensure(
        actor, COMPANY, kind=UnitKind.COMPANY, name="总部", name_en="Head office", parent=None
    )
    department, more = _ensure(
        actor,
        DEPARTMENT,
        kind=UnitKind.DEPARTMENT,
        name="售后服务部",
        name_en="After-sales department",
        parent=company,
    )
    added += more
    added += _ensure(
        actor, PERSONNEL, kind=UnitKind.GROUP, group_kind=GroupKind.ADMIN_HR, name="行政人事组",
        name_en="Administration and personnel group", parent=department,
    )[1]  # fmt: skip
    added += sum(_centre(actor, department, province) for province in provinces())
    if added:
        rebuild_links()
    return Loaded(added)


def read_positions(path: Path = POSITIONS_FILE) -> list[dict[str, Any]]:
    """The rows of the data file; a superior always stands before its subordinates."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    same = ("unit_kind", "group_kind", "is_leader", "is_post", "source", "confidence", "note")
    return {"title": row["zh"], "title_en": row["en"], **{name: row[name] for name in same}}


def _differs(position: Position, row: dict[str, Any], superior: Position | None) -> bool:
    wanted = {**_fields(row), "superior_id": superior.pk if superior else None}
    return any(getattr(position, name) != value for name, value in wanted.items())


@transaction.atomic
def load_positions(*, actor: Actor) -> Loaded:
    """Add the positions that are missing. An edited one is never overwritten, only named in the answer."""
    known: dict[str, Position] = {position.code: position for position in Position.objects.all()}
    added, different = 0, []
    for row in read_positions():
        superior = known[row["superior"]] if row["superior"] else None
        if row["code"] in known:
            if _differs(known[row["code"]], row, superior):
                different.append(row["code"])
            continue
        known[row["code"]] = Position.objects.create(code=row["code"], superior=superior, **_fields(row))
        record(actor=actor, action="position.loaded", subject=known[row["code"]], subject_label=row["code"])
        added += 1
    return Loaded(added, tuple(different))
