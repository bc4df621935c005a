"""Which lists can be brought in: each trade registers its own, with fields, keys, plan and load."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.errors import Text
from core.imports.cells import CellProblem, Parse

ADD, CHANGE, UNCHANGED, BAD = "add", "change", "unchanged", "bad"
VERDICTS = (ADD, CHANGE, UNCHANGED, BAD)

Values = dict[str, Any]
Key = tuple[str, Hashable]
"""The field that a key is shown at, and the key itself."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column that can be brought in. `parse` is pure: text to value, or CellProblem. Empty cells are not parsed.

    `aliases` are further headings; the label in both languages and the key are known anyway.
    """

    key: str
    label: Text
    parse: Parse
    required: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""


@dataclass(slots=True)
class Row:
    """A row with what was read from it. `values` holds the fields that are filled in, no others."""

    number: int
    cells: Sequence[str]
    values: Values
    problems: list[tuple[str, CellProblem]] = field(default_factory=list)
    verdict: str = ADD
    pk: int | None = None
    found: Any = None

    def no(self, field_key: str, code: str, **params: Any) -> None:
        """Note what is wrong with a field ("" for the whole row), which makes the row bad."""
        self.problems.append((field_key, CellProblem(code, params)))
        self.verdict = BAD


class Loader(Protocol):
    """One run over a file on behalf of a person."""

    def plan(self, rows: Sequence[Row]) -> None:
        """Compare rows that read well with what is there: sets `verdict`, `pk`, `found`, or problems. A fixed number of
        statements, however many rows."""

    def apply(self, rows: Sequence[Row]) -> None:
        """Write planned rows, set-wise, in the caller's transaction; sets `pk` of those added."""


def no_keys(values: Values) -> Iterable[Key]:
    """A list whose rows are never doubles of each other."""
    return ()


def no_checks(row: Row) -> None:
    """A list without rules that look at several cells of a row."""


@dataclass(frozen=True, slots=True)
class Exports:
    """The kinds of `core.exports` that belong to a list: `shown` masked as on pages, `full` for correcting and
    bringing in again (empty: there is only one). Each `may` answers for a person, `for_whom` names the one whose deputy
    acts."""

    shown: str
    may: Callable[[Any], bool]
    full: str = ""
    may_full: Callable[[Any], bool] = lambda person: False
    for_whom: Callable[[Any], Any] = lambda person: None


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of list. `require(person)` refuses, `may` answers; `keys(values)` makes repetition visible, inside the file
    too; `check(row)` looks at several cells of a row."""

    kind: str
    label: Text
    icon: str
    fields: tuple[Field, ...]
    may: Callable[[Any], bool]
    require: Callable[[Any], None]
    start: Callable[[Any], Loader]
    keys: Callable[[Values], Iterable[Key]] = no_keys
    check: Callable[[Row], None] = no_checks
    for_whom: Callable[[Any], Any] = lambda person: None
    exports: Exports | None = None
    order: int = 100

    def field(self, key: str) -> Field | None:
        """The field `key`."""
        return next((one for one in self.fields if one.key == key), None)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a list known; from an app's `ready`."""
    _kinds[kind.kind] = kind


def find(kind: str) -> Kind:
    """The list `kind`; LookupError when no app has it."""
    return _kinds[kind]


def kinds() -> list[Kind]:
    """All lists, in the order of the page."""
    return sorted(_kinds.values(), key=lambda one: (one.order, one.kind))


def kinds_for(person: Any) -> list[Kind]:
    """The lists that a person may bring in."""
    return [kind for kind in kinds() if kind.may(person)]


def exports_for(person: Any) -> list[Kind]:
    """The lists that a person may take out."""
    return [kind for kind in kinds() if kind.exports is not None and kind.exports.may(person)]


def may_any(person: Any) -> bool:
    """Whether the page has anything for this person."""
    return bool(kinds_for(person) or exports_for(person))
