"""Where everything of one data folder lies, and the addresses that follow from it.

As an ordinary user all state is below ``DATA_DIR``. As root it is too, unless the servers' account cannot
enter ``DATA_DIR`` (as below a 0700 home): then it is below ``/var/lib/aftersales/<id>`` and
``services.json`` in ``DATA_DIR`` records that. The record wins over any later computation, so data never
moves by itself.

The socket folder is 0700 and belongs to the servers' account, which is ours or, as root, one whose folders
root may always enter. Inside it PostgreSQL trusts whoever connects: the folder is the gate. Peer
authentication would add nothing, because migrations and the application run under the same system account
and differ by database role alone.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from core.embedded.account import Account, is_root, may_enter, server_account
from core.embedded.errors import ServiceError

DATABASE = "aftersales"
OWNER_ROLE = "aftersales_owner"
APP_ROLE = "aftersales_app"
SUPERUSER = "postgres"

SYSTEM_STATE = Path("/var/lib/aftersales")
# A socket's path may have 107 bytes; a margin for PostgreSQL's own file name is kept.
SOCKET_PATH_LIMIT = 100
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./@+-]+")
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Services:
    """Addresses of the two servers: the application's role, the owner's role (migrations), Redis."""

    database_url: str
    migrate_database_url: str
    redis_url: str


@dataclass(frozen=True)
class Places:
    """Folders of one data folder; nothing here is created by looking at it."""

    data_dir: Path
    home: Path
    sockets: Path

    @property
    def pgdata(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_dir(self) -> Path:
        return self.home / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def logs(self) -> Path:
        return self.data_dir / "log"

    @property
    def record(self) -> Path:
        return self.data_dir / "services.json"

    @cached_property
    def account(self) -> Account:
        """Account the servers run under."""
        return server_account(self.pgdata)

    @property
    def services(self) -> Services:
        return Services(
            database_url=self.database_url(APP_ROLE),
            migrate_database_url=self.database_url(OWNER_ROLE),
            redis_url=f"unix://{self.redis_socket}?db=0",
        )

    def database_url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}/{database}"


def data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The data folder in force: ``DATA_DIR`` (relative to the checkout), else ``var`` in the checkout."""
    given = (os.environ if environ is None else environ).get("DATA_DIR", "").strip()
    return (CHECKOUT / Path(given or "var").expanduser()).resolve()


def urls(folder: Path | str) -> Services:
    """Addresses for a data folder, without starting anything; the same before and after the start."""
    return places(Path(folder)).services


def places(folder: Path) -> Places:
    """Where the servers of this data folder keep their state; ServiceError for an unreadable record."""
    folder = folder.expanduser().resolve()
    record = folder / "services.json"
    try:
        kept = json.loads(record.read_text())
    except FileNotFoundError:
        return _compute(folder)
    except (PermissionError, NotADirectoryError) as error:
        raise ServiceError(f"{folder} belongs to another account: choose another DATA_DIR.") from error
    except ValueError as error:
        raise ServiceError(f"{record} is damaged: move {folder} away, or restore that file.") from error
    return _recorded(folder, kept)


def write_record(where: Places) -> None:
    """Keep the decision, so that a later change of permissions or limits does not lose the data."""
    paths = {"data_dir": where.data_dir, "home": where.home, "sockets": where.sockets}
    text = json.dumps({name: str(path) for name, path in paths.items()}, indent=1)
    draft = where.record.with_suffix(".new")
    draft.write_text(text + "\n")
    draft.replace(where.record)


def identity(folder: Path) -> str:
    """Short stable name of a data folder, for places outside it."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def _recorded(folder: Path, kept: dict[str, str]) -> Places:
    """Places as recorded; a folder that was moved or copied with its data inside stands for itself."""
    if kept["data_dir"] != str(folder) and kept["home"] == kept["data_dir"]:
        return _compute(folder)
    return Places(folder, Path(kept["home"]), Path(kept["sockets"]))


def _compute(folder: Path) -> Places:
    home = _home(folder)
    return Places(folder, home, _sockets(folder, home))


def _home(folder: Path) -> Path:
    if not is_root() or (folder / "postgres").exists():
        return folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    account = server_account(folder / "postgres")
    return folder if may_enter(account, nearest) else SYSTEM_STATE / identity(folder)


def _sockets(folder: Path, home: Path) -> Path:
    preferred = home / "run"
    path = str(preferred / ".s.PGSQL.5432")
    if len(path.encode()) <= SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(path):
        return preferred
    if is_root():
        return SYSTEM_STATE / identity(folder) / "run"
    return Path(f"/tmp/aftersales-{os.geteuid()}-{identity(folder)}")  # noqa: S108 - made 0700, owner checked
