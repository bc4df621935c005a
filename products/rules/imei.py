"""IMEI numbers. Pure. Source: 3GPP TS 23.003, annex B."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s\-./]+")


def luhn_digit(body: str) -> int:
    """Check digit of a string of digits by the Luhn formula."""
    total = 0
    for position, character in enumerate(reversed(body)):
        digit = int(character)
        if position % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return -total % 10


def normalise_imei(text: str) -> str:
    """The digits of what was typed or scanned."""
    return _SEPARATORS.sub("", text)


def is_imei(digits: str) -> bool:
    """Whether this is a 15-digit IMEI with the right check digit."""
    ok = len(digits) == 15 and digits.isascii() and digits.isdigit()
    return ok and luhn_digit(digits[:14]) == int(digits[14])


def imei_problem(digits: str) -> str | None:
    """Why `digits` is no IMEI: "not_digits", "is_imeisv" (16 digits), "wrong_length", "wrong_check_digit"; else None."""
    if not (digits.isascii() and digits.isdigit()):
        return "not_digits"
    if len(digits) == 16:
        return "is_imeisv"
    if len(digits) != 15:
        return "wrong_length"
    return None if is_imei(digits) else "wrong_check_digit"
