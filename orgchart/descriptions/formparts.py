"""Parts of the form of a job description as templates draw them: inputs, rows and sections with their errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import Text
from orgchart.descriptions.editing import rows_at
from orgchart.descriptions.sheet import Titles
from orgchart.enums import Confidence

Option = tuple[str, Text]


@dataclass(frozen=True, slots=True)
class Input:
    """One field. `widget`: "text", "area", "choice", "flag", "checks", "hidden"; `options` (value, label, chosen)."""

    name: str
    label: Text
    widget: str
    value: Any
    options: tuple[tuple[str, Text, bool], ...] = ()
    error: Text = ""
    hint: Text = ""
    required: bool = False
    small: bool = False

    @property
    def id(self) -> str:
        """The id of the element; links from the list of errors lead there."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows with its button. `choose`: what a new row is about must be chosen first."""

    path: str
    label: Text
    rows: tuple[Row, ...]
    add: Text
    choose: Input | None = None
    error: Text = ""

    @property
    def id(self) -> str:
        """The id of the element."""
        return "f-" + self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a list, or a part of its own. `quiet` inputs say where it stands in the source."""

    path: str
    title: Text
    main: tuple[Input, ...]
    quiet: tuple[Input, ...] = ()
    below: tuple[Rows, ...] = ()
    first: bool = True
    last: bool = True
    is_entry: bool = False
    error: Text = ""

    @property
    def id(self) -> str:
        """The id of the element."""
        return "f-" + self.path.replace(".", "-")

    @property
    def quiet_is_wrong(self) -> bool:
        """Whether the folded part holds an error and must be seen."""
        return any(item.error for item in self.quiet)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form that folds. `note` says what is inside while it is folded."""

    key: str
    title: Text
    note: Text
    parts: tuple[Row | Rows, ...]
    inputs: tuple[Input, ...] = ()
    is_open: bool = False


@dataclass(slots=True)
class Drawing:
    """Draws parts of one body. `problems`: path -> sentence, `focus`: path of the row that the reader was at."""

    body: Mapping[str, Any]
    titles: Titles
    problems: Mapping[str, Text] = field(default_factory=dict)
    focus: str = ""
    shown: set[str] = field(default_factory=set)

    # -- inputs

    def _value(self, path: str) -> Any:
        here: Any = self.body
        for name in path.split("."):
            if here is None:
                return ""
            here = here[int(name)] if isinstance(here, list) else here.get(name, "")
        return "" if here is None else here

    def _error(self, path: str) -> Text:
        self.shown.add(path)
        return self.problems.get(path, "")

    def text(self, path: str, label: Text, **extra: Any) -> Input:
        """A line of text."""
        return Input(
            path, label, extra.pop("widget", "text"), self._value(path), error=self._error(path), **extra
        )

    def choice(
        self, path: str, label: Text, options: Iterable[Option], default: str = "", **extra: Any
    ) -> Input:
        """One of several; `default` is chosen while there is nothing."""
        value = str(self._value(path) or default)
        known = [(key, text, key == value) for key, text in options]
        if value and not any(chosen for _key, _text, chosen in known):
            known.append((value, value, True))
        return Input(path, label, "choice", value, tuple(known), self._error(path), **extra)

    def flag(self, path: str, label: Text) -> Input:
        """Yes or no."""
        return Input(path, label, "flag", bool(self._value(path)), error=self._error(path))

    def checks(self, path: str, label: Text, options: Iterable[Option], **extra: Any) -> Input:
        """Any of several."""
        chosen = list(self._value(path) or [])
        known = [(key, text, key in chosen) for key, text in options]
        known += [(key, key, True) for key in chosen if key not in {name for name, _text, _on in known}]
        return Input(path, label, "checks", chosen, tuple(known), self._error(path), **extra)

    def hidden(self, path: str) -> Input:
        """Carried along."""
        return Input(path, "", "hidden", self._value(path))

    # -- rows

    def _quiet(self, path: str) -> tuple[Input, ...]:
        return (
            self.text(
                f"{path}.lines", _("Source lines"), hint=_("such as L160, L404–405; empty: not in the source")
            ),
            self.confidence(f"{path}.confidence", _("How sure the reading is")),
            self.text(f"{path}.rival", _("Rival reading"), widget="area"),
        )

    def confidence(self, path: str, label: Text) -> Input:
        """How sure a reading is; what is new was decided, not read."""
        return self.choice(path, label, Confidence.choices, str(Confidence.RULED))

    def _words(self, path: str) -> tuple[Input, ...]:
        return (
            self.text(f"{path}.zh", pgettext("language of a text", "Chinese"), widget="area"),
            self.text(f"{path}.en", pgettext("language of a text", "English"), widget="area"),
        )

    def single(self, path: str, title: Text, *before: Input) -> Row:
        """A phrase that stands once; blank means that the description says nothing of it."""
        quiet = self._quiet(path)
        return Row(path, title, (*before, *self._words(path)), quiet, error=self._error(path))

    def _entry(self, path: str, title: Text, place: int, count: int, **parts: Any) -> Row:
        return Row(
            path,
            title,
            first=place == 0,
            last=place == count - 1,
            is_entry=True,
            error=self._error(path),
            **parts,
        )

    def rows(self, path: str, label: Text, add: Text, extra: Any = None) -> Rows:
        """A list of phrases; `extra(path)` gives inputs that stand before the words."""
        found = rows_at(dict(self.body), path) or []
        entries = []
        for place in range(len(found)):
            here = f"{path}.{place}"
            before = extra(here) if extra else ()
            parts = {"main": (*before, *self._words(here)), "quiet": self._quiet(here)}
            entries.append(self._entry(here, "", place, len(found), **parts))
        return Rows(path, label, tuple(entries), add, error=self._error(path))


def offered(options: list[tuple[str, Any]]) -> tuple[tuple[str, Text, bool], ...]:
    """Options of which none is chosen yet."""
    return (("", _("choose"), True), *((value, label, False) for value, label in options))
