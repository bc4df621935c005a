"""How large a file may be, and the refusals of files that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Text

_SENTENCES: dict[str, Text] = {
    "file_empty": _("There are no rows below the headings. Use the template."),
    "file_too_large": _(
        "The file is larger than %(megabytes)s MB, or would be once it is unpacked. Split it."
    ),
    "file_too_many_rows": _("The file has more than %(rows)s rows. Split it."),
    "file_too_many_columns": _("The file has more than %(columns)s columns. Save only the list."),
    "file_cell_too_large": _(
        "Row %(row)s has a cell of more than a million characters. Perhaps a quotation mark is missing."
    ),
    "file_quote_open": _(
        "The quotation mark in row %(row)s is never closed. Close it and upload the file again."
    ),
    "file_old_format": _(
        "This is an old or protected Excel file. Save it as .xlsx without a password, or as CSV."
    ),
    "file_macros": _("This file has macros. Save it as .xlsx without macros."),
    "file_embedded": _("Other files are packed into this one. Save only the list as .xlsx."),
    "file_not_a_table": _("This is not a table. Save the list as .xlsx or as CSV."),
    "file_unreadable": _("The file cannot be read. Save it as .xlsx or as CSV in UTF-8."),
    "file_gone": _("The file is not kept any more. Upload it again."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one sort of list. `unpacked` is what an XLSX may declare in all, `strings` its table of texts."""

    megabytes: int = 30
    unpacked: int = 300
    strings: int = 60
    parts: int = 200
    rows: int = 200_000
    columns: int = 200


LIMITS = Limits()


def refuse(code: str, **context: Any) -> Invalid:
    """The refusal of a file, at the field "file"."""
    return Invalid(code, _Sentence(code, context), field="file", context=context)


class _Sentence(str):
    """Filled in when it is shown, so that it comes in the reader's language."""

    __slots__ = ("code", "context")

    def __new__(cls, code: str, context: dict[str, Any]) -> _Sentence:
        made = super().__new__(cls, code)
        made.code, made.context = code, context
        return made

    code: str
    context: dict[str, Any]

    def __str__(self) -> str:
        return str(_SENTENCES[self.code]) % self.context
