"""What has to be done before the application may start: each step is one program with its own log."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from core.embedded import processes
from core.embedded.config import RunConfig
from core.embedded.errors import ServiceError
from core.embedded.places import CHECKOUT

STOP_SECONDS = 20


@dataclass(frozen=True)
class Step:
    """One program; ``title`` is shown while it runs, ``advice`` stands in the sentence when it fails."""

    name: str
    title: str
    command: Sequence[str]
    advice: str

    @property
    def umask(self) -> int:
        """The data folder is for this account alone; the checkout follows the umask of the shell."""
        return 0o077 if self.command[0] == "manage.py" else -1


class Runner:
    """Runs steps one after the other or side by side, and can be interrupted at any moment."""

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, *steps: Step) -> None:
        """Run the steps side by side; raises ServiceError for the first that failed."""
        begun = [(step, self._begin(step)) for step in steps]
        for step, process in begun:
            process.wait()
            self._running.remove(process)
            if process.returncode:
                self.stop()
                raise ServiceError(self._sentence(step))

    def stop(self) -> None:
        """End whatever step still runs."""
        for process in self._running:
            end_group(process, STOP_SECONDS)
        self._running.clear()

    def _begin(self, step: Step) -> "subprocess.Popen[bytes]":
        print(f"  {step.title}", flush=True)
        with self.config.log(step.name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *step.command],
                cwd=CHECKOUT,
                env=self.config.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=step.umask,
            )
        self._running.append(process)
        return process

    def _sentence(self, step: Step) -> str:
        log = self.config.log(step.name)
        lines = log.read_text(errors="replace").strip().splitlines()
        reason = f" ({lines[-1].strip()[:300]})" if lines else ""
        return f"The step '{step.name}' failed{reason}: {step.advice}; the whole output is in {log}."


def end_group(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Ask a program and all it started to end; kill what is left after ``seconds``."""
    signal_group(process, signal.SIGTERM)
    if not processes.wait_until(lambda: process.poll() is not None, seconds):
        signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Signal every process of the program's group, also when the program itself is gone."""
    processes.send_group(process.pid, number)


def preparation(config: RunConfig) -> list[list[Step]]:
    """Steps in order; those in one list do not depend on each other."""
    rounds = [[_assets(), _migrate(config)], [_messages()]]
    if not config.dev:
        rounds[-1].append(_collect())
    if config.seed_demo:
        rounds[-1].append(_seed())
    return rounds


def _assets() -> Step:
    return Step("assets", "front-end files", ["tools/assets.py"], "check the connection to the npm registry")


def _migrate(config: RunConfig) -> Step:
    command = ["manage.py", "migrate", "--noinput"]
    if config.environ.get("MIGRATE_DATABASE_URL", "").strip():
        command.append("--database=owner")
    advice = "check that the database can be reached and that its role may change tables"
    return Step("migrate", "database tables", command, advice)


def _messages() -> Step:
    return Step("messages", "translations", ["tools/messages.py"], "mend the catalogue it names")


def _collect() -> Step:
    advice = "check that DATA_DIR is writable and has room"
    return Step("static", "static files", ["manage.py", "collectstatic", "--noinput"], advice)


def _seed() -> Step:
    advice = "start with an empty DATA_DIR, or set SEED_DEMO=0 to go without the demo"
    return Step("demo", "demo data", ["manage.py", "seed_demo", "--if-empty"], advice)
