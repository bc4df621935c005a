"""Locks of a data folder. All are kernel locks on open files: a crash releases them, nothing can be stale."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """An advisory lock on a file, held by this process until released or until the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; False when it is held elsewhere and ``wait`` is off."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._fd, kind)
        except BlockingIOError:
            return False
        return True

    def note(self, text: str) -> None:
        """Leave a line for whoever finds the lock taken."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, text.encode(), 0)

    def read(self) -> str:
        return self.path.read_text().strip()

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the servers of a data folder."""
    lock = FileLock(folder / "change.lock")
    lock.take()
    try:
        yield
    finally:
        lock.release()


def use_lock(folder: Path) -> FileLock:
    """Shared by every user of the servers: who can take it alone is the last one. This is the use count."""
    return FileLock(folder / "use.lock")


def run_lock(folder: Path) -> FileLock:
    """Held by the one ``make run`` of a data folder."""
    return FileLock(folder / "run.lock")
