"""Where a search matched: the parts of a name that were meant, also when pinyin or initials were typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from core.grams import folded
from core.pinyin import syllables

MOST_TERMS = 5
_PIECE = re.compile(r"[㐀-鿿]|[^㐀-鿿]+")
_LETTERS = re.compile(r"[a-z]+")


def terms(text: str) -> list[str]:
    """The words of a search as they are compared; each has to match."""
    return [word for word in map(folded, text.split()) if word][:MOST_TERMS]


def is_letters(term: str) -> bool:
    """Whether `term` may be pinyin."""
    return bool(_LETTERS.fullmatch(term))


def pieces(text: str, wanted: Iterable[str]) -> list[tuple[str, bool]]:
    """`text` cut into what was meant and what was not, in order: [("屏幕", True), ("无显示", False)]."""
    hit: set[int] = set()
    for term in wanted:
        hit |= _literal(text, term) or (_read(text, term) if is_letters(term) else set())
    runs = groupby(range(len(text)), key=lambda index: index in hit)
    return [("".join(text[index] for index in run), marked) for marked, run in runs]


def _literal(text: str, term: str) -> set[int]:
    places = [(index, letter) for index, sign in enumerate(text) for letter in folded(sign)]
    start = "".join(letter for _, letter in places).find(term)
    return {index for index, _ in places[start : start + len(term)]} if start >= 0 else set()


def _read(text: str, term: str) -> set[int]:
    """The characters whose readings or first letters, one after the other, spell `term`."""
    units = _units(text)
    for start in range(len(units)):
        length = _spelt([reading for _, reading in units[start:]], term)
        if length:
            return {units[start + offset][0] for offset in range(length)}
    return set()


def _units(text: str) -> list[tuple[int, str]]:
    """Each Chinese character with its reading; anything else stands between them and breaks a word."""
    plain = "".join(sign if len(folded(sign)) == 1 else "" for sign in text)
    read = dict(enumerate(syllables(plain)))
    units, index = [], 0
    for place, piece in enumerate(_PIECE.findall(plain)):
        index = text.index(piece[0], index)
        if _PIECE.fullmatch(piece) and "㐀" <= piece <= "鿿":
            units.append((index, read.get(place, "")))
        index += 1
    return units


def _spelt(readings: list[str], term: str) -> int:
    """How many readings, from the first on, spell `term` by whole syllables or first letters; 0: they do not."""
    if not readings or not readings[0]:
        return 0
    syllable = readings[0]
    if syllable.startswith(term):
        return 1
    for head in (syllable, syllable[0]):
        if term.startswith(head):
            rest = _spelt(readings[1:], term[len(head) :])
            if rest:
                return rest + 1
    return 0
