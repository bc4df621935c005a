"""The programs of a run: web server, worker and beat; started, watched, started again, stopped."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.embedded import processes
from core.embedded.config import RunConfig
from core.embedded.errors import ServiceError
from core.embedded.logfiles import rotated
from core.embedded.places import CHECKOUT
from core.embedded.steps import signal_group

# A web request may take 20 s to end, a task 20 s to be handed back; then patience ends.
STOP_SECONDS = 25
FAILURES_ALLOWED = 5
FAILURE_WINDOW_SECONDS = 120
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """A program that has to run as long as the application does."""

    name: str
    command: Sequence[str]


def programs(config: RunConfig) -> list[Program]:
    """Web server, worker and beat of this run."""
    celery = ["-m", "celery", "--app", "aftersales"]
    return [
        Program("web", _web(config)),
        Program("worker", [*celery, "worker", "--loglevel", "info", "--concurrency", "2"]),
        Program("beat", [*celery, "beat", "--loglevel", "info"]),
    ]


def _web(config: RunConfig) -> list[str]:
    if config.dev:
        return ["manage.py", "runserver", config.bind]
    return [
        "-m", "gunicorn", "--config", "aftersales/gunicorn_conf.py", "--bind", config.bind,
        "aftersales.wsgi:application",
    ]  # fmt: skip


class Child:
    """One program with its process, its recent deaths and the moment it may start again."""

    def __init__(self, program: Program, config: RunConfig) -> None:
        self.program = program
        self.config = config
        self.process: subprocess.Popen[bytes] | None = None
        self._deaths: list[float] = []
        self._not_before = 0.0

    def start(self) -> None:
        with rotated(self.config.log(self.program.name)).open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program.command],
                cwd=CHECKOUT,
                env=self.config.environ,
                stdin=subprocess.DEVNULL,
                stdout=None if self.config.dev else log,
                stderr=None if self.config.dev else subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                preexec_fn=_end_with_parent,  # safe: the supervisor has one thread
            )

    def watch(self) -> None:
        """Start the program again when it died; raises ServiceError when it dies again and again."""
        if self.process is not None and self.process.poll() is not None:
            self._note_death(self.process.returncode)
        if self.process is None and time.monotonic() >= self._not_before:
            self.start()

    def restart(self) -> None:
        """Stop the program in good order; the next watch starts it."""
        stop([self])
        self.process = None

    def _note_death(self, code: int) -> None:
        if self.process is not None:
            signal_group(self.process, signal.SIGKILL)
        self.process = None
        now = time.monotonic()
        self._deaths = [at for at in self._deaths if at > now - FAILURE_WINDOW_SECONDS] + [now]
        if len(self._deaths) >= FAILURES_ALLOWED:
            raise ServiceError(
                f"The program '{self.program.name}' ended {FAILURES_ALLOWED} times within "
                f"{FAILURE_WINDOW_SECONDS} seconds: see {self.config.log(self.program.name)}."
            )
        pause = 2.0 ** (len(self._deaths) - 1)
        self._not_before = now + pause
        print(f"  '{self.program.name}' ended with {code}; starting it again in {pause:.0f} s.", flush=True)


def stop(children: Sequence[Child], hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to end at the same time, wait together, kill what is left or at once when ``hurry`` says so."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        processes.send([process.pid], signal.SIGTERM)
    processes.wait_until(
        lambda: hurry() or all(process.poll() is not None for process in running), STOP_SECONDS
    )
    for process in running:
        signal_group(process, signal.SIGKILL)
        process.wait()


def end_leftovers(mark: str) -> None:
    """End what a killed supervisor left behind, so that port and queue are free."""
    name, _, identity = mark.partition("=")

    def left() -> list[int]:
        return processes.marked(name, identity)

    processes.send(left(), signal.SIGTERM)
    if not processes.wait_until(lambda: not left(), STOP_SECONDS, pause=0.2):
        processes.send(left(), signal.SIGKILL)


def _end_with_parent() -> None:
    """Between fork and exec: have the kernel end this process when the supervisor is killed (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
