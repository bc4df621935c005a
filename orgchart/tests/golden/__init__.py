"""A small department on one day, and the sentences that it gives rise to (sentences.json, reviewed in both languages)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from orgchart.enums import UnitKind
from orgchart.models import Appointment, Deputyship, Person, Position, Unit
from orgchart.services import create_unit
from orgchart.tests.factories import SYSTEM, Organisation, PersonFactory, make_organisation

FILE = Path(__file__).with_name("sentences.json")
NOW = datetime.fromisoformat("2026-05-20T10:00:00+08:00")

_UNITS = {
    "HQ": ("总部", "head office"),
    "ASD": ("售后服务部", "after-sales department"),
    "ASD-HR": ("行政人事组", "personnel group"),
    "C440000": ("广东客服中心", "Guangdong service centre"),
    "C440000-INFO": ("广东信息组", "Guangdong information group"),
    "C440000-TECH": ("广东技术组", "Guangdong technical group"),
    "C440000-FIN": ("广东财务组", "Guangdong finance group"),
    "C510000": ("四川客服中心", "Sichuan service centre"),
    "C510000-INFO": ("四川信息组", "Sichuan information group"),
}
_POSTS: tuple[tuple[str, str, str, str, str, str | None], ...] = (
    ("head", "林远", "head_office_manager", "HQ", "2020-01-01", None),
    ("dept", "陈静", "department_manager", "ASD", "2021-03-01", None),
    ("supervisor", "孙磊", "department_supervisor", "ASD", "2022-03-01", None),
    ("personnel", "何敏", "admin_hr_lead", "ASD-HR", "2021-09-01", None),
    ("manager", "赵强", "centre_manager", "C440000", "2022-06-01", None),
    ("info", "徐东", "info_lead", "C440000-INFO", "2023-01-01", None),
    ("agent", "周洁", "service_agent", "C440000-INFO", "2024-02-01", None),
    ("mate", "吴静", "service_agent", "C440000-INFO", "2024-03-01", None),
    ("engineer", "冯涛", "repair_engineer", "C440000-TECH", "2024-05-01", None),
    ("finance", "钱芳", "finance_lead", "C440000-FIN", "2023-04-01", None),
    ("accountant", "郑会", "accountant", "C440000-FIN", "2023-05-01", None),
    ("cashier", "王娜", "cashier", "C440000-FIN", "2023-06-01", None),
    ("storekeeper", "韩冬", "storekeeper", "C440000-FIN", "2023-07-01", None),
    ("aide", "马骏", "department_supervisor", "ASD", "2025-02-01", None),
    ("far_info", "秦朗", "info_lead", "C510000-INFO", "2026-05-04", None),
    ("far_agent", "蒋丽", "service_agent", "C510000-INFO", "2025-01-01", None),
    ("moved", "韩雪", "service_agent", "C440000-INFO", "2024-01-01", "2026-04-30"),
    ("moved", "韩雪", "service_agent", "C510000-INFO", "2026-05-01", None),
    ("outsider", "杨帆", "account_manager", "SALES", "2024-01-01", None),
    ("left", "许诺", "service_agent", "C440000-INFO", "2024-01-01", "2026-03-31"),
)
_DEPUTIES = (
    ("finance", "accountant", "2026-05-11", "2026-05-31", None),
    ("finance", "cashier", "2026-05-18", "2026-05-22", 0),
    ("dept", "supervisor", "2026-05-01", None, None),
)


@dataclass(frozen=True)
class Golden:
    """A question and its sentence in both languages. `day`: asked for that day instead of today."""

    id: str
    actor: str
    power: str
    subject: str
    code: str
    zh: str
    en: str
    second: str | None = None
    day: date | None = None


def sentences() -> list[Golden]:
    """The reviewed file."""
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        Golden(**{**row, "day": date.fromisoformat(row["day"]) if "day" in row else None}) for row in rows
    ]


@dataclass
class Department:
    """The people by what they are called in the file. The technical group has no leader.

    The department manager's description lacks the right to propose discipline, and 秦朗's post was entered on 15 May.
    """

    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.org: Organisation = make_organisation()
        create_unit(
            actor=SYSTEM, code="SALES", kind=UnitKind.OUTSIDE, name="销售部", name_en="sales department",
            parent=self.org.company,
        )  # fmt: skip
        for code, (zh, en) in _UNITS.items():
            Unit.objects.filter(code=code).update(name=zh, name_en=en)
        for key, name, position, unit, first, last in _POSTS:
            self._post(key, name, position, unit, first, last)
        self.people["admin"] = PersonFactory(name="尤新", is_technical_admin=True)
        Person.objects.filter(pk=self.people["left"].pk).update(is_active=False, leaves_on="2026-03-31")
        Appointment.objects.filter(person=self.people["far_info"]).update(
            recorded_at=timezone.make_aware(datetime(2026, 5, 15, 9))  # noqa: DTZ001
        )
        self._deputies()
        manager = Position.objects.get(code="department_manager")
        del manager.rights["powers"]["propose_discipline"]
        manager.save(update_fields=["rights"])

    def _post(self, key: str, name: str, position: str, unit: str, first: str, last: str | None) -> None:
        if key not in self.people:
            self.people[key] = PersonFactory(name=name)
        row = Appointment.objects.create(
            person=self.people[key], position=Position.objects.get(code=position),
            unit=Unit.objects.get(code=unit), starts_on=first, ends_on=last,
        )  # fmt: skip
        entered = timezone.make_aware(datetime.fromisoformat(f"{first}T09:00:00"))
        Appointment.objects.filter(pk=row.pk).update(recorded_at=entered)

    def _deputies(self) -> None:
        made: list[Deputyship] = []
        for holder, deputy, first, last, via in _DEPUTIES:
            above = made[via] if via is not None else None
            made.append(
                Deputyship.objects.create(
                    post=Appointment.objects.get(person=self.people[holder]),
                    deputy=self.people[deputy],
                    starts_on=first,
                    ends_on=last,
                    via=above,
                    depth=2 if above else 1,
                )
            )
