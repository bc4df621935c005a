"""What a row of the catalogue has to look like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TAC_DIGITS = 8
MOST_TACS, MOST_COLOURS = 200, 20
OWN_FAULT, CAUSE, REMEDY = "U", "K", "R"
"""First letters of the codes that are given out; the official list's are F, C, B, T, D and E."""
_GAPS = re.compile(r"[\s,;，、；]+")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9 ._+/\-]*", re.ASCII)


def split_tacs(text: str) -> list[str]:
    """Type allocation codes out of what was typed: blanks, commas or lines between them, each once."""
    return list(dict.fromkeys(part for part in _GAPS.split(text) if part))


def wrong_tacs(tacs: Iterable[str]) -> list[str]:
    """Those that are not 8 digits."""
    return [tac for tac in tacs if not re.fullmatch(r"\d{8}", tac, re.ASCII)]


def split_colours(text: str) -> list[str]:
    """Colours out of what was typed, with commas or lines between them, each once."""
    parts = (" ".join(part.split()) for part in re.split(r"[,;，、；\n\r]", text))
    return list(dict.fromkeys(part for part in parts if part))


def plain_code(text: str) -> str:
    """A code as it is kept: capitals, no blanks around it."""
    return " ".join(text.upper().split())


def is_code(text: str) -> bool:
    """Whether `text` is made of Latin letters, digits and . _ + / - alone."""
    return bool(_CODE.fullmatch(text))


def next_code(prefix: str, taken: Iterable[str], digits: int) -> str:
    """The number after the highest one given out with this letter: "U008" after "U007"."""
    numbers = [int(code[len(prefix) :]) for code in taken if re.fullmatch(rf"{prefix}\d+", code, re.ASCII)]
    return f"{prefix}{max(numbers, default=0) + 1:0{digits}d}"


def makes_circle(row: int, parent: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether hanging `row` below `parent` would put it below itself; `parents` says who is above whom."""
    seen: set[int] = set()
    above = parent
    while above is not None and above not in seen:
        if above == row:
            return True
        seen.add(above)
        above = parents.get(above)
    return False
