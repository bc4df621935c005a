"""How personal data is shown by default; the plain value is a right of its own (see `core.reveal`).

Each function takes what is stored and never raises; an empty value stays empty, and what it does not
recognise it hides. Lengths are hidden where they would tell something.
"""

from __future__ import annotations

import re

STARS = "****"
_SEPARATORS = re.compile(r"[\s\-()]+")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})")
_SERVICE = re.compile(r"[48]00\d{7}|1\d{4}|9\d{4,7}")
_NO_STREET = r"[^路街道巷号弄村镇乡栋幢座室\d\s]"
_DISTRICT = re.compile(
    r"(?P<province>.{1,8}?(?:省|自治区|特别行政区))?"
    rf"(?P<city>{_NO_STREET}{{2,11}}?(?:市|自治州|州|盟|地区))?"
    rf"(?P<district>{_NO_STREET}{{1,10}}?(?:(?<![小社校厂])区|县|旗|市))?"
)


def mask_phone(value: str) -> str:
    """138****8000, 0571-****4321;

    numbers of companies and short codes (400…, 95…, 12315) belong to nobody.
    """
    number = _COUNTRY.sub("", _SEPARATORS.sub("", value))
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}{STARS}{number[-4:]}"
    if landline := _LANDLINE.fullmatch(number):
        return f"{landline[1]}-{STARS}{landline[2][-4:]}"
    if _SERVICE.fullmatch(number):
        return value
    return _tail(number, 2)


def mask_name(value: str) -> str:
    """张*, 张*丰, 欧***:

    two and three characters keep their length, longer names the first character only.
    """
    name = value.strip()
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return f"{name[0]}*"
    if len(name) == 3:
        return f"{name[0]}*{name[2]}"
    return f"{name[0]}***"


def mask_imei(value: str) -> str:
    """860123*****7518: type code's first six digits and the last four."""
    digits = _SEPARATORS.sub("", value)
    if len(digits) < 14:
        return _tail(digits, 4)
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def mask_address(value: str) -> str:
    """浙江省杭州市西湖区****: down to the district, nothing below."""
    address = value.strip()
    if not address:
        return ""
    match = _DISTRICT.match(address)
    return f"{match[0] if match else ''}{STARS}"


def mask_email(value: str) -> str:
    """a***@x.com."""
    local, at, domain = value.strip().rpartition("@")
    if not at or not local:
        return STARS if value.strip() else ""
    return f"{local[0]}***@{domain}"


def mask_invoice(value: str) -> str:
    """The last four characters of an invoice number."""
    return _tail(_SEPARATORS.sub("", value), 4)


def mask_id_card(value: str) -> str:
    """110***********002X: region's first three and the last four, never the date of birth."""
    number = _SEPARATORS.sub("", value)
    if len(number) not in (15, 18):
        return STARS if number else ""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_bank(value: str) -> str:
    """**** **** **** 6789."""
    number = _SEPARATORS.sub("", value)
    if len(number) < 8:
        return STARS if number else ""
    return f"{STARS} {STARS} {STARS} {number[-4:]}"


def mask_plate(value: str) -> str:
    """浙A***23."""
    plate = value.strip()
    if len(plate) < 6:
        return STARS if plate else ""
    return f"{plate[:2]}***{plate[-2:]}"


def _tail(text: str, shown: int) -> str:
    """Stars and the last `shown` characters, as long as at least as many stay hidden."""
    if not text:
        return ""
    return f"{STARS}{text[-shown:]}" if len(text) >= 2 * shown else STARS
