"""Invoices (发票) by which a phone was sold. Pure.

A digital invoice (数电票) has one number of 20 digits: year (2), region (2), channel (1), serial number (15). An older
one has a code of 10 or 12 digits and a number of 8. Source: State Taxation Administration, announcement 2024 No. 11.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

CODE, NUMBER = "invoice_code", "invoice_number"

_SEPARATORS = re.compile(r"[\s\-./_]+")
_TWO_PARTS = re.compile(r"(\d{10}|\d{12})[\s\-./_]+(\d{8})", re.ASCII)
_GLUED = re.compile(r"(\d{10})(\d{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice's code (empty for a digital one) and number."""

    code: str
    number: str

    @property
    def is_digital(self) -> bool:
        """Whether this is a digital invoice."""
        return len(self.number) == 20


def split_invoice(number: str, code: str = "") -> Invoice:
    """Code and number of what was typed, unchecked. Both may stand in `number`: "3300224130 12345678".

    Twenty digits in one piece are a digital invoice.
    """
    number, code = _plain(number), _SEPARATORS.sub("", _plain(code))
    parts = _TWO_PARTS.fullmatch(number) or _GLUED.fullmatch(_SEPARATORS.sub("", number))
    if parts and code in ("", parts[1]):
        return Invoice(parts[1], parts[2])
    return Invoice(code, _SEPARATORS.sub("", number))


def invoice_problem(invoice: Invoice) -> tuple[str, str] | None:
    """What is wrong, as (code, field); None for a right invoice and for none at all.

    "invoice_digits", "invoice_number_length", "invoice_code_length", "invoice_code_missing",
    "invoice_code_without_number", "invoice_code_too_much" (a digital invoice has none).
    """
    code, number = invoice.code, invoice.number
    for value, field in ((code, CODE), (number, NUMBER)):
        if value and not (value.isascii() and value.isdigit()):
            return "invoice_digits", field
    if not number:
        return ("invoice_code_without_number", NUMBER) if code else None
    if len(number) == 20:
        return ("invoice_code_too_much", CODE) if code else None
    if len(number) != 8:
        return "invoice_number_length", NUMBER
    if not code:
        return "invoice_code_missing", CODE
    return None if len(code) in (10, 12) else ("invoice_code_length", CODE)


def spoken_invoice(invoice: Invoice) -> str:
    """For people: "3300224130-12345678", or a digital number in groups of five. `split_invoice` reads both again."""
    if invoice.is_digital:
        return " ".join(invoice.number[start : start + 5] for start in range(0, 20, 5))
    return "-".join(part for part in (invoice.code, invoice.number) if part)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
