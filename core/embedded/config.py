"""What `make run` and `make dev` take from the environment, read once and checked."""

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import ServiceError
from core.embedded.places import CHECKOUT, data_dir, identity, urls
from core.embedded.session import own_servers_wanted

# Every process of a run carries this variable, so that the next start finds what a crash left behind.
RUN_MARK = "AFTERSALES_RUN"
TRIAL_SETTINGS = "aftersales.settings.trial"


@dataclass(frozen=True)
class RunConfig:
    """One run: where it listens, where its data lies, and what its processes see as environment."""

    data_dir: Path
    host: str
    port: int
    dev: bool
    own_servers: bool
    seed_demo: bool
    environ: dict[str, str]

    @property
    def mark(self) -> str:
        return self.environ[RUN_MARK]

    @property
    def reachable_host(self) -> str:
        """Host for a connection from this machine."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        host = f"[{self.reachable_host}]" if ":" in self.reachable_host else self.reachable_host
        return f"http://{host}:{self.port}/"

    def log(self, name: str) -> Path:
        return self.data_dir / "log" / f"{name}.log"


def read(environ: Mapping[str, str] | None = None, *, dev: bool = False) -> RunConfig:
    """Configuration of this run; raises ServiceError naming the variable that makes no sense."""
    environ = os.environ if environ is None else environ
    folder = data_dir(environ)
    host = environ.get("HOST", "").strip() or "127.0.0.1"
    own_servers = own_servers_wanted(environ)
    return RunConfig(
        data_dir=folder,
        host=host,
        port=_port(environ.get("PORT", "").strip() or "8000"),
        dev=dev,
        own_servers=own_servers,
        seed_demo=_seed_demo(environ),
        environ=_environment(environ, folder, host, own_servers=own_servers, dev=dev),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ServiceError(f"PORT: must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _seed_demo(environ: Mapping[str, str]) -> bool:
    """The demo goes into our own database by default, into a given one only when asked for."""
    text = environ.get("SEED_DEMO", "").strip().lower()
    if text not in {"", "0", "1"}:
        raise ServiceError(f"SEED_DEMO: must be 1 or 0, not {text!r}.")
    if not text:
        return not environ.get("DATABASE_URL", "").strip()
    return text == "1"


def _environment(
    environ: Mapping[str, str], folder: Path, host: str, *, own_servers: bool, dev: bool
) -> dict[str, str]:
    result = {
        "DJANGO_SETTINGS_MODULE": TRIAL_SETTINGS,
        **environ,
        "DATA_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
        RUN_MARK: f"{identity(folder)}-{secrets.token_hex(4)}",
        # Programs that belong to the virtual environment come first, whatever the shell's PATH says.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), environ.get("PATH", os.defpath))),
    }
    if own_servers:
        result |= _server_addresses(environ, folder)
    if dev:
        result.setdefault("DEBUG", "1")
    result.setdefault("ALLOWED_HOSTS", ",".join(_allowed_hosts(host)))
    result.setdefault("PYTHONPATH", str(CHECKOUT))
    return result


def _server_addresses(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Addresses of the embedded pair for whatever is not given; a given database keeps its own owner."""
    own = urls(folder)
    addresses = {"REDIS_URL": environ.get("REDIS_URL", "").strip() or own.redis_url}
    if not environ.get("DATABASE_URL", "").strip():
        addresses |= {"DATABASE_URL": own.database_url, "MIGRATE_DATABASE_URL": own.migrate_database_url}
    return addresses


def _allowed_hosts(host: str) -> list[str]:
    """Names this machine is called by; with an address of its own also that one."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        names += [socket.gethostname(), *_own_addresses()]
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return names


def _own_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return sorted({str(entry[4][0]) for entry in found} - {"127.0.0.1"})
