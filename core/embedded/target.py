"""The database that backup and restore work on, and PostgreSQL's own programs for it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2
from psycopg2.extensions import make_dsn

from core.embedded.binaries import find
from core.embedded.config import read
from core.embedded.errors import ServiceError
from core.embedded.places import places, urls
from core.embedded.servers import ensure_services, release

MAINTENANCE = "postgres"
# What a connection URL may carry beside its parts.
_OPTIONS = ("sslmode", "sslrootcert", "connect_timeout")
# Rows are compared as text, so their text must not depend on a server's defaults.
_SETTLED = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c statement_timeout=0"


@dataclass(frozen=True)
class Target:
    """A database by libpq's keywords (host, port, user, password, dbname, ...)."""

    data_dir: Path
    address: dict[str, str]
    own_servers: bool

    @property
    def database(self) -> str:
        return self.address["dbname"]

    @contextmanager
    def connect(self, database: str | None = None) -> Iterator["psycopg2.extensions.connection"]:
        """A connection with settled output formats; ServiceError when the database cannot be reached."""
        address = make_dsn(**{**self.address, "dbname": database or self.database}, options=_SETTLED)
        try:
            link = psycopg2.connect(address)
        except psycopg2.OperationalError as error:
            raise ServiceError(
                f"The database cannot be reached: {str(error).strip().splitlines()[0]}."
            ) from error
        try:
            yield link
        finally:
            link.close()

    def run(
        self, program: str, arguments: Sequence[str], advice: str, *, database: str | None = None
    ) -> None:
        """Run one of PostgreSQL's programs; raises ServiceError with its last words."""
        done = subprocess.run(
            [self._program(program), *arguments],
            env={"PATH": os.defpath, "LC_ALL": "C", **self._environment(database or self.database)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = done.stderr.strip().splitlines() or ["no output"]
            raise ServiceError(f"{program} failed ({words[-1][:300]}): {advice}.")

    def _environment(self, database: str) -> dict[str, str]:
        """The address as environment variables: a password must not stand in a command line."""
        parts = {name: value for name, value in self.address.items() if name != "dbname"}
        return {**{f"PG{name.upper()}": value for name, value in parts.items()}, "PGDATABASE": database}

    def _program(self, name: str) -> str:
        """The wheel's program for our own server; for a given one the system's, which may know TLS."""
        installed = None if self.own_servers else shutil.which(name)
        return installed or find(places(self.data_dir).account).postgres(name)


@contextmanager
def target(environ: Mapping[str, str] | None = None) -> Iterator[Target]:
    """The owner's database of this environment, with the embedded servers running where they are used."""
    environ = os.environ if environ is None else environ
    config = read(environ)
    given = environ.get("MIGRATE_DATABASE_URL", "").strip() or environ.get("DATABASE_URL", "").strip()
    own = not given
    url = given or urls(config.data_dir).migrate_database_url
    if own:
        ensure_services(config.data_dir)
    try:
        yield Target(config.data_dir, address(url), own)
    finally:
        if own:
            release(config.data_dir)


def address(url: str) -> dict[str, str]:
    """A PostgreSQL URL as libpq's keywords; raises ServiceError for what is not such a URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise ServiceError("DATABASE_URL: must look like postgres://user@host/database.")
    values = {
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path[1:]),
        **{name: value for name, value in parse_qsl(parts.query) if name in _OPTIONS},
    }
    return {name: value for name, value in values.items() if value}
