"""Remarks on the reading of the source document: kept in English, shown in the language of the reader.

A remark is a note or a rival reading of a position. Those of the files have their Chinese in orgchart/data/remarks.json;
one typed in the browser has no entry and stays as it was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

REMARKS = Path(__file__).resolve().parent.parent / "data" / "remarks.json"

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@cache
def chinese_remarks() -> dict[str, str]:
    """English remark -> Chinese remark, read once."""
    found: dict[str, str] = json.loads(REMARKS.read_text(encoding="utf-8"))
    return found


def remark(text: str) -> str:
    """`text` in the language in force; as it is where it has no translation."""
    return text if (get_language() or "").startswith("en") else chinese_remarks().get(text, text)


def joined(texts: Iterable[str]) -> str:
    """Remarks one after the other in the language in force, each once; no space follows a Chinese full stop."""
    shown = dict.fromkeys(remark(text) for text in texts if text)
    return "".join(text if text.endswith("。") else f"{text} " for text in shown).rstrip()


def language(shown: str) -> str:
    """What `shown` is written in, for the lang attribute; the greater part says, as English ones quote Chinese words."""
    return "zh-hans" if len(_HAN.findall(shown)) > len(_LATIN.findall(shown)) else "en"
