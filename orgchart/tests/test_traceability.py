"""docs/traceability.md leads to pages, tests and files that are there, and says the state of every phrase."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import resolve

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d", line)
]
STATES = ("here", "partly", "waits", "none")
EXAMPLES = {"id": "1", "number": "12345674", "code": "info_lead", "power": "appraise"}


def named(text: str) -> list[str]:
    """What is set in code: addresses begin with a slash, the rest are files of the project."""
    return [name for name in re.findall(r"`([^`]+)`", text) if "/" in name]


ADDRESSES = sorted({name for name in named(TEXT) if name.startswith("/")})
FILES = sorted({name for name in named(TEXT) if not name.startswith("/")})


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_lead_to_a_page(address: str) -> None:
    path = re.sub(r"<(\w+)>", lambda match: EXAMPLES[match[1]], address)
    found = resolve(path, urlconf="aftersales.urls")
    # The API answers addresses that it does not have with a view of its own.
    assert found.url_name != "nothing"


@pytest.mark.parametrize("file", FILES)
def test_files_exist(file: str) -> None:
    assert (ROOT / file).exists()


def test_every_phrase_of_the_reading_has_a_row() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 115)]
    assert {len(row) for row in ROWS} == {6}
    assert len({(row[1], row[2]) for row in ROWS}) == 114


def test_every_row_says_how_far_it_is() -> None:
    for number, phrase, _where, _capability, state, words in ROWS:
        assert phrase, number
        assert state in STATES, number
        waits = bool(re.search(r"issue \d|not yet an issue|under way", words))
        assert waits == (state in ("partly", "waits")) or state == "none", number
        assert state not in ("here", "partly") or named(words), number


def test_the_counts_above_the_table_are_those_of_the_table() -> None:
    told = {state: int(count) for state, count in re.findall(r"\*\*(\w+)\*\*: [^\n]*? (\d+) rows?\.", TEXT)}
    assert told == {state: sum(row[4] == state for row in ROWS) for state in STATES}


def test_what_waits_for_an_issue_names_it_by_number_and_title() -> None:
    titles = {"4": "Customers, products and devices", "5": "The case desk"}
    for number, title in re.findall(r"issue (\d+) “([^”]+)”", TEXT):
        assert titles[number] == title
    assert len(re.findall(r"issue \d+", TEXT)) == len(re.findall(r"issue \d+ “", TEXT))
