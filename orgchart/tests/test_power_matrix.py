"""Every cell of the reviewed matrix (matrix/powers.csv), through the page and through the API, on three days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from orgchart.enums import Power, UnitKind
from orgchart.models import Appointment, Deputyship, Person, Position, PowerUse, Unit
from orgchart.services import create_unit
from orgchart.tests import matrix
from orgchart.tests.factories import SYSTEM, PersonFactory, make_organisation, technical_admin
from orgchart.tests.matrix import Cell

pytestmark = pytest.mark.django_db

TURN = date(2026, 5, 20)
LONG_AGO, YESTERDAY, TOMORROW = date(2024, 1, 1), TURN - timedelta(days=1), TURN + timedelta(days=1)
DAYS = dict(zip(matrix.DAYS, (YESTERDAY, TURN, TOMORROW), strict=True))


@dataclass(frozen=True)
class Relation:
    """Who is asked about whom; `mate` is the other party from the subject's group, `other` the one from elsewhere."""

    actor: str
    subject: str
    mate: str
    other: str


RELATIONS = {
    "self": Relation("manager", "manager", "agent", "engineer"),
    "self_at_the_top": Relation("head", "head", "department", "manager"),
    "direct": Relation("info", "agent", "second_agent", "engineer"),
    "direct_at_the_top": Relation("head", "department", "personnel", "manager"),
    "direct_manager": Relation("department", "manager", "agent", "far_manager"),
    "two_levels_down": Relation("manager", "agent", "second_agent", "engineer"),
    "three_levels_down": Relation("department", "agent", "second_agent", "engineer"),
    "peer": Relation("info", "finance", "accountant", "agent"),
    "colleague": Relation("agent", "second_agent", "third_agent", "engineer"),
    "superior": Relation("info", "manager", "agent", "engineer"),
    "superior_past_the_leader": Relation("agent", "manager", "second_agent", "engineer"),
    "superior_past_the_department": Relation("manager", "head", "department", "agent"),
    "superior_over_a_vacancy": Relation("engineer", "manager", "second_engineer", "agent"),
    "other_centre": Relation("info", "far_agent", "far_mate", "far_engineer"),
    "other_centre_manager": Relation("manager", "far_agent", "far_mate", "far_engineer"),
    "other_centre_upwards": Relation("agent", "far_manager", "far_agent", "far_engineer"),
    "former_in_the_centre": Relation("info", "changer", "agent", "engineer"),
    "former_to_the_other_centre": Relation("info", "mover", "agent", "engineer"),
    "former_leader": Relation("mover", "info", "agent", "engineer"),
    "newcomer": Relation("far_info", "mover", "far_agent", "far_engineer"),
    "new_hire": Relation("info", "new_hire", "agent", "engineer"),
    "leaver": Relation("info", "leaver", "agent", "engineer"),
    "vacant_superior": Relation("manager", "engineer", "second_engineer", "agent"),
    "vacant_superior_further_up": Relation("department", "engineer", "second_engineer", "agent"),
    "leader_who_left": Relation("tech", "engineer", "second_engineer", "agent"),
    "leader_who_came": Relation("tech", "far_engineer", "far_second_engineer", "far_agent"),
    "deputy": Relation("accountant", "clerk", "second_clerk", "agent"),
    "deputy_upwards": Relation("accountant", "manager", "clerk", "agent"),
    "deputy_about_the_holder": Relation("accountant", "finance", "clerk", "agent"),
    "deputy_about_oneself": Relation("accountant", "accountant", "clerk", "agent"),
    "report_to_the_deputy": Relation("clerk", "accountant", "second_clerk", "agent"),
    "holder_on_leave": Relation("finance", "clerk", "second_clerk", "agent"),
    "deputy_of_deputy": Relation("cashier", "clerk", "second_clerk", "agent"),
    "deputy_of_deputy_about_the_deputy": Relation("cashier", "accountant", "clerk", "agent"),
    "deputy_too_deep": Relation("storekeeper", "clerk", "second_clerk", "agent"),
    "administrator": Relation("admin", "agent", "second_agent", "engineer"),
    "towards_an_administrator": Relation("department", "admin", "agent", "engineer"),
    "administrator_out_of_sight": Relation("info", "admin", "agent", "engineer"),
    "outside_the_department": Relation("department", "outsider", "agent", "engineer"),
    "outside_from_the_top": Relation("head", "outsider", "agent", "engineer"),
    "outside_out_of_sight": Relation("info", "outsider", "agent", "engineer"),
    "another_group": Relation("network", "agent", "second_agent", "engineer"),
    "without_a_post": Relation("nobody", "agent", "second_agent", "engineer"),
}

