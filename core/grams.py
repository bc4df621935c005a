"""Text made findable: every two adjacent characters, and the reading in Latin letters."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\s·•.\-_/]+")


def folded(text: str) -> str:
    """`text` as it is compared: full width made narrow, small letters, no gaps."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).lower())


def grams(text: str) -> list[str]:
    """Every two adjacent characters of `text`, each once, in order of code; one character stands alone."""
    plain = folded(text)
    if len(plain) == 1:
        return [plain]
    return sorted({plain[start : start + 2] for start in range(len(plain) - 1)})
