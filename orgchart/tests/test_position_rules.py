"""What a job description may say, and its fingerprint."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.utils import translation

from orgchart.rules.positionfile import canonical, check, fingerprint
from orgchart.tests.positionbodies import KNOWN_ACTIONS, at, bodies, body, parts, put

ITEM = {"zh": "新的内容", "en": "New content", "lines": "", "confidence": "ruled", "rival": ""}


def found(changed: dict[str, Any], **known: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in check(changed, **known)]


def after(code: str, **changes: Any) -> list[tuple[str, str]]:
    """What `check` finds when parts of a good file are replaced; paths are written with __ for dots."""
    changed = body(code)
    for path, part in changes.items():
        put(changed, path.replace("__", "."), part)
    return found(changed)


# --- shape


@pytest.mark.parametrize("code", sorted(bodies()))
def test_every_part_but_the_receiver_of_reports_must_be_there(code: str) -> None:
    for path, _part in list(parts(body(code))):
        changed, (above, _, name) = body(code), path.rpartition(".")
        if isinstance(at(changed, above), dict):
            del at(changed, above)[name]
            assert found(changed) == [(path, "missing")]


@pytest.mark.parametrize("code", sorted(bodies()))
def test_every_part_of_a_wrong_type_is_named(code: str) -> None:
    for path, part in list(parts(body(code))):
        changed = body(code)
        put(changed, path, 17 if isinstance(part, (str, list, dict, type(None), bool)) else "17")
        assert [where for where, _code in found(changed)] == [path]


@pytest.mark.parametrize(
    "path",
    ["", "department", "requirements", "contacts", "duties.0", "duties.0.items.0", "powers.0", "grants.0"],
)
def test_unknown_parts_are_refused_at_every_level(path: str) -> None:
    changed = body("info_lead")
    at(changed, path)["colour"] = "red"
    assert found(changed) == [(f"{path}.colour" if path else "colour", "unknown_key")]


def test_a_list_is_no_object_and_an_object_no_list() -> None:
    assert after("info_lead", purpose=[], duties={}) == [("purpose", "type"), ("duties", "type")]


def test_the_whole_must_be_an_object() -> None:
    assert [(problem.path, problem.code) for problem in check([])] == [("", "type")]  # type: ignore[arg-type]


# --- texts


def test_chinese_holds_500_characters_and_english_800() -> None:
    assert after("info_lead", purpose__zh="字" * 500, purpose__en="e" * 800) == []
    assert after("info_lead", purpose__zh="字" * 501, purpose__en="e" * 801) == [
        ("purpose.zh", "too_long"),
        ("purpose.en", "too_long"),
    ]


def test_title_holds_what_the_table_holds() -> None:
    assert after("info_lead", zh="字" * 40, en="e" * 60, source="s" * 120) == []
    assert after("info_lead", zh="字" * 41, en="e" * 61, source="s" * 121) == [
        ("zh", "too_long"),
        ("en", "too_long"),
        ("source", "too_long"),
    ]


@pytest.mark.parametrize("text", ["", " ", "　"])
def test_both_languages_are_asked_for(text: str) -> None:
    assert after("info_lead", purpose__zh=text, purpose__en=text) == [
        ("purpose.zh", "missing"),
        ("purpose.en", "missing"),
    ]


@pytest.mark.parametrize(
    "mark", ["<b>", "a > b", "\n", "\r", "\t", "\x00", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"]
)
def test_only_plain_text_in_one_line(mark: str) -> None:
    assert after("info_lead", note=f"before{mark}after") == [("note", "not_plain")]


@pytest.mark.parametrize("text", ["R&D", "«引号»", "“引号”", "1–2", "😀", "a; b (c) 'd' \"e\""])
def test_other_marks_are_kept(text: str) -> None:
    assert after("info_lead", note=text) == []


@pytest.mark.parametrize("lines", ["", "L1", "L404–405", "L198, L399", "L313–318, L355, L426–429"])
def test_source_lines(lines: str) -> None:
    assert after("info_lead", purpose__lines=lines) == []


@pytest.mark.parametrize("lines", ["404", "L", "L404-405", "L405–404", "L404–404", "L1,L2", "L1 ", "L１"])
def test_source_lines_in_another_form(lines: str) -> None:
    assert after("info_lead", purpose__lines=lines) == [("purpose.lines", "form")]


# --- choices and numbers


@pytest.mark.parametrize(
    "path",
    [
        "unit_kind",
        "confidence",
        "purpose.confidence",
        "requirements.education.level",
        "duties.0.degree",
        "powers.0.power",
    ],
)
def test_choices(path: str) -> None:
    changed = body("info_lead")
    put(changed, path, "purple")
    assert found(changed) == [(path, "choice")]


def test_no_degree_is_an_answer_and_no_confidence_is_none() -> None:
    assert after("info_lead", duties__0__degree="") == []
    assert after("info_lead", confidence="") == [("confidence", "choice")]


@pytest.mark.parametrize("years", [0, 1, 1.5, 60])
def test_years(years: float) -> None:
    assert after("info_lead", requirements__experience__years_in_trade=years) == []


@pytest.mark.parametrize("years", [-1, 60.5, True, "2", None, float("nan"), float("inf")])
def test_what_are_no_years(years: Any) -> None:
    path = "requirements.experience.years_in_post"
    assert after("info_lead", requirements__experience__years_in_post=years) == [(path, "number")]


@pytest.mark.parametrize("no", [0, 100, 1.5, 1.0])
def test_duties_have_whole_numbers(no: float) -> None:
    assert after("info_lead", duties__0__no=no) == [("duties.0.no", "number")]


def test_at_most_60_entries() -> None:
    assert after("info_lead", conditions=[ITEM] * 60) == []
    assert after("info_lead", conditions=[ITEM] * 61) == [("conditions", "too_many")]


# --- what refers to other parts


def test_a_group_is_named_for_a_group_and_only_there() -> None:
    assert after("info_lead", group_kind="") == [("group_kind", "missing")]
    assert after("centre_manager", group_kind="info") == [("group_kind", "group")]


def test_nobody_answers_to_oneself() -> None:
    assert after("info_lead", superior="info_lead") == [("superior", "own_superior")]


def test_every_duty_has_a_number_of_its_own() -> None:
    assert after("info_lead", duties__5__no=5) == [("duties.5.no", "twice")]


def test_every_power_once() -> None:
    changed = body("info_lead")
    changed["powers"].append(dict(changed["powers"][0]))
    assert found(changed) == [("powers.10.power", "twice")]


def test_a_power_has_the_number_of_its_clause() -> None:
    assert after("info_lead", powers__1__no="2b") == [("powers.1.no", "clause_number")]


def test_only_the_right_to_report_names_a_position_and_it_must() -> None:
    changed = body("info_lead")
    del changed["powers"][9]["to"]
    changed["powers"][0]["to"] = "centre_manager"
    assert found(changed) == [("powers.0.to", "unknown_key"), ("powers.9.to", "missing")]


@pytest.mark.parametrize("clause", ["duty.7", "power.7", "duty.2a"])
def test_a_clause_that_is_not_there(clause: str) -> None:
    assert after("info_lead", grants__0__clause=clause) == [("grants.0.clause", "unknown_clause")]


@pytest.mark.parametrize("clause", ["duty.6", "power.2a", "power.2b", "ruling"])
def test_a_clause_that_is_there(clause: str) -> None:
    assert after("info_lead", grants__0__clause=clause) == []


@pytest.mark.parametrize("clause", ["", "duty", "duties.1", "ruling.1", 1, None])
def test_what_is_no_clause(clause: Any) -> None:
    assert [path for path, _code in after("info_lead", grants__0__clause=clause)] == ["grants.0.clause"]


def test_taking_a_duty_out_names_the_grants_that_rest_on_it() -> None:
    changed = body("storekeeper")
    changed["duties"] = []
    assert found(changed) == [("grants.0.clause", "unknown_clause"), ("grants.1.clause", "unknown_clause")]


def test_every_action_once() -> None:
    changed = body("storekeeper")
    changed["grants"].append(dict(changed["grants"][0]))
    assert found(changed) == [("grants.2.action", "twice")]


@pytest.mark.parametrize("limit", [None, "0.00", "200.00", "123456789012.99"])
def test_limits(limit: str | None) -> None:
    assert after("storekeeper", grants__0__limit=limit) == []


@pytest.mark.parametrize(
    "limit", ["-1.00", "1", "1.0", "1.000", "1e3", "1,000.00", "１.00", " 1.00", "NaN", "1234567890123.00"]
)
def test_limits_in_another_form(limit: str) -> None:
    assert after("storekeeper", grants__0__limit=limit) == [("grants.0.limit", "form")]


@pytest.mark.parametrize("reach", [[], ["unit", "unit"]])
def test_reach_is_said_once(reach: list[str]) -> None:
    assert after("storekeeper", grants__0__reach=reach) == [("grants.0.reach", "reach")]


def test_kinds_are_said_once() -> None:
    assert after("storekeeper", grants__0__kinds=["repair"]) == []
    assert after("storekeeper", grants__0__kinds=["repair", "repair"]) == [("grants.0.kinds", "twice")]


def test_known_actions_and_reaches_are_asked_for_when_given() -> None:
    changed = body("storekeeper")
    put(changed, "grants.0.action", "case.burn")
    put(changed, "grants.1.reach", ["world"])
    assert found(changed) == []
    assert found(changed, actions=KNOWN_ACTIONS) == [
        ("grants.0.action", "unknown_action"),
        ("grants.1.reach", "reach"),
    ]


def test_known_positions_are_asked_for_when_given() -> None:
    changed = body("service_agent")
    put(changed, "superior", "king")
    put(changed, "powers.0.to", "king")
    put(changed, "career.0.to", "king")
    assert found(changed) == []
    assert found(changed, codes=bodies()) == [
        ("superior", "unknown_position"),
        ("powers.0.to", "unknown_position"),
        ("career.0.to", "unknown_position"),
    ]


def test_sentences_say_what_to_do_in_the_readers_language() -> None:
    changed = body("info_lead")
    put(changed, "purpose.zh", "字" * 501)
    (problem,) = check(changed)
    with translation.override("en"):
        assert str(problem.message) == "Use at most 500 characters."
    with translation.override("zh-hans"):
        assert str(problem.message) == "最多 500 个字符。"


# --- canonical form and fingerprint


def test_canonical_form_is_sorted_utf8_without_spaces() -> None:
    assert canonical({"b": [1.0, 1.5, None, True], "a": {"z": "信", "y": ""}}) == (
        '{"a":{"y":"","z":"信"},"b":[1,1.5,null,true]}'.encode()
    )


def test_the_order_of_keys_and_the_way_of_a_number_do_not_count() -> None:
    one, other = body("info_lead"), dict(reversed(body("info_lead").items()))
    other["requirements"]["experience"]["years_in_trade"] = 2.0
    assert fingerprint(one) == fingerprint(other)


def test_the_order_of_entries_counts() -> None:
    changed = body("info_lead")
    changed["duties"].reverse()
    assert fingerprint(changed) != fingerprint(body("info_lead"))


def test_fingerprint_is_sha256_of_the_canonical_form() -> None:
    expected = "c73600648a089afa68f0c0497c07f53a3ff27488a9d13aa9ff07182fc8194f6d"
    assert fingerprint({"a": "信"}) == expected == hashlib.sha256('{"a":"信"}'.encode()).hexdigest()


def test_what_json_cannot_hold_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})
