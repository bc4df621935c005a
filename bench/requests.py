"""What is asked of the server: each entry is one click of a person or one call of a program."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.client import Client, Unexpected, expect
from bench.load import LOG_INS

AGENT, MANAGER, DEPARTMENT, NOBODY = "agent", "manager", "department", "nobody"


@dataclass(frozen=True)
class Case:
    """A case of the main centre with the exact numbers that lead to it."""

    number: int
    phone: str
    customer_id: int
    imei: str


@dataclass(frozen=True)
class World:
    """What the requests need to know of the corpus."""

    unit: int
    fault: int
    cases: list[Case]
    middle_of_centre: tuple[str, int]
    middle_of_all: tuple[str, int]


@dataclass(frozen=True)
class Ask:
    """A request: who sends it, how, and the most it may cost as a multiple of the bare view (None: no goal)."""

    name: str
    who: str
    send: Callable[[Client, World, Random], Any]
    goal: float | None = None


def username(who: str, worker: int) -> str:
    """The account that a worker uses for a role; agents differ, since exact look-ups are limited per person."""
    return f"bench.agent{1 + worker % LOG_INS}" if who == AGENT else f"bench.{who}"


def _get(path: str) -> Callable[[Client, World, Random], Any]:
    return lambda client, world, random: expect(client.send("GET", path), 200)


def _list_of_centre(client: Client, world: World, random: Random) -> None:
    expect(client.send("GET", f"/cases/?view=all&status=closed&unit={world.unit}&sort=newest"), 200)


def _cursor(middle: tuple[str, int]) -> str:
    text = json.dumps([0, *middle], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _deep_agent(client: Client, world: World, random: Random) -> None:
    expect(client.send("GET", f"/cases/?view=all&sort=newest&cursor={_cursor(world.middle_of_centre)}"), 200)


def _deep_department(client: Client, world: World, random: Random) -> None:
    expect(client.send("GET", f"/cases/?view=all&sort=newest&cursor={_cursor(world.middle_of_all)}"), 200)


def _case(client: Client, world: World, random: Random) -> None:
    expect(client.send("GET", f"/cases/{random.choice(world.cases).number}/"), 200)


def _create(client: Client, world: World, random: Random) -> None:
    case = random.choice(world.cases)
    answer = client.form(
        "/calls/new/", key=secrets.token_urlsafe(24), phone=case.phone, imei=case.imei, customer_id=case.customer_id,
        kind="repair", fault="F03", description="开机停在标志画面，反复重启。", next_step="pass_on", priority=3,
        channel="phone",
    )  # fmt: skip
    expect(answer, 302)


def _api_detail(client: Client, world: World, random: Random) -> None:
    expect(client.send("GET", f"/api/v1/cases/{random.choice(world.cases).number}/"), 200)


def _api_create(client: Client, world: World, random: Random) -> None:
    case = random.choice(world.cases)
    answer = client.post_json(
        "/api/v1/cases/", kind="repair", description="开机停在标志画面，反复重启。", phone=case.phone,
        customer_id=case.customer_id, imei=case.imei, fault_id=world.fault,
    )  # fmt: skip
    expect(answer, 201)


def _search(client: Client, text: str) -> None:
    response, content = client.form("/search/", q=text)
    if response.status != 302:
        raise Unexpected(f"search: {response.status} {content[:200]!r}")
    expect(client.send("GET", response.headers["Location"]), 200)


def _search_number(client: Client, world: World, random: Random) -> None:
    _search(client, str(random.choice(world.cases).number))


def _search_phone(client: Client, world: World, random: Random) -> None:
    _search(client, random.choice(world.cases).phone)


BARE = Ask("bare view", NOBODY, _get("/bare/"))
ASKS = (
    Ask("list: centre and status, newest", AGENT, _list_of_centre, 40),
    Ask("list: everything, agent", AGENT, _get("/cases/?view=all&sort=newest"), 40),
    Ask("list: everything, department manager", DEPARTMENT, _get("/cases/?view=all&sort=newest"), 40),
    Ask("list: open cases, due first, agent", AGENT, _get("/cases/"), 40),
    Ask("list: page in the middle, agent", AGENT, _deep_agent, 40),
    Ask("list: page in the middle, department manager", DEPARTMENT, _deep_department, 40),
    Ask("case page", AGENT, _case, 35),
    Ask("create: form", AGENT, _get("/calls/new/")),
    Ask("create: POST", AGENT, _create, 23),
    Ask("REST list of 50", AGENT, _get("/api/v1/cases/?limit=50&view=all&sort=newest"), 24),
    Ask("REST detail", AGENT, _api_detail),
    Ask("REST create", AGENT, _api_create, 23),
    Ask("search by case number, with the page it leads to", AGENT, _search_number, 50),
    Ask("search by phone number, with the page of hits", AGENT, _search_phone, 50),
    Ask("start page: agent", AGENT, _get("/"), 80),
    Ask("start page: centre manager", MANAGER, _get("/"), 80),
    Ask("start page: department manager", DEPARTMENT, _get("/"), 80),
)
