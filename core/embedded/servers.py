"""Starting and stopping both servers of a data folder, shared by every process that uses them."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.embedded import layout, postgres_server, redis_server
from core.embedded.account import Account, is_root, own_folder
from core.embedded.binaries import find
from core.embedded.errors import ServiceError
from core.embedded.locks import FileLock, changing, use_lock
from core.embedded.logfiles import rotated
from core.embedded.places import SYSTEM_STATE, Places, Services, places, write_record

_held: dict[Path, "_Use"] = {}


@dataclass
class _Use:
    """This process' share in the use lock, and how many callers of it count on that."""

    lock: FileLock
    callers: int = 0


def ensure_services(folder: Path | str, *, throwaway: bool = False) -> Services:
    """Start PostgreSQL and Redis of this data folder if they are down and count this process as their user.

    ``throwaway`` makes a new folder one whose data may be lost in a power cut (tests); a folder that holds
    data already keeps what it was made as. Side effects: files below the folder (and as root perhaps below
    /var/lib/aftersales, see places). Raises ServiceError with one sentence.
    """
    where = places(Path(folder))
    make_folders(where.data_dir)
    with changing(where.data_dir):
        where = _settle(where, throwaway=throwaway)
        _start(where)
        _hold(where.data_dir)
    return where.services


def revive(folder: Path | str) -> bool:
    """Start again whichever of the two servers died; whether there was something to do."""
    where = places(Path(folder))
    if running(where.data_dir):
        return False
    with changing(where.data_dir):
        _start(where)
    return True


def release(folder: Path | str) -> None:
    """End one use; stops the servers when nobody else uses them and nobody asked to keep them."""
    where = places(Path(folder))
    use = _held.get(where.data_dir)
    if use is None:
        return
    use.callers -= 1
    if use.callers:
        return
    del _held[where.data_dir]
    with changing(where.data_dir):
        last = use.lock.take(wait=False)
        if last and not _keep_mark(where).exists():
            _stop(where)
        use.lock.release()


def stop(folder: Path | str) -> None:
    """Stop both servers, whoever uses them, and forget :func:`keep_running`."""
    where = places(Path(folder))
    if not where.data_dir.exists():
        return
    with changing(where.data_dir):
        _keep_mark(where).unlink(missing_ok=True)
        _stop(where)
    use = _held.pop(where.data_dir, None)
    if use is not None:
        use.lock.release()


def discard(folder: Path | str) -> None:
    """Stop the servers of a throwaway folder and delete it with all its data; other folders are refused."""
    where = places(Path(folder))
    if not where.data_dir.exists():
        return
    if not _throwaway_mark(where).exists():
        raise ServiceError(f"{where.data_dir} was not made for tests: delete it by hand if you mean it.")
    stop(where.data_dir)
    for path in {where.data_dir, where.home, where.sockets}:
        shutil.rmtree(path, ignore_errors=True)


def keep_running(folder: Path | str, *, throwaway: bool = False) -> Services:
    """Start the servers and leave them running after this process, until :func:`stop`."""
    services = ensure_services(folder, throwaway=throwaway)
    _keep_mark(places(Path(folder))).touch()
    return services


def running(folder: Path | str) -> bool:
    """Whether both servers answer."""
    where = places(Path(folder))
    return postgres_server.answers(where) and redis_server.answers(where)


def _start(where: Places) -> None:
    database_up = postgres_server.is_up(where)
    redis_up = redis_server.is_up(where)
    if not (database_up and redis_up):
        programs = find(where.account)
        if not redis_up:
            redis_server.start(where, programs, rotated(where.logs / "redis.log"))
        if not database_up:
            throwaway = _throwaway_mark(where).exists()
            postgres_server.start(where, programs, rotated(where.logs / "postgres.log"), throwaway=throwaway)
    layout.bring_up_to_date(where)


def _stop(where: Places) -> None:
    redis_server.stop(where)
    postgres_server.stop(where)


def _hold(folder: Path) -> None:
    use = _held.setdefault(folder, _Use(use_lock(folder)))
    use.lock.take(shared=True)
    use.callers += 1


def make_folders(folder: Path) -> None:
    """Make the data folder with its parents, passable for the servers' account, and the folder for logs."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    mode = 0o711 if is_root() else 0o700
    try:
        for path in reversed(missing):
            path.mkdir(mode=mode)
            os.chmod(path, mode)
    except OSError as error:
        raise ServiceError(f"{folder} cannot be made ({error.strerror}): choose another DATA_DIR.") from error
    if not os.access(folder, os.W_OK):
        raise ServiceError(f"{folder} is not writable for this account: choose another DATA_DIR.")
    own_folder(folder / "log", Account(os.geteuid(), os.getegid(), "self"))


def _settle(where: Places, *, throwaway: bool) -> Places:
    """Make the folders and keep a record of them; the first start decides, later ones follow the record."""
    where = places(where.data_dir)
    if not where.record.exists():
        _set_aside(where)
    account = where.account
    if where.home != where.data_dir or where.sockets.is_relative_to(SYSTEM_STATE):
        own_folder(SYSTEM_STATE, Account(0, 0, "root"), mode=0o755)
        own_folder(SYSTEM_STATE / where.sockets.parent.name, account)
        _claim(where)
    for folder in (where.sockets, where.redis_dir):
        own_folder(folder, account)
    if not where.pgdata.exists():
        layout.forget(where)
        if throwaway:
            _throwaway_mark(where).touch()
    write_record(where)
    return where


def _set_aside(where: Places) -> None:
    """Whoever deleted the data folder wants a fresh one; what lies outside it is moved, never deleted."""
    if where.home != where.data_dir and where.home.exists():
        _stop(where)
        where.home.rename(where.home.with_name(f"{where.home.name}.left-{datetime.now(UTC):%Y%m%dT%H%M%S}"))


def _claim(where: Places) -> None:
    """A copied data folder must not share the database of its original; a moved one takes it along."""
    note = where.sockets.parent / "belongs-to"
    other = Path(note.read_text()) if note.exists() else where.data_dir
    if other != where.data_dir and (other / "services.json").exists():
        raise ServiceError(
            f"{where.data_dir} is a copy of {other}, whose database lies in {where.home}: remove "
            f"{where.record} to start with an empty database."
        )
    note.write_text(str(where.data_dir))


def _keep_mark(where: Places) -> Path:
    return where.data_dir / "keep-running"


def _throwaway_mark(where: Places) -> Path:
    return where.data_dir / "throwaway"
