"""Fill a database of its own with a whole organisation and measure the pages that show it.

    python -m bench.organisation            # into var/bench-organisation; BENCH_DIR moves the folder

2,000 people, 34 centres with their groups, 102 branches and 600 outlets, in bulk and always the same. Measures, in one
run against the running server as `bench.drive` does: the bare view, the chart's page and data for today and for two days
compared, the staff list and a unit's page; counts the statements that a department manager's scope costs with 10 and
with 600 outlets; and says how many kB page and data have.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from bench.client import Client, expect
from bench.drive import RESULTS, count, line, loop, memory, server, table
from bench.load import folder_for, prepare
from bench.requests import BARE, NOBODY, Ask

LONG_AGO = date(2020, 1, 1)
BRANCHES, OUTLETS = 3, 600
PER_CENTRE = {
    "centre_manager": 1, "tech_support": 1, "network_admin": 1, "info_lead": 1, "service_agent": 14, "tech_lead": 1,
    "repair_engineer": 12, "exchange_engineer": 2, "finance_lead": 1, "accountant": 1, "cashier": 1, "storekeeper": 1,
    "logistics_clerk": 1,
}  # fmt: skip
ABOVE = (
    ("head_office_manager", "HQ"), ("department_manager", "ASD"), ("admin_hr_lead", "ASD-HR"),
    *(("department_supervisor", "ASD"),) * 3,
)  # fmt: skip
SUFFIX = {"info": "-INFO", "tech": "-TECH", "finance": "-FIN"}
DEPARTMENT, MANAGER = "bench.org.department", "bench.org.manager"
MAIN_CENTRE = "C330000"
PAGE, DATA = "chart: page", "chart: data"
GOAL = 80


# -- filling -------------------------------------------------------------------------------------------------------


def fill() -> None:
    """The organisation, people, posts, establishment, deputies and a month of changes; once, into tables without them."""
    from core.actors import system_actor
    from orgchart.models import Position, Unit
    from orgchart.services import load_organisation, load_positions, rebuild_links

    actor = system_actor("bench")
    load_positions(actor=actor)
    load_organisation(actor=actor)
    _open_places()
    rebuild_links()
    units = {unit.code: unit for unit in Unit.objects.all()}
    positions = {row.code: row for row in Position.objects.all()}
    people = _people(list(_posts(units, positions)), units, positions)
    _changes(people, units, positions)
    _deputies(people)
    _establish(units, positions)


def _open_places() -> None:
    """Three branches in each centre, and the outlets dealt out to the branches in turn."""
    from orgchart.models import Unit

    known = set(Unit.objects.values_list("code", flat=True))
    centres = list(Unit.objects.filter(kind="centre").order_by("code"))
    branches = [
        Unit(
            code=f"{centre.code}-B{number}", kind="branch", name=f"{centre.name[:-4]}第{number}分公司",
            name_en=f"{centre.name_en.split()[0]} branch {number}", parent=centre, centre=centre,
            province_code=centre.province_code,
        )
        for centre in centres for number in range(1, BRANCHES + 1)
        if f"{centre.code}-B{number}" not in known
    ]  # fmt: skip
    Unit.objects.bulk_create(branches)
    every = list(Unit.objects.filter(kind="branch").order_by("code"))
    places = [(every[number % len(every)], 1 + number // len(every)) for number in range(OUTLETS)]
    Unit.objects.bulk_create(
        Unit(
            code=f"{branch.code}-O{number}", kind="outlet", name=f"{branch.name}{number}号网点",
            name_en=f"{branch.name_en} outlet {number}", parent=branch, centre_id=branch.centre_id,
            province_code=branch.province_code,
        )
        for branch, number in places if f"{branch.code}-O{number}" not in known
    )  # fmt: skip


def _posts(units: dict[str, Any], positions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(position, unit) of everybody: those above, each centre's staff, branch heads, one engineer for each outlet."""
    yield from ABOVE
    for code, unit in sorted(units.items()):
        if unit.kind == "centre":
            for position, number in PER_CENTRE.items():
                place = code + SUFFIX.get(positions[position].group_kind, "")
                yield from ((position, place) for _ in range(number))
        elif unit.kind == "branch":
            yield "branch_head", code
        elif unit.kind == "outlet":
            yield "service_engineer", code


