"""Serial numbers beside the IMEI. Pure."""

from __future__ import annotations

import re
import unicodedata

from products.rules.imei import imei_of_imeisv, is_imeisv, is_meid

LONGEST = 40
_SEPARATORS = re.compile(r"[\s\-._:]+")
_PRINTED = re.compile(r"[0-9A-Z/+#]+")


def normalise_serial(text: str) -> str:
    """As it is printed: capital letters, no separators; full-width characters become plain."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def serial_problem(kind: str, number: str, imeis: tuple[str, ...] = ()) -> str | None:
    """What is wrong with a normalised number of this kind, None when nothing is.

    "empty", "too_long", "characters", "not_meid", "not_imeisv", "imeisv_of_another" (its IMEI is none of `imeis`).
    """
    if not number:
        return "empty"
    if len(number) > LONGEST:
        return "too_long"
    if not _PRINTED.fullmatch(number):
        return "characters"
    if kind == "meid" and not is_meid(number):
        return "not_meid"
    return _imeisv_problem(number, imeis) if kind == "imeisv" else None


def _imeisv_problem(number: str, imeis: tuple[str, ...]) -> str | None:
    if not is_imeisv(number):
        return "not_imeisv"
    known = [imei for imei in imeis if imei]
    return "imeisv_of_another" if known and imei_of_imeisv(number) not in known else None
