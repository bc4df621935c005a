"""IMEI, invoices, serial numbers: tables of what is right and wrong, and round trips by chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.rules import imei as numbers
from products.rules.imei import Reading, read_imei
from products.rules.invoices import Invoice, invoice_problem, split_invoice, spoken_invoice
from products.rules.serials import normalise_serial, serial_problem

bodies = st.text("0123456789", min_size=14, max_size=14)
separators = st.sampled_from(["", " ", "-", " - ", ".", "/", "\u200b"])


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("490154203237518", Reading("imei", "490154203237518", None)),
        ("49-015420-323751-8", Reading("imei", "490154203237518", None)),
        ("IMEI1: 490154 203237 518", Reading("imei", "490154203237518", None)),
        ("imei：４９０１５４２０３２３７５１８", Reading("imei", "490154203237518", None)),
        ("490154203237519", Reading("", "", "wrong_check_digit")),
        ("49015420323751", Reading("short", "490154203237518", "wrong_length")),
        ("35-209900-176148-23", Reading("imeisv", "352099001761481", "is_imeisv")),
        ("A0000000002329", Reading("meid", "", "not_digits")),
        ("a0 000000 002329", Reading("meid", "", "not_digits")),
        ("490154", Reading("", "", "wrong_length")),
        ("49015420323751x", Reading("", "", "not_digits")),
        ("", Reading("", "", "not_digits")),
    ],
)
def test_what_a_scan_is(text: str, reading: Reading) -> None:
    assert read_imei(text) == reading


@given(bodies, separators, separators)
def test_an_imei_comes_back_from_being_read_aloud_and_from_separators(body: str, one: str, two: str) -> None:
    whole = numbers.with_check_digit(body)
    assert numbers.is_imei(whole)
    assert numbers.normalise_imei(numbers.spoken_imei(whole)) == whole
    assert read_imei(f"{whole[:2]}{one}{whole[2:8]}{two}{whole[8:]}") == Reading("imei", whole, None)


@given(bodies, digits(2))
def test_an_imeisv_leads_to_the_imei_of_its_phone(body: str, version: str) -> None:
    assert numbers.imei_of_imeisv(body + version) == numbers.with_check_digit(body)


@given(bodies, st.integers(0, 13), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(body: str, place: int, by: int) -> None:
    whole = numbers.with_check_digit(body)
    wrong = f"{whole[:place]}{(int(whole[place]) + by) % 10}{whole[place + 1 :]}"
    assert numbers.imei_problem(wrong) == "wrong_check_digit"


@pytest.mark.parametrize(
    ("text", "tac"), [("490154203237518", "49015420"), ("49-015420-3", "49015420"), ("4901", ""), ("", "")]
)
def test_type_code(text: str, tac: str) -> None:
    assert numbers.tac_of(text) == tac


def test_reading_aloud_leaves_what_is_no_imei_alone() -> None:
    assert numbers.spoken_imei("490154203237518") == "49 015420 323751 8"
    assert numbers.spoken_imei("4901") == "4901"


# -- Invoices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code", "invoice"),
    [
        ("24332000000012345678", "", Invoice("", "24332000000012345678")),
        ("24332 00000 00123 45678", "", Invoice("", "24332000000012345678")),
        ("12345678", "3300224130", Invoice("3300224130", "12345678")),
        ("3300224130-12345678", "", Invoice("3300224130", "12345678")),
        ("330022413012345678", "", Invoice("3300224130", "12345678")),
        ("033002200111 12345678", "", Invoice("033002200111", "12345678")),
        ("3300224130-12345678", "3300224130", Invoice("3300224130", "12345678")),
        ("１２３４５６７８", "3300-2241-30", Invoice("3300224130", "12345678")),
        ("", "", Invoice("", "")),
    ],
)
def test_right_invoices(number: str, code: str, invoice: Invoice) -> None:
    read = split_invoice(number, code)
    assert read == invoice
    assert invoice_problem(read) is None


@pytest.mark.parametrize(
    ("number", "code", "problem"),
    [
        ("1234567", "3300224130", ("invoice_number_length", "invoice_number")),
        ("12345678", "", ("invoice_code_missing", "invoice_code")),
        ("12345678", "33002241", ("invoice_code_length", "invoice_code")),
        ("", "3300224130", ("invoice_code_without_number", "invoice_number")),
        ("24332000000012345678", "3300224130", ("invoice_code_too_much", "invoice_code")),
        ("1234567a", "3300224130", ("invoice_digits", "invoice_number")),
        ("12345678", "33o0224130", ("invoice_digits", "invoice_code")),
    ],
)
def test_wrong_invoices_say_which_field(number: str, code: str, problem: tuple[str, str]) -> None:
    assert invoice_problem(split_invoice(number, code)) == problem


@given(st.one_of(st.tuples(st.just(""), digits(20)), st.tuples(st.one_of(digits(10), digits(12)), digits(8))))
def test_an_invoice_comes_back_from_its_written_form(parts: tuple[str, str]) -> None:
    invoice = Invoice(*parts)
    assert invoice_problem(invoice) is None
    assert split_invoice(spoken_invoice(invoice)) == invoice


# -- Serial numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("serial", "r5-8n a12:b", None),
        ("serial", " - ", "empty"),
        ("serial", "A" * 41, "too_long"),
        ("serial", "序列号1", "characters"),
        ("meid", "A0 000000 002329", None),
        ("meid", "49015420323751", "not_meid"),
        ("imeisv", "35-209900-176148-23", None),
        ("imeisv", "352099001761481", "not_imeisv"),
        ("imeisv", "49-015420-323751-23", "imeisv_of_another"),
    ],
)
def test_serial_numbers(kind: str, text: str, problem: str | None) -> None:
    assert serial_problem(kind, normalise_serial(text), ("352099001761481", "")) == problem


@given(st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=1, max_size=40), separators)
def test_a_serial_number_is_the_same_with_separators(number: str, between: str) -> None:
    if "/" not in between and "\u200b" not in between:
        assert normalise_serial(between.join(number.lower())) == number
