"""Which exports there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Text
from core.exports.tabular import Table

Make = Callable[[Any, Mapping[str, Any]], Table]
Write = Callable[[Any, Mapping[str, Any], Path], int]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A kind of export. `make(person, query)` gives its table within what `person` may see.

    A kind that is no table has `write(person, query, path)` instead, which writes the whole file.
    """

    kind: str
    label: Text
    make: Make | None
    write: Write | None = None
    suffix: str = ""


_exporters: dict[str, Exporter] = {}


def exporter(kind: str, label: Text) -> Callable[[Make], Make]:
    """Register a function as the export `kind`; `label` (lazily translated) names the file."""

    def register(function: Make) -> Make:
        _exporters[kind] = Exporter(kind, label, function)
        return function

    return register


def file_exporter(kind: str, label: Text, *, suffix: str) -> Callable[[Write], Write]:
    """Register a function that writes the file of the export `kind` itself and returns how many rows it holds.

    `suffix` is the ending of the file's name; core.views.exports knows its type.
    """

    def register(function: Write) -> Write:
        _exporters[kind] = Exporter(kind, label, None, function, suffix)
        return function

    return register


def find(kind: str) -> Exporter:
    """The exporter of `kind`; LookupError when no app registers one."""
    return _exporters[kind]
