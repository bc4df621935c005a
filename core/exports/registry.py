"""Which exports there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Text
from core.exports.tabular import Table

Make = Callable[[Any, Mapping[str, Any]], Table]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A kind of export. `make(person, query)` gives its table within what `person` may see."""

    kind: str
    label: Text
    make: Make


_exporters: dict[str, Exporter] = {}


def exporter(kind: str, label: Text) -> Callable[[Make], Make]:
    """Register a function as the export `kind`; `label` (lazily translated) names the file."""

    def register(function: Make) -> Make:
        _exporters[kind] = Exporter(kind, label, function)
        return function

    return register


def find(kind: str) -> Exporter:
    """The exporter of `kind`; LookupError when no app registers one."""
    return _exporters[kind]
