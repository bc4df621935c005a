"""Loads what the organisation starts from. Both loaders may run again: they overwrite nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.audit import record
from orgchart.data.provinces import Province, provinces
from orgchart.enums import GroupKind, UnitKind, VersionOrigin, VersionState
from orgchart.models import Position, Unit
from orgchart.rules.positionfile import fingerprint
from orgchart.services.projection import add_version, columns_of
from orgchart.services.units import create_unit, rebuild_links

POSITIONS = Path(__file__).resolve().parent.parent / "data" / "positions"
COMPANY, DEPARTMENT, PERSONNEL, SALES = "HQ", "ASD", "ASD-HR", "SALES"

# Groups of every centre: 信息组, 技术组, 财务组.
CENTRE_GROUPS = (
    (GroupKind.INFO, "INFO", "信息组", "information group"),
    (GroupKind.TECH, "TECH", "技术组", "technical group"),
    (GroupKind.FINANCE, "FIN", "财务组", "finance group"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were added, and the codes of positions whose changed file became a proposal."""

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
    """Company, department with 行政人事组, 销售部门 beside it, one centre with three groups for each of 34 provinces."""
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
    added += _ensure(
        actor, SALES, kind=UnitKind.OUTSIDE, name="销售部门", name_en="Sales department", parent=company
    )[1]
    added += sum(_centre(actor, department, province) for province in provinces())
    if added:
        rebuild_links()
    return Loaded(added)


@cache
def _files(folder: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json")))


def read_positions(folder: Path = POSITIONS) -> list[dict[str, Any]]:
    """The bodies of all position files; a superior always stands before its subordinates."""
    bodies: dict[str, dict[str, Any]] = {
        body["code"]: body for body in (json.loads(text) for text in _files(folder))
    }
    graph = {code: {body["superior"]} - {None} for code, body in bodies.items()}
    return [bodies[code] for code in TopologicalSorter(graph).static_order()]


def _load_position(actor: Actor, body: dict[str, Any]) -> tuple[int, bool]:
    """How many positions were added (0 or 1), and whether a new proposal was made from a changed file."""
    position = Position.objects.select_for_update().filter(code=body["code"]).first()
    added = position is None
    if position is None:
        position = Position.objects.create(code=body["code"], **columns_of(body))
    if not position.versions.exists():
        add_version(position, body, state=VersionState.IN_FORCE, origin=VersionOrigin.FILE)
        record(actor=actor, action="position.loaded", subject=position, subject_label=position.code)
        return int(added), False
    return 0, _propose(actor, position, body)


def _propose(actor: Actor, position: Position, body: dict[str, Any]) -> bool:
    """A file that says something that no version ever said becomes a proposal; an older one from a file is dropped."""
    if position.versions.filter(fingerprint=fingerprint(body)).exists():
        return False
    older = position.versions.filter(state=VersionState.PROPOSED, origin=VersionOrigin.FILE)
    older.update(state=VersionState.REJECTED)
    add_version(position, body, state=VersionState.PROPOSED, origin=VersionOrigin.FILE)
    record(actor=actor, action="position.proposed", subject=position, subject_label=position.code)
    return True


@transaction.atomic
def load_positions(*, actor: Actor, folder: Path = POSITIONS) -> Loaded:
    """Version 1 of every position that has none. A changed file proposes a version and never overwrites anything.

    Returns how many positions were added and the codes for which a proposal was made. May run again.
    """
    added, different = 0, []
    for body in read_positions(folder):
        more, proposed = _load_position(actor, body)
        added += more
        if proposed:
            different.append(body["code"])
    return Loaded(added, tuple(different))
