"""Words as people write them into cells: blanks, width, days, yes and no. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
YES = frozenset({"是", "有", "yes", "y", "1", "true", "对", "√"})
NO = frozenset({"否", "无", "no", "n", "0", "false", "×"})
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069<>]")
_SPACE = re.compile(r"[\s\u3000\u200b\ufeff]+")
_DATES = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
)
_SERIAL = re.compile(r"\d{1,5}", re.ASCII)
_LEAP_BUG = 60  # Excel counts a 29 February 1900, which never was
_EPOCH = date(1899, 12, 30)


def plain(text: str) -> str:
    """For comparing words: width, case and blanks do not count."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def tidy(text: str) -> str:
    """One blank for any number of them, none at the ends."""
    return _SPACE.sub(" ", text).strip()


def narrow(text: str) -> str:
    """Full-width digits and letters made narrow, blanks gone from the ends."""
    return text.strip() if text.isascii() else _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def heading(text: str) -> str:
    """A heading as it is compared: without stars, colons and what stands in brackets."""
    return plain(re.sub(r"[*＊:：]", "", re.sub(r"[（(].*?[)）]", "", text)))


def read_day(text: str) -> date | None:
    """A day as people write it: 2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日 or 20261124. None: unreadable."""
    written = unicodedata.normalize("NFKC", text).strip()
    for form in _DATES:
        match = form.fullmatch(written)
        if match:
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                return None
    return None


def read_serial(text: str) -> date | None:
    """The day behind a number that Excel keeps for a date; None for one that is none, such as 60 (29 February 1900)."""
    if not _SERIAL.fullmatch(text) or int(text) in (0, _LEAP_BUG):
        return None
    number = int(text)
    return _EPOCH + timedelta(days=number + 1 if number < _LEAP_BUG else number)
