"""Every cell of the reviewed matrix (the tables in matrix/), through the page and through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import transaction

from orgchart.models import Person, Unit
from tickets.enums import Action
from tickets.models import Case
from tickets.tests import doors, matrix, world
from tickets.tests.matrix import Cell

pytestmark = pytest.mark.django_db

HOME = {
    **dict.fromkeys(("service_agent", "aftersales_specialist", "info_lead"), "A-INFO"),
    **dict.fromkeys(
        ("repair_engineer", "exchange_engineer", "service_engineer", "senior_service_engineer", "tech_lead"),
        "A-TECH",
    ),
    **dict.fromkeys(("finance_lead", "accountant", "cashier", "storekeeper", "logistics_clerk"), "A-FIN"),
    **dict.fromkeys(
        ("tech_support", "network_admin", "centre_manager", "account_manager", "aftersales_supervisor"), "A"
    ),
    **dict.fromkeys(("department_supervisor", "department_manager", "aftersales_manager"), "DEP"),
    "admin_hr_lead": "DEP-HR",
    "head_office_manager": "HQ",
    "branch_head": "A-BR",
}
WITHOUT_POST = ("technical_admin", "no_post")
# Whose own unit answers for no cases: for heads a unit below stands in, for the others any.
STAND_IN = {"A": "A-INFO", "DEP": "A-TECH", "HQ": "A-TECH", "DEP-HR": "A-TECH", "": "A-INFO"}
# No case can be answered by the personnel group, which belongs to no centre.
IMPOSSIBLE = {("admin_hr_lead", "unit")}


class Stage:
    """The organisation, its people, and cases put where a cell wants them."""

    def __init__(self) -> None:
        self.world = world.build()
        self.customer = world.customer()
        self.phone = world.device(self.customer)
        self.colleagues = {
            "A": self.world.person("c-a", "tech_support", "A"),
            "A-INFO": self.world.person("c-a-info", "service_agent", "A-INFO"),
            "A-TECH": self.world.person("c-a-tech", "repair_engineer", "A-TECH"),
            "B-TECH": self.world.person("c-b-tech", "repair_engineer", "B-TECH"),
        }
        for position, unit in HOME.items():
            self.world.person(position, position, unit)
        self.world.account("technical_admin", is_technical_admin=True)
        self.world.account("no_post")
        self.clients = {name: doors.signed_in(person) for name, person in self.world.people.items()}

    def unit(self, position: str, relation: str) -> Unit:
        """The unit that answers for a case in this relation to the holder of the position."""
        home = HOME.get(position, "")
        own = (
            home
            if home == "A" and position in ("tech_support", "network_admin")
            else STAND_IN.get(home, home)
        )
        if relation in ("handles", "unit"):
            return self.world.units[own]
        if relation in ("logged", "centre"):
            return self.world.units["A-TECH" if own in ("A-INFO", "A") else "A-INFO"]
        return self.world.units["B-TECH"]

    def colleague(self, unit: Unit) -> Person:
        """Somebody who handles cases in the unit (or near it, where nobody does)."""
        return self.colleagues.get(unit.code, self.colleagues["A-INFO"])

    def case(self, cell: Cell) -> Case:
        """The case that the cell is about."""
        person = self.world.people[cell.position]
        unit = self.unit(cell.position, cell.relation)
        other = self.colleague(unit)
        return world.case(
            unit=unit,
            kind=cell.kind,
            status=cell.state,
            logged_by=person if cell.relation == "logged" else other,
            assignee=person if cell.relation in matrix.IN_HAND else other,
            readers=(person,) if cell.relation == "reader" else (),
            of=self.customer,
            phone=self.phone if cell.kind == "repair" else None,
        )

    def inputs(self, case: Case, action: str) -> dict[str, Any]:
        """What the step needs, all of it right: only who and when may be refused."""
        return {
            Action.ASSIGN: {"assignee": self.colleague(case.unit).pk},
            Action.HAND_BACK: {"reason": "不是本组的"},
            Action.WAIT: {"wait_reason": "parts"},
            Action.RESOLVE: {"resolution": "更换屏幕, 测试正常"},
            Action.REOPEN: {"reason": "问题再次出现"},
            Action.CANCEL: {"reason": "误登记"},
            Action.CONVERT: {"device": self.phone.imei},
            Action.NOTE: {"note": "客户来电催问"},
        }.get(action, {})  # type: ignore[call-overload,no-any-return]


def _through_api(stage: Stage, cell: Cell, case: Case) -> Any:
    client = stage.clients[cell.position]
    if cell.action == "view":
        return client.get(f"/api/v1/cases/{case.number}/")
    return doors.api_step(client, case, cell.action, stage.inputs(case, cell.action))


def _through_page(stage: Stage, cell: Cell, case: Case) -> Any:
    client = stage.clients[cell.position]
    if cell.action == "view":
        return client.get(f"/cases/{case.number}/")
    return doors.page_step(client, case, cell.action, stage.inputs(case, cell.action))


DOORS: dict[str, Callable[[Stage, Cell, Case], Any]] = {"api": _through_api, "page": _through_page}


def _try(stage: Stage, cell: Cell, door: str) -> str | None:
    """What went otherwise than the matrix says; None when nothing did. Leaves no trace."""
    with transaction.atomic():
        case = stage.case(cell)
        got = doors.verdict(DOORS[door](stage, cell, case))
        version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
        transaction.set_rollback(True)
    changed = version != case.version
    if got == cell.verdict and changed == (got == "ok" and cell.action != "view"):
        return None
    return f"{cell}: expected {cell.verdict}, got {got}{', and it was written' if changed else ''}"


def _try_all(cells: Iterable[Cell], door: str) -> None:
    stage = Stage()
    tried = [_try(stage, cell, door) for cell in cells if (cell.position, cell.relation) not in IMPOSSIBLE]
    wrong = [text for text in tried if text]
    assert not wrong, f"{len(wrong)} of {len(tried)} cells:\n" + "\n".join(wrong[:60])


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", ["view", *(str(action) for action in Action if action != Action.LOG)])
def test_each_power_and_each_state(action: str, door: str) -> None:
    _try_all((cell for cell in matrix.short_form() if cell.action == action), door)


@pytest.mark.soak
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("action", ["view", *(str(action) for action in Action if action != Action.LOG)])
def test_the_whole_product(action: str, door: str) -> None:
    _try_all((cell for cell in matrix.every_cell() if cell.action == action), door)


def test_matrix_is_complete() -> None:
    """Every position of the chart, every action and every kind stands in the tables."""
    from orgchart.models import Position

    world.build()
    table = matrix.powers()
    positions = {position for _, position, _ in table}
    assert positions == set(Position.objects.values_list("code", flat=True)) | set(WITHOUT_POST)
    actions = {str(action) for action in Action if action != Action.LOG}
    assert {action for action, _, _ in table} == actions | {"view"}
    assert len(table) == len(positions) * (len(actions) + 1) * len(matrix.RELATIONS)
    assert {(kind, action) for kind, action, _ in matrix.states()} == {
        (kind, action) for kind in matrix.KINDS for action in actions
    }
