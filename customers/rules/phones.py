"""Phone numbers of China: read, told apart, written for people. Pure.

Forms by docs/domain.md, section on identifiers: mobile, landline with area code (and extension), 400/800, short codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from customers.enums import PhoneKind

_SEPARATORS = re.compile(r"[\s\-‐–—()()·.]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0\d{9,11}$|400\d{7}$|800\d{7}$)")
_ABROAD = re.compile(r"^(?:\+|00)86(?=[1-9]\d{8,10}$)")
_MOBILE = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
_LANDLINE = re.compile(r"^(0(?:10|2\d|[3-9]\d{2}))([2-9]\d{6,7})$", re.ASCII)
_SERVICE = re.compile(r"^(?:400|800)\d{7}$", re.ASCII)
_SHORT = re.compile(r"^(?:1\d{4}|9\d{4,7})$", re.ASCII)
# Full-width signs as input methods write them, and the full-width space, to plain ones.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Without the dash it is a mark of its own; a dash only counts when the digits do not make one number.
_EXTENSION = re.compile(
    r"^(?P<number>.+?)\s*(?:转接?|分机号?|内线|extension|ext\.?|[x#*,，;；])\s*[::.]?\s*(?P<extension>\d{1,6})\s*$",
    re.IGNORECASE | re.ASCII,
)
_DASHED = re.compile(r"^(?P<number>.+)[-‐–—](?P<extension>\d{1,6})\s*$", re.ASCII)
_WITH_EXTENSION = frozenset({PhoneKind.LANDLINE, PhoneKind.SERVICE})
_NOISE = re.compile(r"[\s\-_.,。,()()]+")
_WITHHELD = frozenset({
    "隐藏", "隐藏号码", "号码隐藏", "已隐藏", "未知", "未知号码", "未知来电", "无号码", "无法显示", "不显示",
    "不显示号码", "匿名", "匿名来电", "私人号码", "保密", "保密号码",
    "withheld", "numberwithheld", "withheldnumber", "anonymous", "private", "privatenumber", "unknown", "unknownnumber",
    "unavailable", "hidden", "hiddennumber", "blocked", "restricted", "nocallerid", "nonumber",
})  # fmt: skip
EXTENSION_MARK = "转"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as digits with its kind; `extension` behind a landline or a service number, else empty."""

    digits: str
    kind: PhoneKind
    extension: str = ""


def is_withheld(text: str) -> bool:
    """Whether `text` says that the caller hides the number: 隐藏号码, 未知号码, withheld, anonymous, private …"""
    return _NOISE.sub("", text.translate(_FULL_WIDTH)).casefold() in _WITHHELD


def parse_phone(text: str) -> PhoneNumber | None:
    """The number in `text` (spaces, dashes, +86, full-width digits, an extension allowed), None when it is none.

    An extension stands behind 转, 分机, ext. or the like, or behind a last dash (0571-87654321-801).
    """
    plain = text.translate(_FULL_WIDTH).strip()
    marked = _EXTENSION.match(plain)
    if marked:
        return _with_extension(marked)
    found = _number(plain)
    if found is not None:
        return found
    dashed = _DASHED.match(plain)
    return _with_extension(dashed) if dashed else None


def _with_extension(match: re.Match[str]) -> PhoneNumber | None:
    found = _number(match["number"])
    if found is None or found.kind not in _WITH_EXTENSION:
        return None
    return PhoneNumber(found.digits, found.kind, match["extension"])


def _number(text: str) -> PhoneNumber | None:
    digits = _COUNTRY.sub("", _SEPARATORS.sub("", text))
    kind = _kind(digits)
    if kind is None and _ABROAD.match(digits):
        # From abroad the zero of the area code is left out: +86 571 8765 4321.
        digits = _ABROAD.sub("0", digits)
        kind = PhoneKind.LANDLINE if _LANDLINE.match(digits) else None
    return PhoneNumber(digits, kind) if kind else None


def _kind(digits: str) -> PhoneKind | None:
    for pattern, kind in (
        (_MOBILE, PhoneKind.MOBILE),
        (_SERVICE, PhoneKind.SERVICE),
        (_SHORT, PhoneKind.SHORT),
        (_LANDLINE, PhoneKind.LANDLINE),
    ):
        if pattern.match(digits):
            return kind
    return None


def format_phone(digits: str, extension: str = "", mark: str = EXTENSION_MARK) -> str:
    """A normalised number as people write it: 138 0013 8000, 0571-8765 4321 转 801, 400-123-4567.

    `parse_phone` reads it back to the same digits and extension. What is no number stays as it is.
    """
    text = digits
    if _MOBILE.match(digits):
        text = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    elif _SERVICE.match(digits):
        text = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    elif landline := _LANDLINE.match(digits):
        text = f"{landline[1]}-{landline[2][:-4]} {landline[2][-4:]}"
    return f"{text} {mark} {extension}" if extension else text
