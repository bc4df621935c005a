"""What a backup says about itself: enough to prove after a restore that nothing is missing or changed."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

FORMAT = 1
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
_GRANTEES = """
    SELECT DISTINCT pg_get_userbyid(a.grantee)::text FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> 0 ORDER BY 1
"""


@dataclass(frozen=True)
class Manifest:
    """Format, origin and content of one backup; ``tables`` maps a name to rows and a sum over their text."""

    format: int
    made_at: str
    postgres: int
    migrations: list[list[str]]
    roles: list[str]
    tables: dict[str, list[Any]]
    audit_head: list[Any] | None
    dump_sha256: str = ""
    dump_bytes: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.tables.values())


@dataclass(frozen=True)
class Content:
    """What can be counted in a database."""

    tables: dict[str, list[Any]]
    audit_head: list[Any] | None


def content(link: "psycopg2.extensions.connection") -> Content:
    """Rows and sums of every table, and the last link of the audit chain, as one snapshot sees them."""
    tables = {name: _sum(link, name) for name in names(link)}
    return Content(tables, _audit_head(link) if "core_auditevent" in tables else None)


def names(link: "psycopg2.extensions.connection") -> list[str]:
    return [row[0] for row in _rows(link, _TABLES)]


def grantees(link: "psycopg2.extensions.connection") -> list[str]:
    """Roles that have to exist before this database can be restored."""
    return [row[0] for row in _rows(link, _GRANTEES)]


def migrations(link: "psycopg2.extensions.connection") -> list[list[str]]:
    """Applied migrations as [app, name]; none before the first one."""
    if "django_migrations" not in names(link):
        return []
    return [list(row) for row in _rows(link, "SELECT app, name FROM django_migrations ORDER BY id")]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sum(link: "psycopg2.extensions.connection", table: str) -> list[Any]:
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"
    )
    return list(_rows(link, query.format(sql.Identifier(table)))[0])


def _audit_head(link: "psycopg2.extensions.connection") -> list[Any] | None:
    found = _rows(link, "SELECT id, hash FROM core_auditevent ORDER BY id DESC LIMIT 1")
    return list(found[0]) if found else None


def _rows(link: "psycopg2.extensions.connection", query: str | sql.Composed) -> list[tuple[Any, ...]]:
    with link.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
