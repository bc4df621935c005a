"""Cells of customer lists, by the same rules as the pages. Pure."""

from __future__ import annotations

from functools import cache

from django.utils.translation import gettext_lazy as _

from core.imports.cells import CellProblem, number_text, sentences
from core.imports.words import plain
from customers.enums import PhoneKind
from customers.rules import PhoneNumber, parse_phone
from orgchart.data.provinces import provinces

sentences(
    {
        "phone_not_recognised": _(
            "This is not a phone number: 11 digits for a mobile, area code and number for a landline."
        ),
        "zero_lost": _(
            "The spreadsheet dropped the 0 of the area code. Format the column as text and enter the number again."
        ),
        "unknown_province": _("No province has this name or code."),
        "unknown_centre": _("No service centre of yours has this name or code."),
        "centre_missing": _("Say which service centre the file belongs to: a column with its name or code."),
        "unknown_file": _("No customer file of your centres has this number."),
        "several_files": _(
            "Several files have this name and number. Merge them first, or give the file number."
        ),
    }
)


def phone(cell: str) -> PhoneNumber:
    """A phone number; says so when a spreadsheet spoiled it."""
    written = number_text(cell)
    number = parse_phone(written)
    if number is not None:
        return number
    restored = parse_phone(f"0{written}") if written.isdigit() else None
    if restored is not None and restored.kind == PhoneKind.LANDLINE:
        raise CellProblem("zero_lost")
    raise CellProblem("phone_not_recognised")


@cache
def _provinces() -> dict[str, str]:
    return {
        plain(word): found.code
        for found in provinces()
        for word in (found.code, found.official, found.short, found.english)
    }


def province(cell: str) -> str:
    """The code of a province, from code, official or short name in either language."""
    found = _provinces().get(plain(cell))
    if found is None:
        raise CellProblem("unknown_province")
    return found


@cache
def province_names() -> dict[str, str]:
    """code -> short name, as lists write it."""
    return {found.code: found.short for found in provinces()}
