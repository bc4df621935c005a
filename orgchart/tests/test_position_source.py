"""Every text of the position files against the line of the source document that it names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from orgchart.enums import Power
from orgchart.tests.positionbodies import DATA, bodies, parts

SOURCE = DATA / "source" / "job-descriptions.zh.txt"
LINES = SOURCE.read_text(encoding="utf-8").split("\n")
BODIES = bodies()
CODES = sorted(BODIES)

# The source writes the five rights of clause 2 in one line: what each of them takes from it.
CLAUSE_2 = {
    Power.PROPOSE_TRANSFER: ("对直接下级", "调配", "的建议权"),
    Power.PROPOSE_REWARD: ("对直接下级", "奖", "的建议权"),
    Power.PROPOSE_DISCIPLINE: ("对直接下级", "惩", "的建议权"),
    Power.NOMINATE_APPOINTMENT: ("对直接下级", "任用", "的提名权"),
    Power.NOMINATE_DISMISSAL: ("对直接下级", "解聘", "的提名权"),
}

# Lines that no description takes up: titles, pay (not ours), closing words, the web page around the document, and
# L192–194, the end of a list of powers that may be any group leader's.
LEFT_OUT = {
    1, 2, 18, 30, 49, 50, 51, 56, 59, 82, 103, 123, 138, 146, 147, 148, 149, 150, 169, 192, 193, 194, 358,
}  # fmt: skip
LABELS = {
    "岗位说明书", "职位名称", "所属部门", "任职人", "直接上级", "直接下级", "任职人签字", "任职条件",
    "学历", "专业知识", "专业技能", "工作经验", "其他", "职位目的", "沟通关系", "内部", "外部",
    "职责项目", "主要工作内容", "衡量指标", "责任程度", "主要权力", "售后服务部",
}  # fmt: skip

_SPLIT = re.compile(r"[、，。；：（）！？“”\s!-/:-@\[-`{-~]+")
_PART = re.compile(r"L([0-9]+)(?:–([0-9]+))?")


def text_of(first: int, last: int) -> str:
    return "".join(LINES[first - 1 : last])


def ranges(lines: str) -> list[tuple[int, int]]:
    return [(int(first), int(last or first)) for first, last in _PART.findall(lines)]


def cited(lines: str) -> list[str]:
    """The text of each line or range that is named."""
    return [text_of(first, last) for first, last in ranges(lines)]


def stray(text: str, lines: str) -> list[str]:
    """Phrases that none of the named lines has, and named lines that are not needed for any phrase."""
    phrases = [phrase for phrase in _SPLIT.split(text) if phrase]
    wrong = [phrase for phrase in phrases if not any(phrase in part for part in cited(lines))]
    for first, last in ranges(lines):
        found = [phrase for phrase in phrases if phrase in text_of(first, last)]
        for one, other in ((first + 1, last), (first, last - 1)):
            if all(phrase in text_of(one, other) for phrase in found):
                wrong.append(f"L{first}–{last} is too wide")
                break
    return wrong


def entries(code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text with source lines."""
    for path, part in parts(BODIES[code]):
        if isinstance(part, dict) and "zh" in part and "lines" in part:
            yield path, part


def test_the_source_is_the_published_text() -> None:
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    assert digest == "1d89114b2f4b90108c50edf8a4905b47558e454b79ef5080fb8274f51317a89f"
    assert len(LINES) == 485


@pytest.mark.parametrize("code", CODES)
def test_every_phrase_stands_in_the_lines_that_are_named(code: str) -> None:
    wrong = {
        path: stray(entry["zh"], entry["lines"])
        for path, entry in entries(code)
        if entry["lines"] and entry.get("power") not in CLAUSE_2
    }
    assert {path: phrases for path, phrases in wrong.items() if phrases} == {}


@pytest.mark.parametrize("code", CODES)
def test_every_line_that_is_named_exists(code: str) -> None:
    for path, part in parts(BODIES[code]):
        if path.rpartition(".")[2] in ("lines", "degree_lines"):
            assert all(0 < int(number) <= len(LINES) for number in re.findall("[0-9]+", part)), path


@pytest.mark.parametrize("code", CODES)
def test_the_rights_of_clause_2_stand_in_its_line(code: str) -> None:
    for row in BODIES[code]["powers"]:
        if row["power"] in CLAUSE_2 and row["lines"]:
            (line,) = cited(row["lines"])
            assert [piece for piece in CLAUSE_2[Power(row["power"])] if piece not in line] == []


@pytest.mark.parametrize("code", CODES)
def test_degrees_stand_in_the_lines_that_are_named(code: str) -> None:
    words = {"direct": "直接责任", "leading": "领导责任"}
    for duty in BODIES[code]["duties"]:
        if duty["degree"]:
            assert cited(duty["degree_lines"]) == [words[duty["degree"]]]
        else:
            assert duty["degree_lines"] == ""


@pytest.mark.parametrize("code", CODES)
def test_what_has_no_line_is_set_by_ruling_or_says_where_it_comes_from(code: str) -> None:
    for path, entry in entries(code):
        if not entry["lines"]:
            assert entry["confidence"] == "ruled" or (entry["confidence"] == "low" and entry["rival"]), path
        if entry["confidence"] == "ruled":
            assert entry["lines"] == "", path


@pytest.mark.parametrize("code", CODES)
def test_what_is_doubtful_names_the_other_reading(code: str) -> None:
    assert [
        path for path, entry in entries(code) if entry["confidence"] == "low" and not entry["rival"]
    ] == []
    assert BODIES[code]["confidence"] in ("high", "named") or BODIES[code]["rival"]


def test_nothing_of_the_document_is_lost() -> None:
    taken: set[int] = set()
    for path, part in (pair for one in BODIES.values() for pair in parts(one)):
        if path.rpartition(".")[2] in ("lines", "degree_lines"):
            for first, last in _PART.findall(part):
                taken.update(range(int(first), int(last or first) + 1))
    left = {
        number
        for number, line in enumerate(LINES, start=1)
        if line.strip() and line not in LABELS and number not in taken
    }
    assert left == LEFT_OUT


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("数据管理", "L414", []),
        ("数据管理", "L415", ["数据管理", "L415–415 is too wide"]),
        ("数据管理", "L414, L415", ["L415–415 is too wide"]),
        ("数据管理、服务管理", "L414, L415", []),
        ("公共关系管理", "L264–265", []),
        ("公共关系管理", "L264", ["公共关系管理", "L264–264 is too wide"]),
        ("公共关系管理", "L263–265", ["L263–265 is too wide"]),
        ("公共关系管理", "L264–266", ["L264–266 is too wide"]),
        ("协调与厂家的关系，争取资源", "L396", []),
        ("协调与厂家的关系，争取更多资源", "L396", ["争取更多资源"]),
    ],
)
def test_a_wrong_line_or_word_is_found(text: str, lines: str, expected: list[str]) -> None:
    assert stray(text, lines) == expected
