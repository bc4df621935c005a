"""What somebody means who types into a search for customers. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.grams import folded
from core.pinyin import syllables
from core.syllables import SYLLABLES, cuts
from customers.enums import PhoneKind
from customers.rules.phones import parse_phone

SHORTEST_NAME, SHORTEST_TAIL, LONGEST_TAIL = 2, 4, 20
MOST_WAYS, MOST_PIECES = 2, 6
_BETWEEN_DIGITS = re.compile(r"[\s\-‐–—()·.+/]+")
_RUNS = re.compile(r"[a-z]+|[^a-z]+")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Part of a name in order from its first character: `texts` are characters, syllables and first letters mixed.

    `letters` are the first letters of all of them; `start` the reading that is certain at the beginning.
    """

    texts: tuple[str, ...]
    letters: str
    start: str


@dataclass(frozen=True, slots=True)
class Question:
    """The readings of a text; several may be meant at once ("12345" is a short code and the end of a number).

    `phone`: a complete number as digits. `tail`: the last digits of one. `name`: characters that stand together,
    folded. `letters`: pinyin or initials. `mixed`: ways to read it as characters and letters one after the other.
    """

    phone: str = ""
    tail: str = ""
    name: str = ""
    letters: str = ""
    mixed: tuple[Pieces, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is too little to search for."""
        return not (self.phone or self.tail or self.name or self.letters)


def only_digits(text: str) -> str:
    """The digits of a number however it was grouped; empty when there is anything else."""
    plain = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    return plain if plain.isascii() and plain.isdigit() else ""


def question(text: str) -> Question:
    """What `text` may mean. Full width, small and capital letters, spaces and dots make no difference."""
    number, digits = parse_phone(unicodedata.normalize("NFKC", text)), only_digits(text)
    if digits or number:
        is_short = number is not None and number.kind == PhoneKind.SHORT
        wants_tail = bool(digits) and (number is None or is_short)
        fits = SHORTEST_TAIL <= len(digits) <= LONGEST_TAIL
        return Question(
            phone=number.digits if number else "", tail=digits if wants_tail and fits else "", name=""
        )
    plain = folded(text)
    if len(plain) < SHORTEST_NAME:
        return Question()
    letters = plain.replace("ü", "v") if plain.isascii() and plain.isalpha() else ""
    return Question(name=plain, letters=letters, mixed=_mixed(plain))


def _mixed(plain: str) -> tuple[Pieces, ...]:
    """Readings in which syllables, first letters and characters stand together: 张sf, zhang三, zsanfeng."""
    runs = _RUNS.findall(plain)
    if plain.isalpha() and not (len(runs) == 1 and not runs[0].isascii()):
        ways = sorted((way for way in _ways(runs) if len(way) <= MOST_PIECES), key=len)
        found = [_pieces(way) for way in ways]
        return tuple(pieces for pieces in found if _is_mixed(pieces))[:MOST_WAYS]
    return ()


def _ways(runs: list[str]) -> list[tuple[str, ...]]:
    ways: list[tuple[str, ...]] = [()]
    for run in runs:
        parts = cuts(run) if run.isascii() else (tuple(run),)
        ways = [(*way, *part) for way in ways for part in parts][:24]
    return ways


def _pieces(way: tuple[str, ...]) -> Pieces:
    read = [_reading(piece, first=index == 0) for index, piece in enumerate(way)]
    start = ""
    for piece in read:
        if piece not in SYLLABLES:
            break
        start += piece
    return Pieces(way, "".join(piece[:1] for piece in read), start)


def _reading(piece: str, *, first: bool) -> str:
    if piece.isascii():
        return piece
    return "".join(syllables(piece, is_name=first))


def _is_mixed(pieces: Pieces) -> bool:
    """All whole syllables is pinyin, all first letters is initials: those have a search of their own."""
    kinds = {_kind(piece) for piece in pieces.texts}
    return len(kinds) > 1


def _kind(piece: str) -> str:
    if not piece.isascii():
        return "character"
    return "letter" if len(piece) == 1 else "syllable"


def fits(pieces: Pieces, name: str) -> bool:
    """Whether `name` begins with these pieces: each character by itself, its reading, or its first letter."""
    plain = folded(name)
    read = syllables(name, is_name=True)
    if len(read) != len(plain) or len(pieces.texts) > len(plain):
        return False
    return all(
        piece in (character, syllable, syllable[:1])
        for piece, character, syllable in zip(pieces.texts, plain, read, strict=False)
    )
