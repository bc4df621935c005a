"""`make run` and `make dev`: prepare, start, wait until ready, watch, stop."""

import contextlib
import http.client
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from core.embedded import config as configuration
from core.embedded import servers
from core.embedded.children import Child, end_leftovers, programs, stop
from core.embedded.config import RUN_MARK, RunConfig
from core.embedded.errors import ServiceError
from core.embedded.locks import FileLock, run_lock
from core.embedded.places import CHECKOUT, identity
from core.embedded.steps import Runner, preparation

READY_SECONDS = 120
WATCH_SECONDS = 1.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_RESTARTED_ON_CHANGE = ("worker", "beat")


class _Stopped(BaseException):
    """Somebody asked the run to stop."""


class Supervisor:
    """One run of the application on one data folder."""

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.runner = Runner(config)
        self.children = [Child(program, config) for program in programs(config)]
        self._signals = 0

    def run(self) -> None:
        """Run until asked to stop; raises ServiceError when a step or a program fails for good."""
        begun = time.monotonic()
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        try:
            with _only_run(self.config):
                self._whole_life(begun)
        except _Stopped:
            pass

    def _whole_life(self, begun: float) -> None:
        end_leftovers(f"{RUN_MARK}={identity(self.config.data_dir)}")
        _refuse_taken_port(self.config)
        try:
            self._prepare()
            for child in self.children:
                child.start()
            self._wait_until_ready()
            _announce(self.config, time.monotonic() - begun)
            self._watch()
        finally:
            self._stop()

    def _prepare(self) -> None:
        print("Preparing:", flush=True)
        if self.config.own_servers:
            print("  PostgreSQL and Redis", flush=True)
            servers.ensure_services(self.config.data_dir)
        for steps in preparation(self.config):
            self.runner.run(*steps)

    def _wait_until_ready(self) -> None:
        print("  web server, worker and beat", flush=True)
        deadline = time.monotonic() + READY_SECONDS
        while not _healthy(self.config):
            self._watch_once()
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"The web server did not answer {self.config.address}healthz/ with 200 within "
                    f"{READY_SECONDS} seconds: see {self.config.log('web')}."
                )
            time.sleep(0.2)

    def _watch(self) -> None:
        changes = _Changes() if self.config.dev else None
        while True:
            self._watch_once()
            if changes is not None and changes.seen():
                for child in self.children:
                    if child.program.name in _RESTARTED_ON_CHANGE:
                        child.restart()
            time.sleep(WATCH_SECONDS)

    def _watch_once(self) -> None:
        """A database or queue that died comes back before the programs that need it."""
        if self.config.own_servers:
            servers.revive(self.config.data_dir)
        for child in self.children:
            child.watch()

    def _stop(self) -> None:
        self._signals = max(self._signals, 1)
        print("Stopping.", flush=True)
        self.runner.stop()
        stop(self.children, hurry=lambda: self._signals > 1)
        if self.config.own_servers:
            servers.release(self.config.data_dir)
        print("Stopped.", flush=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """The first signal stops in good order, a second one during that kills what still runs."""
        self._signals += 1
        if self._signals == 1:
            raise _Stopped


def main(*, dev: bool = False) -> None:
    """Entry point of `make run` and `make dev`; raises ServiceError with one sentence."""
    Supervisor(configuration.read(dev=dev)).run()


@contextlib.contextmanager
def _only_run(config: RunConfig) -> Iterator[FileLock]:
    servers.make_folders(config.data_dir)
    lock = run_lock(config.data_dir)
    if not lock.take(wait=False):
        raise ServiceError(
            f"Already running on {config.data_dir} at {lock.read()}: stop that first, or set DATA_DIR and "
            "PORT to others."
        )
    lock.note(config.address)
    try:
        yield lock
    finally:
        lock.release()


def _refuse_taken_port(config: RunConfig) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise ServiceError(
                f"Cannot listen on {config.bind} ({error.strerror}): set PORT or HOST to a free one."
            ) from error


def _healthy(config: RunConfig) -> bool:
    link = http.client.HTTPConnection(config.reachable_host, config.port, timeout=5)
    try:
        link.request("GET", "/healthz/")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _announce(config: RunConfig, seconds: float) -> None:
    lines = [f"Ready after {seconds:.0f} s: {config.address}"]
    logins = config.data_dir / "demo-logins.txt"
    if config.seed_demo and logins.exists():
        lines += ["", f"Demo log-ins ({logins}):", logins.read_text(encoding="utf-8").rstrip()]
    lines += ["", f"Logs: {config.data_dir / 'log'}. Stop with Ctrl-C."]
    print("\n".join(lines), flush=True)


class _Changes:
    """Notices changed Python files of the checkout, for the programs that do not reload themselves."""

    def __init__(self) -> None:
        self._latest = self._newest()

    def seen(self) -> bool:
        before, self._latest = self._latest, self._newest()
        return self._latest != before

    def _newest(self) -> float:
        files = (path for folder in _source_folders() for path in folder.rglob("*.py"))
        return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)


def _source_folders() -> list[Path]:
    return [path.parent for path in CHECKOUT.glob("*/__init__.py")]
