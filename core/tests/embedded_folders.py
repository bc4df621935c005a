"""Data folders for the tests of the embedded servers, and their removal wherever the state lies."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from core import embedded
from core.embedded import postgres_server, processes, redis_server
from core.embedded.places import SYSTEM_STATE, Places, identity, places


@contextmanager
def data_folder(*, enterable: bool = True, name: str = "data") -> Iterator[Path]:
    """A data folder that does not exist yet, below one that others may or may not enter."""
    parent = Path(tempfile.mkdtemp(prefix="as-", dir="/tmp"))
    parent.chmod(0o711 if enterable else 0o700)
    folder = parent / name
    try:
        yield folder
    finally:
        remove(folder)
        shutil.rmtree(parent, ignore_errors=True)


def remove(folder: Path) -> None:
    """Stop the servers of a folder and delete its state, also outside it."""
    if not folder.exists():
        return
    where = places(folder)
    embedded.stop(folder)
    for path in {where.home, where.sockets, SYSTEM_STATE / identity(folder)}:
        shutil.rmtree(path, ignore_errors=True)


def execute(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements over one connection; rows of the last one."""
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        link.close()


def kill_servers(where: Places) -> None:
    """As a power cut for the processes: no goodbye."""
    pids = postgres_server.pids(where) + redis_server.pids(where)
    processes.send(pids, signal.SIGKILL)
    # A supervisor may have started new ones by the time we look, so only the killed ones count.
    gone = lambda: not set(pids) & {*postgres_server.pids(where), *redis_server.pids(where)}  # noqa: E731
    assert processes.wait_until(gone, 10)