_SINCE_LONG = {
    "head": ("head_office_manager", "HQ"),
    "department": ("department_manager", "ASD"),
    "personnel": ("admin_hr_lead", "ASD-HR"),
    "manager": ("centre_manager", "C440000"),
    "network": ("network_admin", "C440000"),
    "info": ("info_lead", "C440000-INFO"),
    "agent": ("service_agent", "C440000-INFO"),
    "second_agent": ("service_agent", "C440000-INFO"),
    "third_agent": ("service_agent", "C440000-INFO"),
    "engineer": ("repair_engineer", "C440000-TECH"),
    "second_engineer": ("exchange_engineer", "C440000-TECH"),
    "finance": ("finance_lead", "C440000-FIN"),
    "accountant": ("accountant", "C440000-FIN"),
    "cashier": ("cashier", "C440000-FIN"),
    "storekeeper": ("storekeeper", "C440000-FIN"),
    "clerk": ("logistics_clerk", "C440000-FIN"),
    "second_clerk": ("logistics_clerk", "C440000-FIN"),
    "far_manager": ("centre_manager", "C510000"),
    "far_info": ("info_lead", "C510000-INFO"),
    "far_agent": ("service_agent", "C510000-INFO"),
    "far_mate": ("service_agent", "C510000-INFO"),
    "far_engineer": ("repair_engineer", "C510000-TECH"),
    "far_second_engineer": ("exchange_engineer", "C510000-TECH"),
    "outsider": ("account_manager", "SALES"),
}
_TRANSFERS = {
    "tech": (("tech_lead", "C440000-TECH"), ("tech_lead", "C510000-TECH")),
    "changer": (("service_agent", "C440000-INFO"), ("repair_engineer", "C440000-TECH")),
    "mover": (("service_agent", "C440000-INFO"), ("service_agent", "C510000-INFO")),
}


class Stage:
    """The organisation around the day of the transfers, and a browser for everybody who acts."""

    def __init__(self) -> None:
        org = make_organisation()
        create_unit(
            actor=SYSTEM,
            code="SALES",
            kind=UnitKind.OUTSIDE,
            name="销售部",
            name_en="Sales",
            parent=org.company,
        )
        self.positions = {row.code: row for row in Position.objects.all()}
        self.units = {row.code: row for row in Unit.objects.all()}
        self.people: dict[str, Person] = {"admin": technical_admin(), "nobody": PersonFactory()}
        for name, (position, unit) in _SINCE_LONG.items():
            self._post(name, position, unit, LONG_AGO)
        for name, (first, second) in _TRANSFERS.items():
            self._post(name, *first, LONG_AGO, YESTERDAY)
            self._post(name, *second, TURN)
        self._post("new_hire", "service_agent", "C440000-INFO", TURN)
        self._post("leaver", "service_agent", "C440000-INFO", LONG_AGO, date(2026, 3, 31))
        Person.objects.filter(pk=self.people["leaver"].pk).update(
            is_active=False, leaves_on=date(2026, 3, 31)
        )
        self._deputies(("accountant", "cashier", "storekeeper"))
        self.clients = {name: _browser(self.people[name]) for name in {r.actor for r in RELATIONS.values()}}

    def _post(self, name: str, position: str, unit: str, first: date, last: date | None = None) -> None:
        person = self.people.setdefault(name, self.people.get(name) or PersonFactory(name=name))
        Appointment.objects.create(
            person=person, position=self.positions[position], unit=self.units[unit], starts_on=first, ends_on=last,
            is_single=self.positions[position].is_leader,
        )  # fmt: skip

    def _deputies(self, names: Iterable[str]) -> None:
        """Everybody for the one before, on the one day; written past the service, which refuses the third."""
        post, above = Appointment.objects.get(person=self.people["finance"]), None
        for depth, name in enumerate(names, 1):
            above = Deputyship.objects.create(
                post=post, deputy=self.people[name], via=above, depth=depth, starts_on=TURN, ends_on=TURN
            )

    def inputs(self, cell: Cell) -> dict[str, Any]:
        """What the power needs, all of it right: only who may be refused."""
        relation = RELATIONS[cell.relation]
        given: dict[str, Any] = {"text": "写明事由"}
        if cell.power == Power.APPRAISE:
            given["ratings"] = {"management": 3, "profession": 4, "results": 5}
        if cell.power == Power.ADJUDICATE:
            given["second"] = self.people[relation.other if cell.column == matrix.ACROSS else relation.mate]
        return given


