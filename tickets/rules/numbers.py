"""Case numbers: digits only, the last one a check digit (ISO/IEC 7064, MOD 11,10), easy to read aloud."""

from __future__ import annotations


def check_digit(body: int | str) -> int:
    """Check digit of a number by ISO/IEC 7064 MOD 11,10."""
    product = 10
    for character in str(body):
        total = (int(character) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def case_number(sequence: int) -> int:
    """The number made from a value of the sequence; increasing with it."""
    return sequence * 10 + check_digit(sequence)


def parse_case_number(text: str) -> int | None:
    """The number meant by what somebody typed or heard, spaces and dashes ignored; None when it cannot be one."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 12):
        return None
    number = int(digits)
    return number if check_digit(number // 10) == number % 10 else None


def spoken(number: int) -> str:
    """Groups of three digits, as one reads it aloud: 100 000 017."""
    return f"{number:,}".replace(",", " ")
