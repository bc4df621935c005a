"""Finding and ending server processes by the folder they work in, never by a number from an old file.

A process number read from a file may belong to anything after a crash or a restart of the machine. Both
servers change into their data folder, so the kernel's answer to "who works here" cannot be stale.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from core.embedded.account import Account, run_as


def working_in(folder: Path, program: str, account: Account) -> list[int]:
    """Process numbers of ``program`` whose working directory is ``folder``, also if it was deleted since."""
    wanted = {str(folder), f"{folder} (deleted)"}
    found = _own_view() if account.uid == os.geteuid() else _view_of(account)
    return [pid for pid, cwd in found if cwd in wanted and _name(pid) == program]


def _own_view() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                yield int(name), os.readlink(f"/proc/{name}/cwd")
            except OSError:  # gone, a zombie, or somebody else's
                continue


def _view_of(account: Account) -> Iterator[tuple[int, str]]:
    """In a container even root may not look into another account's processes: that account looks."""
    listing = subprocess.run(
        ["sh", "-c", "ls -lN /proc/[0-9]*/cwd 2>/dev/null"],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        **run_as(account),
    )
    for line in listing.stdout.splitlines():
        link, arrow, cwd = line.partition(" -> ")
        if arrow:
            yield int(link.split("/proc/")[1].split("/")[0]), cwd


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def command_line(pid: int) -> str:
    """What a process shows as its command; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def parent(pid: int) -> int:
    """Parent of a process; 0 when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def send(pids: list[int], number: signal.Signals) -> None:
    """Signal those that still exist."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Poll ``done`` for at most ``seconds``; whether it came true."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def send_group(pid: int, number: signal.Signals) -> None:
    """Signal a process group that a program of ours leads; nothing happens when it is gone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def marked(name: str, prefix: str) -> list[int]:
    """Processes of this account whose environment holds the variable ``name`` beginning with ``prefix``."""
    wanted = f"{name}={prefix}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                environment = Path(f"/proc/{entry}/environ").read_bytes()
            except OSError:
                continue
            if any(part.startswith(wanted) for part in environment.split(b"\0")):
                found.append(int(entry))
    return found
