"""What may stand in a cell: functions from text to value, and the sentences for what may not. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.errors import Text
from core.imports.words import (
    EMAIL,
    FIRST_DAY,
    LAST_DAY,
    NO,
    NOT_PLAIN,
    YES,
    narrow,
    plain,
    read_day,
    read_serial,
    tidy,
)

Parse = Callable[[str], Any]
_KEPT = 300

_sentences: dict[str, Text] = {
    "missing": _("Nothing stands here. Fill it in."),
    "too_long": _("Use at most %(limit)s characters."),
    "not_plain": _("Use plain text without angle brackets and control characters."),
    "unreadable": _(
        "Some characters of this cell are broken. Choose another encoding, or type the cell anew."
    ),
    "formula": _("This cell is a formula. Paste it as a value."),
    "quotes": _(
        "The quotation marks of this row do not fit. Put the cell into quotation marks and double those inside."
    ),
    "ragged": _(
        "This row has more cells than there are headings. A cell with a comma has to stand in quotation marks."
    ),
    "bad_date": _("Write the date as YYYY-MM-DD."),
    "date_out_of_range": _("The year must be between 1950 and 2100."),
    "bad_yes_no": _("Write yes or no."),
    "bad_choice": _("Write one of: %(choices)s."),
    "bad_amount": _("Write an amount such as 1234.50, with two decimals at most."),
    "bad_number": _("Write a whole number from %(least)s to %(most)s."),
    "bad_email": _("This is no e-mail address."),
    "bad_code": _("Use letters, digits and . _ / -, at most %(limit)s of them."),
    "shortened": _(
        "The spreadsheet shortened this number (E-notation). Format the column as text and enter the number again."
    ),
    "digits_lost": _(
        "The spreadsheet kept only 15 digits of this number. Format the column as text and enter it again."
    ),
    "twice_in_file": _("Row %(other)s is about the same entry."),
}


def sentences(more: Mapping[str, Text]) -> None:
    """Register the (lazily translated) sentences of a trade's own codes."""
    _sentences.update(more)


@dataclass(eq=False)
class CellProblem(Exception):
    """Why a cell cannot be taken: a code with what fills in its sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in the language in force."""
        words: str = str(_sentences[self.code]) % dict(self.params)
        return words


def pack(problem: CellProblem) -> str:
    """What fills in the sentence, as it is kept with a problem; the words are found when somebody reads it."""
    params = json.dumps(dict(problem.params), ensure_ascii=False)
    return params if len(params) <= _KEPT else problem.sentence[:_KEPT]


def unpack(code: str, kept: str) -> str:
    """The sentence of a problem that was kept, in the language in force."""
    try:
        return CellProblem(code, json.loads(kept)).sentence
    except (ValueError, LookupError, TypeError):
        return kept


class Odd(str):
    """A cell of a spreadsheet that cannot be taken whatever it should hold; `code` says why."""

    __slots__ = ("code",)
    code: str


def odd(text: str, code: str) -> Odd:
    """A cell with what is wrong with it."""
    made = Odd(text)
    made.code = code
    return made


_FORMULA = re.compile(r"\s*[=＝]|\s*[+\-@＋－＠]\s*[A-Za-z_]+[^ ]*[(|!]")
_BROKEN = re.compile("[\ufffd\ud800-\udfff]")
_SHORTENED = re.compile(r"[+-]?\d([.,]\d+)?[eE]\+?\d{1,3}", re.ASCII)
_NEUTRAL = tuple("=+-@\t\r＝＋－＠")


def check_cell(cell: str) -> str:
    """The text of a cell; raises CellProblem for a formula or broken characters.

    The ' with which exports keep a text from being taken for a formula is taken away again.
    """
    if type(cell) is Odd:
        raise CellProblem(cell.code)
    if cell[:1] == "'" and cell[1:].lstrip().startswith(_NEUTRAL):
        return cell[1:]
    if _FORMULA.match(cell):
        raise CellProblem("formula")
    if not cell.isascii() and _BROKEN.search(cell):
        raise CellProblem("unreadable")
    return cell


def text(limit: int) -> Parse:
    """Plain text of at most `limit` characters; line breaks become blanks."""

    def parse(cell: str) -> str:
        value = tidy(cell)
        if len(value) > limit:
            raise CellProblem("too_long", {"limit": limit})
        if NOT_PLAIN.search(value):
            raise CellProblem("not_plain")
        return value

    return parse


def number_text(cell: str) -> str:
    """A number that is a name (phone, IMEI, code): narrow, and not shortened by a spreadsheet."""
    value = narrow(cell)
    if "e" in value[-4:].lower() and _SHORTENED.fullmatch(value):
        raise CellProblem("shortened")
    return value[:-2] if value.endswith(".0") and value[:-2].isdigit() else value


def code(limit: int) -> Parse:
    """A code of letters and digits, as it is written but narrow."""
    form = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._/+-]{{0,{limit - 1}}}", re.ASCII)

    def parse(cell: str) -> str:
        value = number_text(cell)
        if not form.fullmatch(value):
            raise CellProblem("bad_code", {"limit": limit})
        return value

    return parse


def day(cell: str) -> date:
    """A day in any common form, or as Excel's number."""
    value = narrow(cell)
    found = read_day(value) or read_serial(value)
    if found is None:
        raise CellProblem("bad_date")
    if not FIRST_DAY <= found <= LAST_DAY:
        raise CellProblem("date_out_of_range")
    return found


def yes_no(cell: str) -> bool:
    """Yes or no in either language."""
    word = plain(cell)
    if word not in YES and word not in NO:
        raise CellProblem("bad_yes_no")
    return word in YES


def whole(least: int, most: int) -> Parse:
    """A whole number; Python's underscores and signs are no digits."""

    def parse(cell: str) -> int:
        value = number_text(cell)
        if not (value.isascii() and value.isdigit()) or not least <= int(value[:20]) <= most:
            raise CellProblem("bad_number", {"least": least, "most": most})
        return int(value)

    return parse


def amount(cell: str) -> Decimal:
    """An amount of money: ￥1,234.50 and 1234.5 are the same; 1_000 and more than two decimals are refused."""
    value = re.sub(r"^[¥￥]\s*|\s*元$", "", narrow(cell))
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d{1,2})?", value, re.ASCII):
        value = value.replace(",", "")
    if not re.fullmatch(r"-?\d{1,10}(\.\d{1,2})?", value, re.ASCII):
        raise CellProblem("bad_amount")
    return Decimal(value)


def email(cell: str) -> str:
    """An e-mail address of at most 254 characters."""
    value = narrow(cell)
    if len(value) > 254 or not EMAIL.fullmatch(value):
        raise CellProblem("bad_email")
    return value


def choice(options: type[TextChoices], more: Mapping[str, str] | None = None) -> Parse:
    """One of stored words, written as it is stored or as it is called in either language, or as in `more`."""

    @cache
    def words() -> dict[str, str]:
        found = {plain(value): value for value in options.values}
        for language in ("zh-hans", "en"):
            with override(language):
                found.update({plain(str(label)): value for value, label in options.choices})
        return {**found, **{plain(word): value for word, value in (more or {}).items()}}

    def parse(cell: str) -> str:
        found = words().get(plain(cell))
        if found is None:
            raise CellProblem("bad_choice", {"choices": ", ".join(str(label) for label in options.labels)})
        return found

    return parse
