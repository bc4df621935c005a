"""Demo log-ins: random passwords made once per DATA_DIR, in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

FILE_NAME = "demo-logins.txt"
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def path() -> Path:
    """Where the log-ins stand."""
    return Path(settings.DATA_DIR) / FILE_NAME


def read() -> dict[str, str]:
    """Password by username, empty without the file. A line is: role, username, password, tabs between."""
    if not path().exists():
        return {}
    rows = (line.split("\t") for line in path().read_text(encoding="utf-8").splitlines())
    return {row[1].strip(): row[2].strip() for row in rows if len(row) == 3}


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def passwords(roles: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Password by username for (role, username) pairs: known ones are kept, the others made and written down."""
    wanted = list(roles)
    known = read()
    chosen = {username: known.get(username) or _new_password() for _, username in wanted}
    if known != chosen:
        _write(f"{role}\t{username}\t{chosen[username]}\n" for role, username in wanted)
    return chosen


def _write(lines: Iterable[str]) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    spare = path().with_suffix(".new")
    handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(handle, 0o600)
        file.writelines(lines)
    spare.replace(path())