def _people(posts: list[tuple[str, str]], units: dict[str, Any], positions: dict[str, Any]) -> list[Any]:
    """Accounts that nobody can log in to, and their posts since long ago; returns the appointments."""
    from orgchart.models import Appointment, Person
    from tickets.demo import texts

    words, random = texts.read("people"), Random(5)
    people = Person.objects.bulk_create(
        Person(
            username=_username(position, unit, number), employee_no=f"B{number:05d}", password="!",
            name=random.choice(words["surnames"]) + random.choice(words["given"]),
            must_change_password=False, is_demo=True,
        )
        for number, (position, unit) in enumerate(posts)
    )  # fmt: skip
    return Appointment.objects.bulk_create(
        Appointment(
            person=person, position=positions[position], unit=units[unit], starts_on=LONG_AGO,
            is_single=positions[position].is_leader,
        )
        for person, (position, unit) in zip(people, posts, strict=True)
    )  # fmt: skip


def _username(position: str, unit: str, number: int) -> str:
    if position == "department_manager":
        return DEPARTMENT
    if (position, unit) == ("centre_manager", MAIN_CENTRE):
        return MANAGER
    return f"bench.org.{number}"


def _changes(posts: list[Any], units: dict[str, Any], positions: dict[str, Any]) -> None:
    """Within the last month: agents moved to the next group, engineers came, leads went, heads took on a second post."""
    from orgchart.models import Appointment
    from orgchart.scope import today

    turn = today() - timedelta(days=15)
    of = {
        code: [row for row in posts if row.position.code == code]
        for code in ("service_agent", "repair_engineer", "tech_lead", "branch_head")
    }
    groups = sorted(code for code in units if code.endswith("-INFO"))
    moved, went, came = of["service_agent"][::20], of["tech_lead"][::11], of["repair_engineer"][::25]
    for row in (*moved, *went):
        row.ends_on = turn - timedelta(days=1)
    for row in came:
        row.starts_on = turn
    Appointment.objects.bulk_update([*moved, *went, *came], ["starts_on", "ends_on"])
    target = {code: groups[(place + 1) % len(groups)] for place, code in enumerate(groups)}
    added = [
        Appointment(
            person=row.person, position=row.position, unit=units[target[row.unit.code]], starts_on=turn
        )
        for row in moved
    ]
    added += [
        Appointment(
            person=row.person, position=positions["network_admin"], unit=units[row.unit.code[:7]], starts_on=turn,
            is_primary=False,
        )
        for row in of["branch_head"][::6]
    ]  # fmt: skip
    Appointment.objects.bulk_create(added)


def _deputies(posts: list[Any]) -> None:
    from orgchart.models import Deputyship
    from orgchart.scope import today

    leads = {row.unit.parent_id: row.person for row in posts if row.position.code == "info_lead"}
    managers = [row for row in posts if row.position.code == "centre_manager"][::3]
    Deputyship.objects.bulk_create(
        Deputyship(post=row, deputy=leads[row.unit_id], starts_on=today() - timedelta(days=3))
        for row in managers
    )


def _establish(units: dict[str, Any], positions: dict[str, Any]) -> None:
    """One for each leading post and outlet, and for the groups a few more or fewer than there are people."""
    from core.actors import system_actor
    from orgchart.models import Establishment
    from orgchart.services import seed_establishment

    counts = {**PER_CENTRE, "service_agent": 15, "repair_engineer": 11, "department_supervisor": 2}
    seed_establishment(actor=system_actor("bench"), starts_on=LONG_AGO, counts=counts)
    Establishment.objects.bulk_create(
        Establishment(unit=unit, position=positions["service_engineer"], count=1, starts_on=LONG_AGO)
        for unit in units.values()
        if unit.kind == "outlet"
    )


# -- measuring -----------------------------------------------------------------------------------------------------


def _get(path: str) -> Callable[[Client, Any, Random], Any]:
    return lambda client, world, random: expect(client.send("GET", path), 200)


def asks() -> tuple[Ask, ...]:
    """What is asked; page and data together have one goal."""
    from orgchart.models import Unit
    from orgchart.scope import today

    ago = today() - timedelta(days=30)
    centre = Unit.objects.get(code=MAIN_CENTRE).pk
    return (
        Ask(PAGE, DEPARTMENT, _get("/chart/")),
        Ask(DATA, DEPARTMENT, _get("/chart/data/")),
        Ask("chart: page, a day that has passed", DEPARTMENT, _get(f"/chart/?on={ago}")),
        Ask("chart: page, two days compared", DEPARTMENT, _get(f"/chart/?with={ago}")),
        Ask("chart: data, two days compared", DEPARTMENT, _get(f"/chart/data/?with={ago}")),
        Ask("chart: page of a centre manager", MANAGER, _get("/chart/")),
        Ask("chart: data of a centre manager", MANAGER, _get("/chart/data/")),
        Ask("staff list", DEPARTMENT, _get("/staff/")),
        Ask("page of a centre", DEPARTMENT, _get(f"/units/{centre}/")),
    )


