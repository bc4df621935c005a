"""Phone numbers of China, normalised. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from customers.enums import PhoneKind

_SEPARATORS = re.compile(r"[\s\-‐–—()()·.]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0\d{9,11}$|400\d{7}$|800\d{7}$)")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}$")
_SERVICE = re.compile(r"^(?:400|800)\d{7}$")
_SHORT = re.compile(r"^(?:1\d{4}|9\d{4,7})$")
_FULL_WIDTH = str.maketrans("0123456789+－", "0123456789+-")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as digits with its kind."""

    digits: str
    kind: PhoneKind


def parse_phone(text: str) -> PhoneNumber | None:
    """The number in `text` (spaces, dashes, +86 and full-width digits allowed), None when it is none.

    Mobile, landline with area code, 400/800 numbers and short codes, by the forms in docs/domain.md.
    """
    digits = _COUNTRY.sub("", _SEPARATORS.sub("", text.translate(_FULL_WIDTH)))
    for pattern, kind in (
        (_MOBILE, PhoneKind.MOBILE),
        (_SERVICE, PhoneKind.SERVICE),
        (_SHORT, PhoneKind.SHORT),
        (_LANDLINE, PhoneKind.LANDLINE),
    ):
        if pattern.match(digits):
            return PhoneNumber(digits, kind)
    return None
