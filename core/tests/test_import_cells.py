"""What may stand in a cell, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import pytest

from core.imports import cells


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (cells.amount, "￥1,234.50", "1234.50"),
        (cells.amount, "１，２３４．５", "1234.5"),
        (cells.amount, "-5.20元", "-5.20"),
        (cells.amount, "1_000", "bad_amount"),
        (cells.amount, "1,23", "bad_amount"),
        (cells.amount, "1.234", "bad_amount"),
        (cells.amount, "1e5", "bad_amount"),
        (cells.whole(1, 99), "０７", "7"),
        (cells.whole(1, 99), "1_0", "bad_number"),
        (cells.whole(1, 99), "100", "bad_number"),
        (cells.whole(1, 99), "7.0", "7"),
        (cells.yes_no, "是", "True"),
        (cells.yes_no, "Ｎ", "False"),
        (cells.yes_no, "也许", "bad_yes_no"),
        (cells.day, "2026年3月2日", "2026-03-02"),
        (cells.day, "46083", "2026-03-02"),
        (cells.day, "60", "bad_date"),
        (cells.day, "2026-02-29", "bad_date"),
        (cells.day, "3/2/2026", "bad_date"),
        (cells.day, "1949-12-31", "date_out_of_range"),
        (cells.day, "2026-03-02 10:00:00", "2026-03-02"),
        (cells.code(5), "Ａ-1", "A-1"),
        (cells.code(5), "1.2E+17", "shortened"),
        (cells.code(5), "toolong", "bad_code"),
        (cells.email, "a@b.cn", "a@b.cn"),
        (cells.email, "a@b", "bad_email"),
        (cells.text(3), " a \n b ", "a b"),
        (cells.text(3), "abcd", "too_long"),
        (cells.text(9), "a\x07", "not_plain"),
    ],
)
def test_cells(parse: Any, text: str, value: str) -> None:
    try:
        found = str(parse(text))
    except cells.CellProblem as problem:
        found = problem.code
    assert found == value


@pytest.mark.parametrize("code", list(cells._sentences))
def test_every_sentence_is_filled_in(code: str) -> None:
    params = {"limit": 1, "least": 1, "most": 2, "other": 3, "choices": "a"}
    assert "%" not in cells.CellProblem(code, params).sentence
