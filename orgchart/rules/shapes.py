"""Small checkers that are put together into the shape of a document. Each yields the problems of one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: `path` such as "duties.2.items.0.zh", a stable `code`, a sentence that says what to do."""

    path: str
    code: str
    message: Text


Checker = Callable[[Any, str], Iterator[Problem]]

# Control characters, line breaks and marks that turn the direction of writing; angle brackets belong to HTML.
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069<>]")


def sentence(words: Text, **values: Any) -> Text:
    """`words` with values filled in, still in the language of whoever reads it."""
    filled: Text = lazy(lambda: str(words) % values, str)()
    return filled


def join(path: str, name: object) -> str:
    """The path of a part."""
    return f"{path}.{name}" if path else str(name)


def text(limit: int, *, blank: bool = False, pattern: str = "", example: str = "") -> Checker:
    """One line of plain text of at most `limit` characters, of the form of `pattern` when one is given."""
    form = re.compile(pattern) if pattern else None

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(path, "type", _("Write a text here."))
        elif not value.strip():
            if not blank:
                yield Problem(path, "missing", _("Fill this in."))
        elif len(value) > limit:
            yield Problem(path, "too_long", sentence(_("Use at most %(limit)s characters."), limit=limit))
        elif _NOT_PLAIN.search(value):
            yield Problem(
                path,
                "not_plain",
                _("Use plain text in one line, without angle brackets and control characters."),
            )
        elif form and not form.fullmatch(value):
            yield Problem(path, "form", sentence(_("Write it in the form %(example)s."), example=example))

    return check


def choice(values: Collection[str], *, blank: bool = False) -> Checker:
    """One of the stored words."""
    known = frozenset(map(str, values)) | ({""} if blank else frozenset())
    listed = ", ".join(sorted(known - {""}))

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, str) or value not in known:
            yield Problem(path, "choice", sentence(_("Choose one of: %(known)s."), known=listed))

    return check


def flag(value: Any, path: str) -> Iterator[Problem]:
    """Yes or no."""
    if not isinstance(value, bool):
        yield Problem(path, "type", _("Answer yes or no."))


def number(low: int, high: int, *, whole: bool = False) -> Checker:
    """A number from `low` to `high`; yes and no are none."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        right = isinstance(value, int) or (isinstance(value, float) and not whole)
        # Written so that "not a number" (NaN) fails too.
        if isinstance(value, bool) or not right or not low <= value <= high:
            yield Problem(
                path,
                "number",
                sentence(_("Give a number from %(low)s to %(high)s."), low=low, high=high),
            )

    return check


def optional(checker: Checker) -> Checker:
    """None, or what `checker` asks for."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if value is not None:
            yield from checker(value, path)

    return check


def many(checker: Checker, *, limit: int = 60) -> Checker:
    """A list of such values."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(path, "type", _("Give a list here."))
            return
        if len(value) > limit:
            yield Problem(path, "too_many", sentence(_("Give at most %(limit)s entries."), limit=limit))
        for place, entry in enumerate(value):
            yield from checker(entry, join(path, place))

    return check


def record(parts: Mapping[str, Checker], *, may_lack: Collection[str] = ()) -> Checker:
    """An object with exactly these parts; those of `may_lack` may be left out."""

    def check(value: Any, path: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem(path, "type", _("Give an object with named parts here."))
            return
        for name in value:
            if name not in parts:
                yield Problem(
                    join(path, name), "unknown_key", _("Take this part out: a description does not have it.")
                )
        for name, checker in parts.items():
            if name in value:
                yield from checker(value[name], join(path, name))
            elif name not in may_lack:
                yield Problem(join(path, name), "missing", _("Fill this in."))

    return check
