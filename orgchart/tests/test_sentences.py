"""The golden sentences of the why, in both languages, as they were reviewed."""

from __future__ import annotations

import inspect
import re

import pytest
import time_machine
from django.utils import translation

from orgchart import authority
from orgchart.authority import Decision, decision
from orgchart.tests import golden
from orgchart.tests.golden import Department

pytestmark = pytest.mark.django_db
FILE = golden.sentences()


@pytest.fixture
def answers() -> dict[str, Decision]:
    """The decision behind each sentence."""
    with time_machine.travel(golden.NOW, tick=False):
        people = Department().people
        return {
            row.id: decision(
                people[row.actor], row.power, people[row.subject],
                second=people[row.second] if row.second else None, day=row.day,
            )
            for row in FILE
        }  # fmt: skip


def _wrong(answers: dict[str, Decision], language: str) -> list[str]:
    with translation.override(language):
        said = {row.id: answers[row.id].sentence() for row in FILE}
    wanted = {row.id: row.en if language == "en" else row.zh for row in FILE}
    return [
        f"{key}:\n  wanted {wanted[key]}\n  said   {said[key]}" for key in said if said[key] != wanted[key]
    ]


def test_english(answers: dict[str, Decision]) -> None:
    wrong = _wrong(answers, "en")
    assert not wrong, "\n".join(wrong)


def test_chinese(answers: dict[str, Decision]) -> None:
    wrong = _wrong(answers, "zh-hans")
    assert not wrong, "\n".join(wrong)


def test_codes(answers: dict[str, Decision]) -> None:
    assert {row.id: answers[row.id].code for row in FILE} == {row.id: row.code for row in FILE}


def test_the_file_says_every_kind_of_answer() -> None:
    refusals = [row for row in FILE if row.code != "granted"]
    assert len(FILE) >= 30
    assert 2 * len(refusals) >= len(FILE)
    every = set(re.findall(r'^ {8}"(\w+)": ', inspect.getsource(authority._refusal), re.MULTILINE))
    assert {row.code for row in refusals} == {code for code in every if not code.endswith("_at_the_top")}
    assert len({row.id for row in FILE}) == len(FILE)


def test_every_sentence_is_whole() -> None:
    for row in FILE:
        assert "?" not in row.en + row.zh, row.id
        assert row.en.startswith("Yes:" if row.code == "granted" else "No:"), row.id
        assert row.zh.startswith("可以：" if row.code == "granted" else "不可以："), row.id
        assert "%(" not in row.en + row.zh
