"""Numbers: read, told apart, written, read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.enums import PhoneKind
from customers.rules.phones import PhoneNumber, format_phone, is_withheld, parse_phone

M, L, S, C = PhoneKind.MOBILE, PhoneKind.LANDLINE, PhoneKind.SERVICE, PhoneKind.SHORT


@pytest.mark.parametrize(
    ("text", "digits", "kind", "extension"),
    [
        ("138 0013 8000", "13800138000", M, ""),
        ("+86 138-0013-8000", "13800138000", M, ""),
        ("008613800138000", "13800138000", M, ""),
        ("8613800138000", "13800138000", M, ""),
        ("".join(chr(ord(digit) + 0xFEE0) for digit in "+8613800138000"), "13800138000", M, ""),
        ("\uff080571\uff0987654321", "057187654321", L, ""),
        ("0571-8765 4321", "057187654321", L, ""),
        ("(0571)87654321", "057187654321", L, ""),
        ("(0571)8765-4321", "057187654321", L, ""),
        ("010-62345678", "01062345678", L, ""),
        ("0379-6234567", "03796234567", L, ""),
        ("86 0571 8765 4321", "057187654321", L, ""),
        ("+86 571 8765 4321", "057187654321", L, ""),
        ("0086 10 6234 5678", "01062345678", L, ""),
        ("0571-87654321-801", "057187654321", L, "801"),
        ("0571-87654321转801", "057187654321", L, "801"),
        ("0571-8765 4321 转 801", "057187654321", L, "801"),
        ("057187654321 分机:12", "057187654321", L, "12"),
        ("0571-87654321 ext. 801", "057187654321", L, "801"),
        ("0571-87654321 EXT801", "057187654321", L, "801"),
        ("0571-87654321x801", "057187654321", L, "801"),
        ("0571-87654321#801", "057187654321", L, "801"),
        ("400-123-4567", "4001234567", S, ""),
        ("400-123-4567转2", "4001234567", S, "2"),
        ("800 820 8820", "8008208820", S, ""),
        ("12315", "12315", C, ""),
        ("95588", "95588", C, ""),
        ("95013888", "95013888", C, ""),
    ],
)
def test_what_is_read(text: str, digits: str, kind: PhoneKind, extension: str) -> None:
    assert parse_phone(text) == PhoneNumber(digits, kind, extension)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "12800138000", "1380013800", "138001380001", "0571-1234567", "87654321", "110",
        "0571-87654321转8012345", "138 0013 8000 转 1", "12315-1", "转801", "隐藏号码", "+1 202 555 0123", "4001234",
        "-801", "²3800138000",
    ],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert parse_phone(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "隐藏号码",
        "未知号码",
        "withheld",
        "Anonymous",
        " PRIVATE ",
        "private number",
        "No Caller ID",
        "匿名",
        "未知 号码",
    ],
)
def test_a_withheld_number_is_recognised(text: str) -> None:
    assert is_withheld(text)


@pytest.mark.parametrize("text", ["", "13800138000", "张三", "private bank", "unknown person"])
def test_other_words_are_not_a_withheld_number(text: str) -> None:
    assert not is_withheld(text)


@pytest.mark.parametrize(
    ("digits", "extension", "text"),
    [
        ("13800138000", "", "138 0013 8000"),
        ("057187654321", "", "0571-8765 4321"),
        ("057187654321", "801", "0571-8765 4321 转 801"),
        ("03796234567", "", "0379-623 4567"),
        ("01062345678", "", "010-6234 5678"),
        ("4001234567", "", "400-123-4567"),
        ("12315", "", "12315"),
        ("whatever", "", "whatever"),
    ],
)
def test_how_a_number_is_written(digits: str, extension: str, text: str) -> None:
    assert format_phone(digits, extension) == text


def test_the_mark_of_an_extension_may_be_latin() -> None:
    assert format_phone("057187654321", "801", "ext.") == "0571-8765 4321 ext. 801"


def _digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


_mobiles = st.builds(lambda a, b: f"1{a}{b}", st.sampled_from("3456789"), _digits(9, 9))
_areas = st.sampled_from(["010", "020", "021", "0571", "0379", "0755", "0898", "0991"])
_landlines = st.builds(lambda a, b, c: f"{a}{b}{c}", _areas, st.sampled_from("23456789"), _digits(6, 7))
_services = st.builds(lambda a, b: f"{a}{b}", st.sampled_from(["400", "800"]), _digits(7, 7))
_shorts = st.one_of(_digits(4, 4).map("1{}".format), _digits(4, 7).map("9{}".format))


@given(st.one_of(_mobiles, _landlines, _services, _shorts))
def test_reading_what_was_written_gives_the_number_back(digits: str) -> None:
    found = parse_phone(format_phone(digits))
    assert found == parse_phone(digits)
    assert found is not None
    assert (found.digits, found.extension) == (digits, "")


@given(st.one_of(_landlines, _services), _digits(1, 6), st.sampled_from(["转", "ext.", "分机", "x"]))
def test_an_extension_survives_as_well(digits: str, extension: str, mark: str) -> None:
    found = parse_phone(format_phone(digits, extension, mark))
    assert found is not None
    assert (found.digits, found.extension) == (digits, extension)


@given(st.text(max_size=40))
def test_any_text_is_answered_and_a_number_is_stable(text: str) -> None:
    found = parse_phone(text)
    if found is not None:
        assert found.digits.isascii()
        assert parse_phone(format_phone(found.digits, found.extension)) == found


@given(_mobiles, st.sampled_from(["", "+86", "0086 ", "86"]), st.sampled_from(["", " ", "-"]))
def test_separators_and_country_do_not_matter(digits: str, country: str, separator: str) -> None:
    text = country + separator.join((digits[:3], digits[3:7], digits[7:]))
    assert parse_phone(text) == PhoneNumber(digits, M)
