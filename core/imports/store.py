"""Where the bytes of an import lie: the file itself and what is written beside it, under random names, for a week."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from core.imports.judging import in_batches
from core.imports.limits import LIMITS, refuse
from core.imports.readers import Numbered, read_rows
from core.models import ImportFile

CHECK, LOAD = "import.check", "import.load"
CHECKED_NOTICE, DONE_NOTICE = "core.import_checked", "core.import_done"
PROGRESS = "import"
KEPT = timedelta(days=7)
_MEGABYTE = 1 << 20


def folder() -> Path:
    """The folder of imports, for this account only."""
    place = Path(settings.IMPORT_DIR)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def keep(chunks: Iterable[bytes]) -> tuple[str, str]:
    """Write an uploaded file; returns its random name and its fingerprint. Refuses "file_too_large", "file_empty"."""
    name, size, digest = secrets.token_hex(16), 0, hashlib.sha256()
    path = folder() / name
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > LIMITS.megabytes * _MEGABYTE:
                    raise refuse("file_too_large", megabytes=LIMITS.megabytes)
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise refuse("file_empty")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name, digest.hexdigest()


def path_of(row: ImportFile) -> Path:
    """The uploaded file. Refuses "file_gone" after its time."""
    path = folder() / Path(row.stored_as).name
    if not row.stored_as or not path.is_file():
        raise refuse("file_gone")
    return path


def bad_path(row: ImportFile) -> Path:
    """The bad rows as they came, each with its reasons, as CSV."""
    return folder() / f"{Path(row.stored_as).name}.bad.csv"


def verdict_path(row: ImportFile) -> Path:
    """One line a row of the load: number, verdict, id."""
    return folder() / f"{Path(row.stored_as).name}.verdicts"


def result_path(row: ImportFile) -> Path:
    """The result file as it is fetched."""
    return folder() / Path(row.result_name).name


def batches(row: ImportFile) -> Iterator[list[Numbered]]:
    """The rows below the headings."""
    return in_batches(read_rows(path_of(row), row.encoding))


def remove(row: ImportFile) -> None:
    """Delete the file and everything beside it."""
    name = Path(row.stored_as).name
    if name:
        for path in folder().glob(f"{name}*"):
            path.unlink(missing_ok=True)


def sweep(now: datetime, known: set[str]) -> None:
    """Files that no row speaks of, older than a day."""
    before = (now - timedelta(days=1)).timestamp()
    for path in folder().iterdir():
        if path.name.split(".")[0] not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
