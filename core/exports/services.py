"""Asking for an export, writing it, fetching it, throwing it away."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, outbox
from core.actors import person_actor
from core.errors import Conflict, DomainError, Invalid, NotVisible
from core.exports.registry import find
from core.exports.tabular import write_csv, write_xlsx
from core.localtime import local_zone
from core.models import ExportFile
from core.models.exports import ExportState
from core.notifications import notify

EFFECT = "export.run"
READY_NOTICE = "core.export_ready"
KEPT = timedelta(days=3)
MOST_OPEN = 3
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
"""How a file is written, by the ending of its name."""
_OPEN = (ExportState.QUEUED, ExportState.RUNNING)


@transaction.atomic
def request_export(
    person: Any,
    kind: str,
    query: Mapping[str, Any],
    language: str,
    *,
    acting_for: Any = None,
    form: str = "csv",
) -> ExportFile:
    """Put an export into the queue of a worker and return its row; the person finds it on the page of exports.

    `query` is cleaned form data in plain JSON (a search's token rather than its phone number), `language` the
    one of labels and words. Raises LookupError for an unknown kind and Conflict("too_many_exports") while
    three are under way. Writes an audit event with the names of the filters, not their values; `acting_for` is whose
    deputy the person is in this. `form` is "csv" or "xlsx"; any other is refused as "format_unknown".
    """
    made = find(kind)
    form = made.suffix or form
    if form not in WRITERS and made.write is None:
        raise Invalid("format_unknown", gettext_lazy("Choose CSV or XLSX."), field="form")
    _one_at_a_time(person.pk)
    if ExportFile.objects.filter(owner=person, state__in=_OPEN).count() >= MOST_OPEN:
        raise Conflict(
            "too_many_exports",
            gettext_lazy("Three of your exports are still being made. Wait for one of them."),
        )
    now = timezone.now()
    export = ExportFile.objects.create(
        owner=person,
        kind=kind,
        query=dict(query),
        language=language,
        filename=_filename(made.label, language, now, form),
        created_at=now,
        expires_at=now + KEPT,
    )
    outbox.publish(EFFECT, str(export.pk), {"export": export.pk})
    changes = {"filters": [None, sorted(key for key, value in query.items() if value)]}
    _note(export, "export.requested", changes, acting_for)
    return export


def _one_at_a_time(person_id: int) -> None:
    """Requests of one person are counted one after another."""
    get_user_model()._default_manager.select_for_update(no_key=True).only("pk").get(pk=person_id)


def _filename(label: Any, language: str, now: datetime, form: str) -> str:
    with translation.override(language):
        name = str(label)
    return f"{name[:90]}-{now.astimezone(local_zone()):%Y%m%d-%H%M}.{form}"


def _note(
    export: ExportFile, action: str, changes: Mapping[str, Any] | None = None, acting_for: Any = None
) -> None:
    audit.record(
        actor=person_actor(export.owner).in_place_of(acting_for),
        action=action,
        subject=export,
        subject_label=f"{export.kind} #{export.pk}",
        changes=changes,
    )


def run_export(export_id: int) -> None:
    """Write the file of an export that is not finished; running it again after a crash begins anew.

    The file appears under its random name only when it is whole. A refusal ends the export with its sentence;
    any other error is noted and raised, so that the outbox tries again.
    """
    export = ExportFile.objects.select_related("owner").filter(pk=export_id).first()
    if export is None or export.state in (ExportState.READY, ExportState.EXPIRED):
        return
    _set(export, state=ExportState.RUNNING, rows=0, error="")
    name = f"{secrets.token_hex(16)}{Path(export.filename).suffix}"
    try:
        rows = _write(export, name)
    except DomainError as refusal:
        _set(export, state=ExportState.FAILED, error=str(refusal.message), finished_at=timezone.now())
    except Exception:
        with translation.override(export.language):
            sentence = _(
                "The file could not be written. It is tried again; if it stays so, tell the administrator."
            )
        _set(export, state=ExportState.FAILED, error=sentence, finished_at=timezone.now())
        raise
    else:
        _finish(export, name, rows)


def _write(export: ExportFile, name: str) -> int:
    """Write beside the final name and rename: nobody can fetch half a file."""
    folder = _folder()
    part = folder / f"{name}.part"
    try:
        with translation.override(export.language):
            rows = _fill(export, part)
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _fill(export: ExportFile, part: Path) -> int:
    made = find(export.kind)
    if made.write is not None:
        return made.write(export.owner, export.query, part)
    assert made.make is not None
    write = WRITERS[Path(export.filename).suffix.removeprefix(".")]
    return write(part, made.make(export.owner, export.query), lambda count: _set(export, rows=count))


@transaction.atomic
def _finish(export: ExportFile, name: str, rows: int) -> None:
    """Hand the file over and ring the bell, unless the same export was finished or expired meanwhile."""
    open_rows = ExportFile.objects.filter(pk=export.pk, state=ExportState.RUNNING)
    if not open_rows.update(state=ExportState.READY, stored_name=name, rows=rows, finished_at=timezone.now()):
        (_folder() / name).unlink(missing_ok=True)
        return
    notify([export.owner_id], READY_NOTICE, {"file": export.filename}, reverse("core:exports"), export)


def _set(export: ExportFile, **values: Any) -> None:
    ExportFile.objects.filter(pk=export.pk).exclude(state=ExportState.READY).update(**values)


def _folder() -> Path:
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def path_of(export: ExportFile, now: datetime | None = None) -> Path:
    """The file of an export that can be fetched;

    NotVisible("export_gone") before it is ready and after its time.
    """
    path = _folder() / Path(export.stored_name).name
    alive = export.state == ExportState.READY and export.expires_at > (now or timezone.now())
    if not alive or not export.stored_name or not path.is_file():
        raise NotVisible(
            "export_gone", gettext_lazy("This file is not there (any more). Make the export again.")
        )
    return path


def note_download(export: ExportFile) -> None:
    """Write down that the owner fetches the file."""
    _note(export, "export.downloaded")


def expire(now: datetime) -> int:
    """Delete the files of exports whose time is over, and leftovers that no row speaks of;

    returns how many rows.
    """
    gone = ExportFile.objects.filter(expires_at__lte=now).exclude(state=ExportState.EXPIRED)
    names = [name for name in gone.values_list("stored_name", flat=True) if name]
    count = gone.update(state=ExportState.EXPIRED, stored_name="")
    for name in names:
        (_folder() / Path(name).name).unlink(missing_ok=True)
    _sweep(now)
    return count


def _sweep(now: datetime) -> None:
    """Files that a killed worker left behind; a day is longer than any export takes."""
    known = set(ExportFile.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    before = (now - timedelta(days=1)).timestamp()
    for path in _folder().iterdir():
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
