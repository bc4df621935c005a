"""IMEI numbers. Pure. Source: 3GPP TS 23.003, clause 6.2 and annex B.

An IMEI has 15 digits: the type allocation code (TAC, 8), a serial number (6) and a check digit. An IMEISV has 16: TAC,
serial number and software version (2), without a check digit. A MEID has 14 hexadecimal digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

IMEI, IMEISV, WITHOUT_CHECK_DIGIT, MEID = "imei", "imeisv", "short", "meid"

_SEPARATORS = re.compile(r"[\s\-./_,:;\u200b-\u200f\ufeff]+")
_LABEL = re.compile(r"^IMEI\s*[12]?\s*[:：]", re.IGNORECASE)
_MEID = re.compile(r"(?=.*[A-F])[0-9A-F]{14}")
_TAC_DIGITS = 8


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
    """What was typed or scanned without separators and without "IMEI:" before it; full-width digits become plain."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _SEPARATORS.sub("", _LABEL.sub("", plain))


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def is_imei(digits: str) -> bool:
    """Whether this is a 15-digit IMEI with the right check digit."""
    return _digits(digits, 15) and luhn_digit(digits[:14]) == int(digits[14])


def imei_problem(digits: str) -> str | None:
    """Why `digits` is no IMEI: "not_digits", "is_imeisv" (16 digits), "wrong_length", "wrong_check_digit"; else None."""
    if not (digits.isascii() and digits.isdigit()):
        return "not_digits"
    if len(digits) == 16:
        return "is_imeisv"
    if len(digits) != 15:
        return "wrong_length"
    return None if is_imei(digits) else "wrong_check_digit"


def with_check_digit(body: str) -> str:
    """The IMEI that begins with these 14 digits."""
    return f"{body}{luhn_digit(body)}"


def is_imeisv(digits: str) -> bool:
    """Whether this has the form of an IMEISV."""
    return _digits(digits, 16)


def imei_of_imeisv(digits: str) -> str:
    """The IMEI of a phone by its IMEISV: the software version goes, the check digit is worked out."""
    return with_check_digit(digits[:14])


def is_meid(text: str) -> bool:
    """Whether this is a MEID: 14 hexadecimal digits with a letter among them (without one it is an IMEI cut short)."""
    return _MEID.fullmatch(text.upper()) is not None


def tac_of(imei: str) -> str:
    """The type allocation code: which model it is. Empty for what is too short to have one."""
    code = normalise_imei(imei)[:_TAC_DIGITS]
    return code if _digits(code, _TAC_DIGITS) else ""


def spoken_imei(imei: str) -> str:
    """For reading aloud: 49 015420 323751 8. Anything but 15 digits stays as it is."""
    return f"{imei[:2]} {imei[2:8]} {imei[8:14]} {imei[14]}" if _digits(imei, 15) else imei


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scanned or typed text is.

    `kind` is "imei", "imeisv", "short" (14 digits), "meid" or "" for none of them; `imei` the IMEI that stands there or
    that follows from it, empty when there is none; `problem` as in `imei_problem`, None for a whole IMEI.
    """

    kind: str
    imei: str
    problem: str | None


def read_imei(text: str) -> Reading:
    """Recognise IMEI, IMEISV, 14 digits without the check digit, and MEID."""
    digits = normalise_imei(text)
    problem = imei_problem(digits)
    if problem is None:
        return Reading(IMEI, digits, None)
    if is_imeisv(digits):
        return Reading(IMEISV, imei_of_imeisv(digits), problem)
    if _digits(digits, 14):
        return Reading(WITHOUT_CHECK_DIGIT, with_check_digit(digits), problem)
    return Reading(MEID if is_meid(digits) else "", "", problem)
