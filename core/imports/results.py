"""Files about an import: its bad rows to be mended, the verdict of every row, an empty list to fill in."""

from __future__ import annotations

import csv
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.exports.tabular import neutral, write_sheet
from core.imports import store
from core.imports.cells import unpack
from core.imports.registry import ADD, BAD, CHANGE, UNCHANGED, Kind, Row
from core.models import ImportFile


def storable(text: str, limit: int) -> str:
    """What PostgreSQL and UTF-8 can hold of a cell."""
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" or one == "\0" else one for one in text[:limit])


def verdict_words() -> dict[str, str]:
    """The verdicts in the language in force, as after a load."""
    return {
        ADD: _("added"),
        CHANGE: pgettext("import", "changed"),
        UNCHANGED: _("unchanged"),
        BAD: _("not loaded"),
    }


class BadRows:
    """The bad rows as they came, with number and reasons; written while the file is read."""

    def __init__(self, row: ImportFile, *, append: bool = False) -> None:
        self.row, self.mode = row, "a" if append else "w"

    def __enter__(self) -> BadRows:
        path = store.bad_path(self.row)
        path.touch(mode=0o600)
        self.file = path.open(self.mode, encoding="utf-8", errors="replace", newline="")
        self.writer = csv.writer(self.file)
        if self.mode == "w":
            head = [neutral(cell) for cell in self.row.columns]
            self.writer.writerow([*head, _("Row"), _("What is wrong")])
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """The bad ones of a batch."""
        width = len(self.row.columns)
        for one in rows:
            if one.verdict == BAD:
                cells = [neutral(cell) for cell in one.cells[:width]]
                cells += [""] * (width - len(cells))
                self.writer.writerow([*cells, one.number, _reasons(self.row, one)])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


def _reasons(row: ImportFile, one: Row) -> str:
    parts = []
    for key, problem in one.problems:
        place = row.mapping.get(key)
        heading = row.columns[place] if place is not None else ""
        parts.append(f"{heading}: {problem.sentence}" if heading else problem.sentence)
    return " ".join(parts)


class Verdicts:
    """One line a row of the load, from row `done` on; what a dead process wrote beyond that is cut off."""

    def __init__(self, row: ImportFile, done: int) -> None:
        self.path, self.done = store.verdict_path(row), done

    def __enter__(self) -> Verdicts:
        self.path.touch(mode=0o600)
        self.file = self.path.open("r+", encoding="ascii")
        for _line in islice(iter(self.file.readline, ""), self.done):
            pass
        self.file.seek(self.file.tell())
        self.file.truncate()
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """The verdicts of a batch."""
        self.file.writelines(f"{one.number}\t{one.verdict}\t{one.pk or ''}\n" for one in rows)

    def flush(self) -> None:
        """Onto the disk, before the transaction stands."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


def write_result(row: ImportFile) -> str:
    """The result as XLSX: row, verdict, id, reasons of what was not loaded. Returns the file's name."""
    name = f"{row.stored_as}.{secrets.token_hex(4)}.xlsx"
    path = store.folder() / name
    write_sheet(
        path, [_("Row"), _("Result"), _("Number in the system"), _("What is wrong")], _verdict_rows(row)
    )
    path.chmod(0o600)
    return name


def _verdict_rows(row: ImportFile) -> Iterator[list[Any]]:
    words = verdict_words()
    problems = row.problems.order_by("row", "id").values_list("row", "column", "code", "message").iterator()
    reason = next(problems, None)
    with store.verdict_path(row).open(encoding="ascii") as file:
        for line in islice(file, row.done):
            number, verdict, pk = line.rstrip("\n").split("\t")
            reasons: list[str] = []
            while reason is not None and reason[0] <= int(number):
                if reason[0] == int(number):
                    sentence = unpack(reason[2], reason[3])
                    reasons.append(f"{reason[1]}: {sentence}" if reason[1] else sentence)
                reason = next(problems, None)
            yield [int(number), words[verdict], int(pk) if pk else None, " ".join(reasons)]


def bad_sheet(row: ImportFile, path: Path) -> None:
    """The bad rows as XLSX, every cell as text."""
    with store.bad_path(row).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        write_sheet(path, next(rows), rows)


def bad_csv(row: ImportFile, path: Path) -> None:
    """The bad rows as CSV with the mark that Excel needs to read Chinese."""
    with store.bad_path(row).open("rb") as source, path.open("wb") as target:
        target.write(b"\xef\xbb\xbf")
        shutil.copyfileobj(source, target)


def template_rows(kind: Kind) -> tuple[list[str], list[str]]:
    """Headings in the language in force, those that are needed with a star, and one example."""
    heads = [f"{field.label}*" if field.required else str(field.label) for field in kind.fields]
    return heads, [field.example for field in kind.fields]
