"""Send requests to the real server on a filled database and say what they cost as multiples of the bare view.

    python -m bench.drive --cases 100000

Starts gunicorn as `make run` does (two workers, trial profile), on loopback alone. Closed loop: each connection sends
its next request when the last answer is there. All requests take turns, so that what disturbs the machine disturbs
all of them alike. Bounded by --rounds and by --seconds. Exact look-ups are limited to 120 in ten minutes a person,
which bounds the rounds too.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from bench.client import Client, Unexpected
from bench.counting import SECONDS, STATEMENTS
from bench.load import MAIN_CENTRE, folder_for, password_file, prepare
from bench.requests import ASKS, BARE, NOBODY, Ask, Case, World, username

RESULTS = Path(__file__).resolve().parent / "results"
SAMPLE = 300
MOST_ROUNDS = 90
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000, help="which corpus")
    parser.add_argument(
        "--rounds", type=int, default=60, help=f"of each request, at one connection (at most {MOST_ROUNDS})"
    )
    parser.add_argument(
        "--rounds-at-8", type=int, default=25, help="of each request, for each of 8 connections"
    )
    parser.add_argument("--seconds", type=float, default=300, help="at most, for each of the two parts")
    parser.add_argument("--only", default="", help="requests whose name contains this")
    given = parser.parse_args()
    os.environ["DATA_DIR"] = str(folder_for(given.cases))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    from core import embedded

    folder = embedded.data_dir()
    embedded.ensure_services(folder)
    try:
        prepare()
        asks = [ask for ask in ASKS if given.only in ask.name]
        report = {"cases": given.cases, **measure(given, _world(), asks)}
    finally:
        embedded.release(folder)
    write(report, f"cases-{given.cases}")


def measure(given: argparse.Namespace, world: Any, asks: list[Ask]) -> dict[str, Any]:
    """Start the server, send every request alone and with eight at a time, and put the report together."""
    with server() as (port, pid):
        crew = [_log_in(port, worker, asks) for worker in range(8)]
        _warm_up(crew, asks, world)
        statements = count(crew[0], asks, world)
        before = memory(pid)
        alone = loop(crew[:1], asks, world, min(given.rounds, MOST_ROUNDS), given.seconds)
        together = loop(crew, asks, world, given.rounds_at_8, given.seconds)
        after = memory(pid)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "memory_mib": {"before": before, "after": after},
        "requests": [line(ask, alone, together, statements) for ask in (BARE, *asks)],
    }


def line(ask: Ask, alone: Times, together: Times, statements: dict[str, tuple[int, float]]) -> dict[str, Any]:
    floor = median(alone[BARE.name])
    p50 = median(alone[ask.name])
    number, seconds = statements.get(ask.name, (0, 0.0))
    return {
        "name": ask.name,
        "p50_ms": round(p50 * 1000, 2),
        "p95_ms": round(_p95(alone[ask.name]) * 1000, 2),
        "multiple": round(p50 / floor, 1),
        "goal": ask.goal,
        "p50_at_8_ms": round(median(together[ask.name]) * 1000, 2),
        "p95_at_8_ms": round(_p95(together[ask.name]) * 1000, 2),
        "p95_at_8_multiple": round(_p95(together[ask.name]) / _p95(together[BARE.name]), 1),
        "statements": number,
        "database_ms": round(seconds * 1000, 2),
    }


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _world() -> World:
    from orgchart.models import Unit
    from products.models import FaultCode
    from tickets.models import Case as Row

    unit = Unit.objects.get(code=MAIN_CENTRE).pk
    rows = Row.objects.filter(centre_id=unit, kind="repair").order_by("pk")
    step = max(1, rows.count() // SAMPLE)
    keys = list(rows.values_list("pk", flat=True))[::step]
    sample = Row.objects.filter(pk__in=keys).select_related("device__owner")
    cases = [Case(row.number, row.caller_number, row.customer_id, row.device.imei) for row in sample]
    every = Row.objects.filter(centre_id=unit).order_by("pk")
    return World(
        unit=unit,
        fault=FaultCode.objects.get(code="F03").pk,
        cases=cases,
        middle_of_centre=_middle(every[every.count() // 2]),
        middle_of_all=_middle(Row.objects.order_by("pk")[Row.objects.count() // 2]),
    )


def _middle(row: Any) -> tuple[str, int]:
    return row.logged_at.isoformat(), row.pk


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """gunicorn on a free port of loopback; yields port and process id, ends what it started."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "WEB_CONCURRENCY": "2", "LOG_LEVEL": "WARNING"}
    command = [
        sys.executable, "-m", "gunicorn", "-c", "aftersales/gunicorn_conf.py", "--bind", f"127.0.0.1:{port}",
        "aftersales.wsgi:application",
    ]  # fmt: skip
    log = (Path(os.environ["DATA_DIR"]) / "bench-server.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("The server did not start; see bench-server.log in the data folder.")
        try:
            if Client(port).send("GET", "/bare/")[0].status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not answer within a minute.")


def _log_in(port: int, worker: int, asks: list[Ask]) -> dict[str, Client]:
    """A client for each role; the bare view is asked without cookies."""
    password = password_file().read_text(encoding="ascii")
    clients = {NOBODY: Client(port)}
    for who in sorted({ask.who for ask in asks}):
        clients[who] = Client(port)
        clients[who].log_in(username(who, worker), password)
    return clients


def _warm_up(crew: list[dict[str, Client]], asks: list[Ask], world: World) -> None:
    for clients in crew[:4]:
        for ask in (BARE, *asks):
            ask.send(clients[ask.who], world, Random(0))


def count(clients: dict[str, Client], asks: list[Ask], world: World) -> dict[str, tuple[int, float]]:
    """Statements and seconds in the database of each request, of all its parts together."""
    found = {}
    for ask in asks:
        client, total = clients[ask.who], [0.0, 0.0]
        send = client.send

        def counted(*args: Any, _send: Any = send, _total: list[float] = total, **more: Any) -> Any:
            response, content = _send(*args, **more)
            _total[0] += int(response.headers[STATEMENTS])
            _total[1] += float(response.headers[SECONDS])
            return response, content

        client.counting = True
        client.send = counted  # type: ignore[method-assign]
        ask.send(client, world, Random(7))
        client.counting = False
        del client.send  # type: ignore[attr-defined]
        found[ask.name] = (int(total[0]), total[1])
    return found


def loop(crew: list[dict[str, Client]], asks: list[Ask], world: World, rounds: int, seconds: float) -> Times:
    """Each member of the crew sends all requests in turn, `rounds` times or until `seconds` are over."""
    times: Times = {ask.name: [] for ask in (BARE, *asks)}
    until = time.monotonic() + seconds
    failures: list[BaseException] = []

    def work(worker: int, clients: dict[str, Client]) -> None:
        try:
            _take_turns(clients, asks, world, Random(worker), rounds, until, times)
        except (OSError, Unexpected) as error:
            failures.append(error)

    for clients in crew:
        for client in clients.values():
            client.connection.close()  # one that was idle may be closed on the other side; it opens again
    threads = [threading.Thread(target=work, args=(index, clients)) for index, clients in enumerate(crew)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"A request failed: {failures[0]}")
    return times


def _take_turns(
    clients: dict[str, Client],
    asks: list[Ask],
    world: World,
    random: Random,
    rounds: int,
    until: float,
    times: Times,
) -> None:
    for _ in range(rounds):
        for ask in (BARE, *asks):
            if time.monotonic() > until:
                return
            started = time.perf_counter()
            ask.send(clients[ask.who], world, random)
            times[ask.name].append(time.perf_counter() - started)


def memory(pid: int) -> dict[str, float]:
    """PSS of the process and all below it, in MiB: the sum, and the largest of them."""
    parts = [_pss(each) for each in _family(pid)]
    return {"all": round(sum(parts), 1), "largest": round(max(parts), 1), "processes": len(parts)}


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def table(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = [
        "| request | p50 ms | × bare | goal | p95 ms | at 8: p50 ms | at 8: p95 ms | statements | in the database ms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in report["requests"]:
        goal = "" if row["goal"] is None else f"≤ {row['goal']:g}"
        lines.append(
            f"| {row['name']} | {row['p50_ms']} | {row['multiple']} | {goal} | {row['p95_ms']} | {row['p50_at_8_ms']}"
            f" | {row['p95_at_8_ms']} | {row['statements']} | {row['database_ms']} |"
        )
    return "\n".join(lines)


def write(report: dict[str, Any], title: str) -> None:
    """Keep the report as JSON and as a table, print it, and say which goals were missed."""
    RESULTS.mkdir(exist_ok=True)
    name = RESULTS / title
    name.with_suffix(".json").write_text(
        json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    name.with_suffix(".md").write_text(table(report) + "\n", encoding="utf-8")
    print(table(report))
    print(
        f"memory (PSS, MiB): {report['memory_mib']}; load average {report['load'][0]:.1f}; written to {name}.json"
    )
    missed = [row["name"] for row in report["requests"] if row["goal"] and row["multiple"] > row["goal"]]
    print(f"Missed: {', '.join(missed)}." if missed else "All goals met.")


if __name__ == "__main__":
    main()