def scope_statements() -> dict[str, int]:
    """Statements for the department manager's scope, with all outlets and with 10 of them; the latter is undone."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from orgchart.models import Person, UnitLink
    from orgchart.scope import scope_of

    def counted() -> int:
        reader = Person.objects.get(username=DEPARTMENT)
        with CaptureQueriesContext(connection) as seen:
            scope_of(reader)
        return len(seen)

    found = {f"{OUTLETS} outlets": counted()}
    with transaction.atomic():
        outlets = UnitLink.objects.filter(descendant__kind="outlet")
        kept = outlets.order_by("descendant_id").values_list("descendant_id", flat=True).distinct()[:10]
        outlets.exclude(descendant_id__in=list(kept)).delete()
        found["10 outlets"] = counted()
        transaction.set_rollback(True)
    return found


def sizes(clients: dict[str, Client], requests: tuple[Ask, ...]) -> dict[str, float]:
    """kB of each answer."""
    return {ask.name: round(len(ask.send(clients[ask.who], None, Random(0))) / 1000, 1) for ask in requests}


def _log_in(port: int, password: str) -> dict[str, Client]:
    clients = {name: Client(port) for name in (NOBODY, DEPARTMENT, MANAGER)}
    for name in (DEPARTMENT, MANAGER):
        clients[name].log_in(name, password)
    return clients


def _measure(rounds: int, seconds: float, password: str) -> dict[str, Any]:
    requests = asks()
    with server() as (port, pid):
        crew = [_log_in(port, password) for _ in range(4)]
        for clients in crew:
            for ask in (BARE, *requests):
                ask.send(clients[ask.who], None, Random(0))
        statements = count(crew[0], list(requests), None)
        kilobytes = sizes(crew[0], requests)
        alone = loop(crew[:1], list(requests), None, rounds, seconds)
        together = loop(crew, list(requests), None, max(3, rounds // 6), seconds)
        used = memory(pid)
    rows = [line(ask, alone, together, statements) for ask in (BARE, *requests)]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": os.getloadavg(),
        "requests": [{**row, "kilobytes": kilobytes.get(row["name"], 0)} for row in rows],
        "scope_statements": scope_statements(),
        "memory_mib": used,
    }


def _give_passwords() -> str:
    """A password for the two log-ins, made anew for each run."""
    import secrets

    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from orgchart.models import Person

    password = secrets.token_urlsafe(18)
    Person.objects.filter(username__in=(DEPARTMENT, MANAGER)).update(
        password=make_password(password), password_changed_at=timezone.now()
    )
    return password


def _say(report: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = RESULTS / "organisation"
    name.with_suffix(".json").write_text(
        json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    rows = {row["name"]: row for row in report["requests"]}
    both = rows[PAGE]["multiple"] + rows[DATA]["multiple"]
    weight = rows[PAGE]["kilobytes"] + rows[DATA]["kilobytes"]
    lines = [
        table(report),
        f"page and data: {both:.1f} × bare (goal ≤ {GOAL}), {weight:.0f} kB (goal ≤ 300)",
        "kB: "
        + ", ".join(f"{row['name']} {row['kilobytes']}" for row in report["requests"] if row["kilobytes"]),
        f"statements of a department manager's scope: {report['scope_statements']}",
        f"memory (PSS, MiB): {report['memory_mib']}; load average {report['load'][0]:.1f}",
    ]
    text = "\n".join(lines)
    name.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30, help="of each request, at one connection")
    parser.add_argument("--seconds", type=float, default=300, help="at most, for each of the two parts")
    given = parser.parse_args()
    os.environ["DATA_DIR"] = str(folder_for("organisation"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    from core import embedded

    folder = embedded.data_dir()
    embedded.ensure_services(folder)
    try:
        prepare()
        from orgchart.models import Person

        if not Person.objects.filter(username=DEPARTMENT).exists():
            from django.db import connection

            fill()
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        _say(_measure(given.rounds, given.seconds, _give_passwords()))
    finally:
        embedded.release(folder)


if __name__ == "__main__":
    main()
