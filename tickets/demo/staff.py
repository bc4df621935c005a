"""Who works in the demo: six staffed centres with branches and outlets, the department above, all others vacant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from core.actors import system_actor
from orgchart.models import Person, Position, Unit
from orgchart.services import appoint, create_person, create_unit, rebuild_links
from tickets.demo import logins, texts

ACTOR = system_actor("seed_demo")
AGENTS, ENGINEERS = ("service_agent",), ("repair_engineer", "exchange_engineer")


@dataclass(frozen=True, slots=True)
class Place:
    """A staffed centre: how many hold each position, its branches with their outlets, its share of the cases."""

    province: str
    letters: str
    share: int
    posts: dict[str, int]
    branches: dict[str, tuple[str, ...]]


_SMALL = {
    "centre_manager": 1, "tech_support": 1, "info_lead": 1, "service_agent": 2, "tech_lead": 1,
    "repair_engineer": 2, "exchange_engineer": 1, "finance_lead": 1,
}  # fmt: skip
_LARGE = {
    **_SMALL, "network_admin": 1, "service_agent": 4, "repair_engineer": 3, "accountant": 1, "cashier": 1,
    "storekeeper": 1, "logistics_clerk": 1, "branch_head": 2,
}  # fmt: skip
_WITHOUT_TECH_LEAD = {code: count for code, count in _SMALL.items() if code != "tech_lead"}

PLACES = (
    Place("330000", "zj", 36, _LARGE, {"杭州": ("西湖", "滨江"), "宁波": ("鄞州",)}),
    Place("320000", "js", 16, {**_SMALL, "storekeeper": 1}, {"南京": ("鼓楼",), "苏州": ("工业园",)}),
    Place(
        "440000",
        "gd",
        16,
        {**_SMALL, "accountant": 1, "storekeeper": 1},
        {"广州": ("天河", "番禺"), "深圳": ("南山",)},
    ),
    Place("510000", "sc", 12, {**_SMALL, "logistics_clerk": 1}, {"成都": ("锦江",)}),
    Place("370000", "sd", 10, {**_SMALL, "branch_head": 1}, {"济南": ("历下",)}),
    # Its technical lead is vacant: the centre manager does that work.
    Place("420000", "hb", 10, _WITHOUT_TECH_LEAD, {"武汉": ("江汉",)}),
)
"""Shares are per cent of the cases."""

_ABOVE = (
    ("head_office_manager", "HQ", "demo.headoffice"),
    ("department_manager", "ASD", "demo.department"),
    ("department_supervisor", "ASD", "demo.supervisor"),
    ("admin_hr_lead", "ASD-HR", "demo.hr"),
)
ADMIN = "demo.admin"
ROLES = (
    ("信息员 / agent", "demo.agent"),
    ("维修工程师 / engineer", "demo.engineer"),
    ("信息组长 / information lead", "demo.infolead"),
    ("技术组长 / technical lead", "demo.techlead"),
    ("财务组长 / finance lead", "demo.financelead"),
    ("客服中心经理 / centre manager", "demo.manager"),
    ("售后服务部经理 / department manager", "demo.department"),
    ("行政人事组长 / personnel lead", "demo.hr"),
    ("技术支持 / technical support", "demo.support"),
    ("邻省信息员 / neighbour centre's agent", "demo.neighbour"),
    ("系统管理员 / technical admin", ADMIN),
)
"""One log-in for each role: what it is called in the file of log-ins, and its username."""

_NAMED = {
    ("zj", "service_agent"): "demo.agent",
    ("zj", "repair_engineer"): "demo.engineer",
    ("zj", "info_lead"): "demo.infolead",
    ("zj", "tech_lead"): "demo.techlead",
    ("zj", "finance_lead"): "demo.financelead",
    ("zj", "centre_manager"): "demo.manager",
    ("zj", "tech_support"): "demo.support",
    ("js", "service_agent"): "demo.neighbour",
}


@dataclass(slots=True)
class Team:
    """The staff of one centre by position."""

    place: Place
    centre: Unit
    people: dict[str, list[Person]] = field(default_factory=dict)

    def of(self, *positions: str) -> list[Person]:
        """Everybody who holds one of these positions."""
        return [person for code in positions for person in self.people.get(code, [])]

    def lead(self, kind: str) -> Person:
        """Who assigns the cases of a kind; where that lead is vacant, the centre manager."""
        wanted = "info_lead" if kind == "inquiry" else "tech_lead"
        return self.of(wanted, "centre_manager")[0]


class Personnel:
    """Enters staff one after the other."""

    def __init__(self, since: date) -> None:
        self.since = since
        self.positions = {row.code: row for row in Position.objects.all()}
        self.units = {row.code: row for row in Unit.objects.select_related("centre")}
        self._passwords = logins.passwords(ROLES)
        self._names: Iterator[str] = iter(texts.read("people")["staff"])
        self._count = 0

    def person(self, username: str, *, admin: bool = False) -> Person:
        """A demo account; only the accounts in the file of log-ins have a password."""
        self._count += 1
        return create_person(
            actor=ACTOR,
            username=username,
            name="演示管理员" if admin else next(self._names),
            employee_no=f"DEMO{self._count:03d}",
            password=self._passwords.get(username),
            must_change_password=False,
            email=f"{username}@example.com",
            is_technical_admin=admin,
            is_demo=True,
        )

    def post(self, username: str, position: str, unit: Unit) -> Person:
        """A demo account with a post."""
        person = self.person(username)
        appoint(
            actor=ACTOR, person=person, position=self.positions[position], unit=unit, starts_on=self.since
        )
        return person

    def unit_for(self, position: str, place: Place, index: int) -> Unit:
        """The unit of the centre in which this position works."""
        row, centre = self.positions[position], f"C{place.province}"
        if row.unit_kind == "branch":
            return self.units[f"{centre}-B{index}"]
        suffixes = {"info": "-INFO", "tech": "-TECH", "finance": "-FIN", "admin_hr": "-HR"}
        return self.units[centre + suffixes.get(row.group_kind, "")]


def hire(since: date) -> list[Team]:
    """Open branches and outlets and fill the posts, all from `since` on; returns the teams of the staffed centres."""
    _open_places()
    personnel = Personnel(since)
    for position, unit, username in _ABOVE:
        personnel.post(username, position, personnel.units[unit])
    personnel.person(ADMIN, admin=True)
    return [_staff(personnel, place) for place in PLACES]


def _staff(personnel: Personnel, place: Place) -> Team:
    team = Team(place, personnel.units[f"C{place.province}"])
    for position, count in place.posts.items():
        for index in range(1, count + 1):
            username = _NAMED.get((place.letters, position), "") if index == 1 else ""
            username = username or f"demo.{place.letters}.{position}{index}"
            unit = personnel.unit_for(position, place, index)
            team.people.setdefault(position, []).append(personnel.post(username, position, unit))
    return team


def _open_places() -> None:
    for place in PLACES:
        centre = Unit.objects.get(code=f"C{place.province}")
        for number, (city, outlets) in enumerate(place.branches.items(), start=1):
            code = f"{centre.code}-B{number}"
            branch = create_unit(
                actor=ACTOR, code=code, kind="branch", name=f"{city}分公司", name_en=f"Branch {place.letters}{number}",
                parent=centre, links=False,
            )  # fmt: skip
            for index, district in enumerate(outlets, start=1):
                create_unit(
                    actor=ACTOR, code=f"{code}-O{index}", kind="outlet", name=f"{city}{district}授权网点（演示）",
                    name_en=f"Outlet {place.letters}{number}.{index} (demo)", parent=branch, links=False,
                )  # fmt: skip
    rebuild_links()
