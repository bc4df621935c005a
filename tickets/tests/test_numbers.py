"""Case numbers."""

from hypothesis import given
from hypothesis import strategies as st

from tickets.rules.numbers import case_number, check_digit, parse_case_number, spoken

bodies = st.integers(min_value=10_000_001, max_value=99_999_999)


def test_check_digit_of_the_standards_example() -> None:
    # ISO/IEC 7064 gives 0794 the check digit 5 by MOD 11,10.
    assert check_digit("0794") == 5


@given(bodies)
def test_number_is_recognised_however_it_is_typed(body: int) -> None:
    number = case_number(body)
    assert parse_case_number(f" {spoken(number)} ") == number
    assert parse_case_number(str(number)) == number


@given(bodies, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: int, place: int, shift: int) -> None:
    digits = list(str(case_number(body)))
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert parse_case_number("".join(digits)) is None or digits[0] == "0"


@given(bodies)
def test_numbers_increase_with_the_sequence(body: int) -> None:
    assert case_number(body) < case_number(body + 1)


def test_what_is_no_case_number() -> None:
    assert [parse_case_number(text) for text in ("", "1", "abc", "１２３４５６７８９", "1234567890123")] == [
        None
    ] * 5


def test_spoken_in_groups_of_three() -> None:
    assert spoken(100000017) == "100 000 017"
