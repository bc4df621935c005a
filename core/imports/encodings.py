"""How the bytes of a text file are to be read: a guess by content, which the person may change."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import BinaryIO

ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030 (GBK, GB2312)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "big5": "Big5",
}
"""What can be chosen. Big5 is never guessed: nearly every text in it is also one in GB18030."""
_HEAD, _CHUNK = 4_096, 1 << 16
_MOSTLY = 20  # so many good characters for a broken one: the file is UTF-8 with damage, not something else


def codec(encoding: str) -> str:
    """Python's name; a byte order mark of UTF-8 is no part of the text."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def guess(file: BinaryIO) -> str:
    """The encoding of a file, read from its beginning in pieces: marks first, then the empty halves of UTF-16, then
    whether it is UTF-8; else GB18030, of which GBK and GB2312 are parts."""
    file.seek(0)
    head = file.read(_HEAD)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return name
    return _without_mark(head) or _utf8_or_gb(file)


def _without_mark(head: bytes) -> str:
    """UTF-16 shows by its commas and line ends: their empty half comes second (little end first) or first."""
    first, second = head[0::2].count(0), head[1::2].count(0)
    zeros = first + second
    if zeros < max(2, len(head) // 50) or len(head) % 2:
        return ""
    if second >= 0.8 * zeros:
        return "utf-16-le"
    return "utf-16-be" if first >= 0.8 * zeros else ""


def _utf8_or_gb(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    file.seek(0)
    good = broken = 0
    while chunk := file.read(_CHUNK):
        if chunk.isascii():
            continue
        text = decoder.decode(chunk)
        bad = text.count("\ufffd")
        broken += bad
        good += sum(not character.isascii() for character in text) - bad
    return "utf-8" if good >= broken * _MOSTLY else "gb18030"
