"""`make run` as a person sees it: ready, surviving the death of its parts, stopped without a trace."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import embedded
from core.embedded import processes
from core.embedded.config import RUN_MARK
from core.embedded.places import CHECKOUT, identity, places
from core.tests.embedded_folders import data_folder, execute, kill_servers

pytestmark = pytest.mark.chaos

READY = re.compile(r"Ready after \d+ s: (http://\S+)")
START_SECONDS = 120


class Run:
    """One `make run` without make, and what it printed so far."""

    def __init__(self, folder: Path, port: int) -> None:
        left_out = {"DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", RUN_MARK}
        environ = {name: value for name, value in os.environ.items() if name not in left_out}
        environ |= {"DATA_DIR": str(folder), "PORT": str(port), "SEED_DEMO": "0"}
        self.output = folder.with_name(f"output-{time.monotonic_ns()}")
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.embedded", "run"],
                cwd=CHECKOUT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ready(self) -> "Run":
        done = processes.wait_until(
            lambda: READY.search(self.said) is not None or self.process.poll() is not None, START_SECONDS
        )
        assert done
        assert READY.search(self.said), self.said
        return self

    def status(self, path: str) -> int:
        found = READY.search(self.said)
        assert found is not None
        try:
            with urllib.request.urlopen(found[1] + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as path:
        yield path


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run(folder: Path, port: int) -> Iterator[Run]:
    started = Run(folder, port)
    try:
        yield started.ready()
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()


def nothing_left(folder: Path) -> bool:
    return not embedded.running(folder) and not processes.marked(RUN_MARK, identity(folder))


def test_run_survives_dead_servers_and_stops_without_a_trace(folder: Path, port: int) -> None:
    with run(folder, port) as first:
        assert first.status("healthz/") == 200
        second = Run(folder, port + 1)
        assert second.process.wait(60) == 1
        assert "Already running on" in second.said
        assert processes.wait_until(lambda: first.status("readyz/") == 200, 60, pause=0.5)
        kill_servers(places(folder))
        assert processes.wait_until(lambda: first.status("readyz/") == 200, 60, pause=0.5)
        assert first.stop() == 0
    assert first.said.rstrip().endswith("Stopped.")
    assert nothing_left(folder)


def test_killed_run_does_not_block_the_next_one_and_keeps_the_data(folder: Path, port: int) -> None:
    services = embedded.urls(folder)
    with run(folder, port) as first:
        execute(services.migrate_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
        first.stop(signal.SIGKILL)
    with run(folder, port) as second:
        assert second.status("healthz/") == 200
        assert execute(services.database_url, "SELECT number FROM kept") == [(7,)]
        assert second.stop(signal.SIGINT) == 0
    assert nothing_left(folder)
