"""Cells of lists of devices and of the catalogue, by the same rules as the pages. Pure."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from core.imports.cells import CellProblem, number_text, sentences
from core.imports.words import NOT_PLAIN
from products.rules import imei_problem, normalise_imei
from products.rules.catalogue import (
    MOST_COLOURS,
    MOST_TACS,
    is_code,
    plain_code,
    split_colours,
    split_tacs,
    wrong_tacs,
)
from products.services import PROBLEMS
from products.services.devices import INVOICE_PROBLEMS

sentences({f"imei_{code}": text for code, text in PROBLEMS.items()})
sentences(INVOICE_PROBLEMS)
sentences(
    {
        "imeis_same": _("The two IMEIs of a phone differ. Read the second one again."),
        "day_in_future": _("This day lies in the future."),
        "imei_elsewhere": _("A device with this IMEI is registered with a file of another centre."),
        "unknown_model": _("No model has this code. Bring in the models first."),
        "unknown_owner": _(
            "No customer file of your centres has this name and number. Bring in the customers first."
        ),
        "several_owners": _("Several files have this name and number. Give the owner's file number."),
        "owner_missing": _("Say who owns the device: phone and name, or the file number."),
        "other_owner": _("The device belongs to somebody else. Enter the change of owner on its page."),
        "delivered_before_sold": _("The day of delivery lies before the day of sale."),
        "bad_tacs": _("Write type allocation codes of 8 digits, with blanks between them."),
        "bad_colours": _("Write at most 20 colours of 20 characters, with commas between them."),
        "tac_taken": _("This type allocation code belongs to another model. Take it out there first."),
        "unknown_maker": _("No manufacturer has this code or name."),
        "unknown_parent": _("No fault has this code."),
        "official_fault": _("This code belongs to the official list, whose wording stays as it is."),
        "own_parent": _("A fault cannot be its own kind. Give the code of the fault above it."),
        "other_component": _("The fault above it belongs to another part of the phone."),
    }
)


def imei(cell: str) -> str:
    """The 15 digits of an IMEI, check digit right."""
    digits = normalise_imei(number_text(cell))
    problem = imei_problem(digits)
    if problem:
        raise CellProblem(f"imei_{problem}")
    return digits


def invoice(cell: str) -> str:
    """The code or number of an invoice as it is written; the row's check looks at both."""
    value = number_text(cell)
    if len(value) > 40:
        raise CellProblem("invoice_digits")
    return value


def code(limit: int) -> Callable[[str], str]:
    """A code of the catalogue as it is kept: capitals."""

    def parse(cell: str) -> str:
        value = plain_code(number_text(cell))
        if len(value) > limit or not is_code(value):
            raise CellProblem("bad_code", {"limit": limit})
        return value

    return parse


def tacs(cell: str) -> list[str]:
    """Type allocation codes, each once, in their order."""
    found = split_tacs(number_text(cell))
    if len(found) > MOST_TACS or wrong_tacs(found):
        raise CellProblem("bad_tacs")
    return found


def colours(cell: str) -> list[str]:
    """Names of colours, each once, in their order."""
    found = split_colours(cell)
    if len(found) > MOST_COLOURS or any(len(part) > 20 or NOT_PLAIN.search(part) for part in found):
        raise CellProblem("bad_colours")
    return found