def _browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _through_api(client: Client, cell: Cell, subject: Person, given: dict[str, Any]) -> Any:
    if "second" in given:
        given["second"] = given["second"].pk
    return client.post(
        f"/api/v1/staff/{subject.pk}/powers/{cell.power}/", given, content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip


def _through_page(client: Client, cell: Cell, subject: Person, given: dict[str, Any]) -> Any:
    if "second" in given:
        given["second"] = given["second"].employee_no
    typed = {"key": "k", **given.pop("ratings", {}), **given}
    return client.post(f"/staff/{subject.pk}/powers/{cell.power}/", typed)


Door = Callable[[Client, Cell, Person, dict[str, Any]], Any]
DOORS: dict[str, Door] = {"api": _through_api, "page": _through_page}


def _try(stage: Stage, cell: Cell, door: str) -> str | None:
    """What went otherwise than the matrix says; None when nothing did. Leaves no trace."""
    relation = RELATIONS[cell.relation]
    client, subject = stage.clients[relation.actor], stage.people[relation.subject]
    with transaction.atomic():
        answer = DOORS[door](client, cell, subject, stage.inputs(cell))
        kept = PowerUse.objects.count()
        transaction.set_rollback(True)
    got = "ok" if answer.status_code in (201, 302) else str(answer.status_code)
    if got == cell.verdict and kept == (got == "ok"):
        return None
    return f"{cell}: expected {cell.verdict}, got {got}{', and it was kept' if kept else ''}"


def _try_all(cells: Iterable[Cell], door: str, day: str) -> None:
    with time_machine.travel(datetime.fromisoformat(f"{DAYS[day]}T10:00:00+08:00"), tick=False):
        stage = Stage()
        tried = [_try(stage, cell, door) for cell in cells if cell.day == day]
    wrong = [text for text in tried if text]
    assert tried
    assert not wrong, f"{len(wrong)} of {len(tried)} cells:\n" + "\n".join(wrong[:60])


@pytest.fixture(autouse=True)
def whole_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "aftersales.urls"
    settings.MFA_REQUIRED = False


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("day", matrix.DAYS)
def test_each_cell(day: str, door: str) -> None:
    _try_all(matrix.short_form(), door, day)


@pytest.mark.parametrize("day", matrix.DAYS)
def test_row_filters_say_the_same(day: str) -> None:
    """Lists and choices are made from `permitted`; disputes depend on both parties and have no row filter."""
    with time_machine.travel(datetime.fromisoformat(f"{DAYS[day]}T10:00:00+08:00"), tick=False):
        people = Stage().people
        wrong = []
        for cell in matrix.short_form():
            if cell.day != day or cell.power == Power.ADJUDICATE:
                continue
            relation = RELATIONS[cell.relation]
            rows = Person.objects.permitted(people[relation.actor], cell.power)
            if rows.filter(pk=people[relation.subject].pk).exists() != (cell.verdict == "ok"):
                wrong.append(str(cell))
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("day", matrix.DAYS)
def test_the_whole_product(day: str, door: str) -> None:
    _try_all(matrix.every_cell(), door, day)


def test_matrix_is_complete() -> None:
    """Every relation, power and day stands in the file, once, with one of the three verdicts."""
    cells = list(matrix.every_cell())
    assert {cell.relation for cell in cells} == set(RELATIONS)
    assert len(cells) == len(RELATIONS) * len(matrix.DAYS) * len(matrix.COLUMNS)
    assert len({(cell.relation, cell.day, cell.column) for cell in cells}) == len(cells)
    assert {cell.verdict for cell in cells} == {"ok", "403", "404"}
    questions = {(cell.relation, cell.column) for cell in cells}
    assert {(cell.relation, cell.column) for cell in matrix.short_form()} == questions


def test_what_is_dated_differs_and_what_is_not_is_one_line() -> None:
    for relation in RELATIONS:
        lines = [row for row in matrix.rows() if row["relation"] == relation]
        verdicts = {tuple(row[column] for column in matrix.COLUMNS) for row in lines}
        assert (len(lines), len(verdicts) > 1) in {(1, False), (3, True)}, relation
