"""The environment, read once. Nonsense is refused at start with the variable's name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def _refuse(name: str, problem: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {problem}")


def text(name: str, default: str | None = None) -> str:
    """A string; without default it must be set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise _refuse(name, "must be set")
    return default


def flag(name: str, default: bool = False) -> bool:
    """A yes/no value: 1/true/yes/on or 0/false/no/off."""
    if name not in os.environ:
        return default
    value = os.environ[name].strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise _refuse(name, f"must be 1 or 0, not {value!r}")


def number(name: str, default: int, low: int, high: int) -> int:
    """A whole number within low..high."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise _refuse(name, f"must be a whole number from {low} to {high}, not {raw!r}")
    return int(raw)


def listing(name: str, default: str) -> list[str]:
    """Words separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def url(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """A URL with one of the schemes."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise _refuse(name, f"must be a URL that begins with {' or '.join(s + '://' for s in schemes)}")
    return value


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and Redis are. `owner_url` is None when one role does everything."""

    database_url: str
    owner_url: str | None
    redis_url: str


def data_dir(default: str = "var") -> Path:
    """The folder for all that the installation writes."""
    path = Path(text("DATA_DIR", default)).expanduser()
    return path if path.is_absolute() else ROOT / path


def servers(folder: Path) -> Servers:
    """Servers from DATABASE_URL, MIGRATE_DATABASE_URL and REDIS_URL, else the embedded ones below `folder`."""
    from core import embedded

    own = embedded.urls(folder)
    database = url("DATABASE_URL", ("postgres", "postgresql"), own.database_url)
    given = bool(os.environ.get("DATABASE_URL", "").strip())
    owner = url("MIGRATE_DATABASE_URL", ("postgres", "postgresql"), "" if given else own.migrate_database_url)
    return Servers(database, owner or None, url("REDIS_URL", ("redis", "rediss", "unix"), own.redis_url))
