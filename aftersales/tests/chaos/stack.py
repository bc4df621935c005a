"""A whole installation in a folder of its own, whose parts can be killed one by one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2

from core import embedded
from core.embedded import postgres_server, processes, redis_server, servers
from core.embedded.places import places

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = "aftersales.tests.chaos.settings"


def wait_for(what: Callable[[], Any], seconds: float, pause: float = 0.1) -> float:
    """Seconds until `what` held; fails after `seconds`."""
    begun = time.monotonic()
    while not what():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begun


class Stack:
    """PostgreSQL, Redis, and the processes started here. `environment` is added to theirs."""

    def __init__(self, **environment: str) -> None:
        # Short, since a socket's path may have 100 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="as-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.environment = {
            **{
                name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
            },
            "DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            **environment,
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        embedded.ensure_services(self.folder, throwaway=True)
        self.where = places(self.folder)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self.run("-m", "django", "migrate", "-v", "0")
        self.sql("CREATE TABLE chaos_row (key text)")
        self.sql("GRANT ALL ON chaos_row TO PUBLIC")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python …` as the leader of its own process group; its output goes to a file in the folder."""
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def run(self, *arguments: str) -> None:
        """Run `python …` to its end; it has to succeed."""
        process = self.start(*arguments)
        assert process.wait(120) == 0, self.logs()

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with two children."""
        return self.start("-m", "celery", "-A", "aftersales", "worker", "-c", "2", "-l", "INFO")

    def beat(self) -> subprocess.Popen[bytes]:
        """Start a scheduler."""
        pidfile = f"--pidfile={self.folder}/beat-{len(self.processes)}.pid"
        return self.start("-m", "celery", "-A", "aftersales", "beat", "-l", "WARNING", pidfile)

    def web(self, port: int) -> subprocess.Popen[bytes]:
        """Start the web server as `make run` does."""
        config = ("-c", "aftersales/gunicorn_conf.py", "-b", f"127.0.0.1:{port}")
        return self.start("-m", "gunicorn", *config, "aftersales.wsgi")

    def publisher(self, count: int, per_second: float) -> subprocess.Popen[bytes]:
        """Start the process that publishes effects."""
        return self.start("-m", "aftersales.tests.chaos.publisher", str(count), str(per_second))

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement as superuser and give its rows."""
        link = postgres_server.connect(self.where, "aftersales")
        try:
            with link.cursor() as cursor:
                cursor.execute(statement, values or None)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            link.close()

    def try_sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As `sql`; nothing when the database does not answer."""
        try:
            return self.sql(statement)
        except psycopg2.Error:
            return []

    def kill_redis(self) -> None:
        """kill -9, and whatever it had written is gone too: a broker without persistence."""
        processes.send(redis_server.pids(self.where), signal.SIGKILL)
        wait_for(lambda: not redis_server.pids(self.where), 10)
        for path in self.where.redis_dir.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def kill_postgres(self) -> None:
        """Immediate stop: no checkpoint, every connection cut."""
        pids = postgres_server.pids(self.where)
        masters = [pid for pid in pids if processes.parent(pid) not in pids]
        processes.send(masters, signal.SIGQUIT)
        wait_for(lambda: not postgres_server.pids(self.where), 20)

    def revive(self) -> None:
        """Start again what is down of PostgreSQL and Redis."""
        servers.revive(self.folder)

    def logs(self) -> str:
        """The ends of all log files, for a test that failed."""
        return "\n".join(
            f"== {path.name}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log"))
        )

    def close(self) -> None:
        """End everything started here and delete the folder."""
        for process in self.processes:
            kill_group(process)
        embedded.discard(self.folder)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """kill -9 a process with its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def kill_child(process: subprocess.Popen[bytes]) -> bool:
    """kill -9 one child of a worker; whether it had one."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    children = path.read_text().split() if path.exists() else []
    if children:
        os.kill(int(children[0]), signal.SIGKILL)
    return bool(children)
