"""One Redis on a Unix socket. Append-only file each second, nothing evicted: it carries the task queue."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from core.embedded import processes
from core.embedded.account import run_as
from core.embedded.binaries import Binaries
from core.embedded.errors import ServiceError
from core.embedded.places import Places

PROGRAM = "redis-server"
START_SECONDS = 60
STOP_SECONDS = 15


def answers(where: Places) -> bool:
    """Whether Redis takes commands on its socket (while it still loads its file it does not)."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect(str(where.redis_socket))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def is_up(where: Places) -> bool:
    """Whether Redis runs and answers, after waiting for one that is busy or loading; ServiceError if silent."""
    processes.wait_until(lambda: answers(where) or not pids(where), START_SECONDS)
    if answers(where):
        return True
    if pids(where):
        raise ServiceError(f"Redis in {where.redis_dir} runs but does not answer: see {where.logs}.")
    return False


def start(where: Places, programs: Binaries, log: Path) -> None:
    """Start Redis and wait until it answers; raises ServiceError naming the log."""
    _end_leftovers(where)
    with log.open("ab") as output:
        server = subprocess.Popen(
            [str(programs.redis_server), *_options(where)],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **run_as(where.account),
        )
    processes.wait_until(lambda: answers(where) or server.poll() is not None, START_SECONDS)
    if not answers(where):
        server.kill()
        server.wait()
        raise ServiceError(f"Redis did not start: see {log}.")


def stop(where: Places) -> None:
    """Stop Redis; it writes its file first, and is killed if it does not come to an end."""
    processes.send(pids(where), signal.SIGTERM)
    if not processes.wait_until(lambda: not pids(where), STOP_SECONDS):
        _end_leftovers(where)


def pids(where: Places) -> list[int]:
    return processes.working_in(where.redis_dir, PROGRAM, where.account)


def _end_leftovers(where: Places) -> None:
    """A server that does not answer would fight with the new one over the file."""
    processes.send(pids(where), signal.SIGKILL)
    processes.wait_until(lambda: not pids(where), STOP_SECONDS)


def _options(where: Places) -> list[str]:
    return [
        "--port", "0",
        "--unixsocket", str(where.redis_socket),
        "--unixsocketperm", "700",
        "--dir", str(where.redis_dir),
        "--appendonly", "yes",
        "--appendfsync", "everysec",
        "--save", "",
        "--maxmemory-policy", "noeviction",
        "--daemonize", "no",
    ]  # fmt: skip
