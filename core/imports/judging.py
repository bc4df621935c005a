"""Rows of a file judged in batches: cell by cell, against the rows before, against what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from core.imports.cells import CellProblem, Odd, check_cell
from core.imports.readers import Numbered
from core.imports.registry import BAD, Field, Kind, Loader, Row

BATCH = 1_000
_TOLD = 20  # problems of one row


def in_batches(rows: Iterable[Numbered], size: int = BATCH) -> Iterator[list[Numbered]]:
    """The rows below the headings, `size` at a time."""
    stream = iter(rows)
    next(stream, None)
    while batch := list(islice(stream, size)):
        yield batch


class Judge:
    """One run over one file. Keys of rows that read well are remembered as hashes, 100,000 of them in a few MB."""

    def __init__(self, kind: Kind, columns: int, mapping: Mapping[str, int], loader: Loader) -> None:
        self.kind, self.columns, self.loader = kind, columns, loader
        self.fields: list[tuple[Field, int]] = [
            (field, mapping[field.key]) for field in kind.fields if field.key in mapping
        ]
        self.seen: dict[int, int] = {}

    def judge(self, batch: Sequence[Numbered]) -> list[Row]:
        """The rows with their verdicts."""
        rows = self.read(batch)
        self.loader.plan([row for row in rows if row.verdict != BAD])
        return rows

    def read(self, batch: Sequence[Numbered]) -> list[Row]:
        """The rows as they read by themselves and against the rows before; the database is not asked."""
        return [self._row(number, cells) for number, cells in batch]

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        row = Row(number, cells, {})
        if type(cells[0]) is Odd and len(cells) == 1:
            row.no("", cells[0].code)
            return row
        if len(cells) > self.columns and any(cell.strip() for cell in cells[self.columns :]):
            row.no("", "ragged")
        for field, place in self.fields:
            self._cell(row, field, cells[place] if place < len(cells) else "")
        if row.verdict != BAD:
            self.kind.check(row)
        if row.verdict != BAD:
            self._remember(row)
        del row.problems[_TOLD:]
        return row

    def _cell(self, row: Row, field: Field, cell: str) -> None:
        try:
            clean = check_cell(cell)
            if clean and not clean.isspace():
                row.values[field.key] = field.parse(clean)
            elif field.required:
                raise CellProblem("missing")
        except CellProblem as problem:
            row.problems.append((field.key, problem))
            row.verdict = BAD

    def _remember(self, row: Row) -> None:
        keys = [(name, hash(key)) for name, key in self.kind.keys(row.values)]
        for name, key in keys:
            if key in self.seen:
                row.no(name, "twice_in_file", other=self.seen[key])
                return
        for _name, key in keys:
            self.seen[key] = row.number
