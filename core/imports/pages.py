"""What the pages of imports show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import DomainError
from core.imports import progress, store
from core.imports.cells import unpack
from core.imports.encodings import ENCODINGS
from core.imports.registry import find
from core.imports.services import RUNNING
from core.models import Effect, ImportFile
from core.models.imports import ImportState
from core.models.outbox import EffectState

LISTED, SHOWN = 20, 50
TONES: Mapping[str, str] = {
    ImportState.UPLOADED: "secondary",
    ImportState.CHECKING: "azure",
    ImportState.CHECKED: "blue",
    ImportState.LOADING: "azure",
    ImportState.LOADED: "green",
    ImportState.CANCELLED: "secondary",
    ImportState.FAILED: "red",
}


def _label(row: ImportFile) -> Any:
    try:
        return find(row.kind).label
    except LookupError:
        return row.kind


def history(person: Any) -> list[tuple[ImportFile, str, Any]]:
    """The newest files of a person, with colour and name of the list. One statement."""
    rows = ImportFile.objects.permitted(person).defer("sample", "columns", "mapping").order_by("-id")[:LISTED]
    return [(row, TONES[row.state], _label(row)) for row in rows]


def may_remap(row: ImportFile) -> bool:
    """Whether the columns may still be chosen anew."""
    return bool(row.stored_as) and row.state in (
        ImportState.UPLOADED,
        ImportState.CHECKED,
        ImportState.FAILED,
    )


def _frame(row: ImportFile) -> dict[str, Any]:
    return {
        "page_title": pgettext("navigation", "Imports"), "import_file": row, "tone": TONES[row.state],
        "kind_label": _label(row),
    }  # fmt: skip


def columns(
    row: ImportFile, chosen: Mapping[int, str] | None = None, error: DomainError | None = None
) -> dict[str, Any]:
    """Every column with its heading, first cells and the field that it is given."""
    kind = find(row.kind)
    fields = chosen if chosen is not None else {place: key for key, place in row.mapping.items()}
    wrong = error.field if error is not None else None
    shown = [
        {
            "name": f"column-{place}", "heading": heading or _("(no heading)"), "field": fields.get(place, ""),
            "cells": [cells[place] if place < len(cells) else "" for cells in row.sample[:3]],
            "error": str(error.message) if error is not None and wrong == f"column-{place}" else "",
        }
        for place, heading in enumerate(row.columns)
    ]  # fmt: skip
    return {
        **_frame(row), "columns": shown, "fields": kind.fields, "encodings": ENCODINGS, "given": set(fields.values()),
        "refused": str(error.message) if error is not None else "",
    }  # fmt: skip


def progress_of(row: ImportFile) -> dict[str, Any]:
    """How far a run is."""
    running = row.state in RUNNING
    kind = store.LOAD if row.state == ImportState.LOADING else store.CHECK
    stuck = (
        running
        and Effect.objects.filter(kind=kind, payload__import=row.pk, state=EffectState.PARKED).exists()
    )
    return {
        "import_file": row, "running": running, "stuck": stuck,
        "done": progress.read(store.PROGRESS, row.pk) if running else row.done,
    }  # fmt: skip


def detail(row: ImportFile, page: str) -> dict[str, Any]:
    """Counts, the problems of one page, and how far a run is."""
    number = min(max(int(page), 1), 100_000) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    start = (number - 1) * SHOWN
    problems = list(row.problems.all()[start : start + SHOWN + 1])
    return {
        **_frame(row), **progress_of(row),
        "problems": [(one, unpack(one.code, one.message)) for one in problems[:SHOWN]],
        "may_remap": may_remap(row),
        "previous_url": f"?page={number - 1}" if number > 1 else "",
        "next_url": f"?page={number + 1}" if len(problems) > SHOWN else "",
        "has_bad_file": bool(row.bad and row.stored_as),
        "good": row.added + row.changed,
    }  # fmt: skip
