"""Remarks of the position files: each has its Chinese, and every reader gets them in the own language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from orgchart.descriptions.remarks import chinese_remarks, joined, language, remark
from orgchart.descriptions.sheet import Said, sheet
from orgchart.tests.factories import Organisation, person_with
from orgchart.tests.positionbodies import bodies, body, parts

HAN = re.compile(r"[\u4e00-\u9fff]+")
LINES = re.compile(r"L\d+(?:–\d+)?")
NUMBERS = re.compile(r"\d+")

PAIRS = sorted(chinese_remarks().items())


def written() -> set[str]:
    """Every note and rival reading of the files."""
    return {
        text
        for described in bodies().values()
        for path, text in parts(described)
        if path.rpartition(".")[2] in ("note", "rival") and text
    }


# -- the data -----------------------------------------------------------------------------------------------


def test_every_remark_of_the_files_has_its_chinese_and_no_entry_is_unused() -> None:
    assert set(chinese_remarks()) == written()


def test_remarks_that_differ_in_english_differ_in_chinese() -> None:
    assert len(set(chinese_remarks().values())) == len(PAIRS)


@pytest.mark.parametrize(
    "found",
    [LINES.findall, NUMBERS.findall],
    ids=["lines of the source", "numbers of tables, narratives and items"],
)
def test_chinese_keeps_the_places_that_the_english_names(found: Callable[[str], list[str]]) -> None:
    for english, chinese in PAIRS:
        assert set(found(english)) == set(found(chinese)), english


def test_chinese_keeps_the_words_of_the_source_and_the_quotes() -> None:
    for english, chinese in PAIRS:
        assert all(word in chinese for word in HAN.findall(english)), english
        assert re.findall("«.+?»", english) == re.findall("«.+?»", chinese), english


def test_chinese_is_chinese_and_ends_as_a_sentence() -> None:
    for english, chinese in PAIRS:
        assert HAN.search(chinese), english
        assert chinese.endswith("。"), english
        assert (language(english), language(chinese)) == ("en", "zh-hans"), english


# -- one remark ---------------------------------------------------------------------------------------------


def test_remark_follows_the_language_in_force() -> None:
    with translation.override("zh-hans"):
        assert remark("Duties are lost; no subordinates.") == "职责缺失，无直接下级。"
    with translation.override("en"):
        assert remark("Duties are lost; no subordinates.") == "Duties are lost; no subordinates."


@pytest.mark.parametrize("typed", ["", "Typed in the browser.", "在页面上写的说明"])
@pytest.mark.parametrize("reader", ["zh-hans", "en"])
def test_remark_typed_in_the_browser_stays_as_typed(typed: str, reader: str) -> None:
    with translation.override(reader):
        assert remark(typed) == typed


def test_remarks_are_joined_as_each_language_does() -> None:
    step, lost = "Step of the career ladder.", "Title lost in the table."
    texts = [step, "", lost, step, "Typed.", "又一说"]
    with translation.override("zh-hans"):
        assert joined(texts) == "晋升阶梯中的一级。表中职位名称缺失。Typed. 又一说"
    with translation.override("en"):
        assert joined(texts) == f"{step} {lost} Typed. 又一说"
    assert joined([]) == ""


# -- the page -----------------------------------------------------------------------------------------------


def _phrases(part: Any) -> Iterator[Said]:
    """Every phrase of a description, however deep."""
    if isinstance(part, Said):
        yield part
    elif is_dataclass(part):
        yield from _phrases([getattr(part, each.name) for each in fields(part)])
    elif isinstance(part, list | tuple):
        for below in part:
            yield from _phrases(below)


def remarks_shown(code: str) -> set[str]:
    """All remarks of the description as laid out in the language in force."""
    laid = sheet(body(code))
    return {laid.note, *(phrase.rival for phrase in _phrases(laid))} - {""}


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["zh-hans", "en"])
def test_page_shows_remarks_in_the_language_of_the_reader(
    org: Organisation, browser: Client, reader: str
) -> None:
    browser.force_login(person_with("service_agent", org.near.info, language=reader))
    text = browser.get("/positions/info_lead/").content.decode()
    described = body("info_lead")
    for english in (described["note"], described["rival"]):
        pair = (english, chinese_remarks()[english])
        own, other = pair if reader == "en" else reversed(pair)
        assert f'<span lang="{reader}">{escape(own)}</span>' in text
        assert escape(other) not in text


@pytest.mark.parametrize("code", sorted(bodies()))
@pytest.mark.parametrize("reader", ["zh-hans", "en"])
def test_every_remark_of_a_description_is_in_the_language_of_the_reader(code: str, reader: str) -> None:
    with translation.override(reader):
        assert {language(text) for text in remarks_shown(code)} <= {reader}
