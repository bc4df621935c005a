"""How far the load of a staff list is."""

from __future__ import annotations

from core.imports import progress

_SORT = "staff-import"


def note(import_id: int, done: int) -> None:
    """So many rows are done."""
    progress.note(_SORT, import_id, done)


def read(import_id: int) -> int:
    """How many rows are done; 0 when nobody knows."""
    return progress.read(_SORT, import_id)
