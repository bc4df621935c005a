"""The visible difference between two versions of a job description."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from orgchart.rules.positionfile import Difference, differences, fingerprint
from orgchart.tests.positionbodies import at, bodies, body, parts, put

ITEM = {"zh": "新的内容", "en": "New content", "lines": "", "confidence": "ruled", "rival": ""}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    with translation.override("en"):
        return [
            (each.kind, each.path, str(each.label), str(each.old), str(each.new))
            for each in differences(old, new)
        ]


def test_the_same_has_no_difference() -> None:
    for code, one in bodies().items():
        assert differences(one, body(code)) == []


def test_a_reworded_item_is_one_change_with_both_texts() -> None:
    new = body("info_lead")
    put(new, "duties.1.items.0.zh", "数据的管理")
    assert told(body("info_lead"), new) == [
        ("changed", "duties.1.items.0.zh", "Duty 2 · Work content 7", "数据管理", "数据的管理")
    ]


def test_a_changed_translation_says_so() -> None:
    new = body("info_lead")
    put(new, "duties.1.items.0.en", "Managing data")
    put(new, "en", "Head of information")
    assert told(body("info_lead"), new) == [
        ("changed", "en", "Title of the post · English", "Information group leader", "Head of information"),
        (
            "changed",
            "duties.1.items.0.en",
            "Duty 2 · Work content 7 · English",
            "Data management",
            "Managing data",
        ),
    ]


def test_a_duty_put_in_between_is_one_addition_that_shows_all_of_it() -> None:
    new = body("info_lead")
    duty = {
        "no": 7, **ITEM, "items": [{"no": "1", **ITEM, "zh": "巡查", "en": "Tour"}],
        "metrics": [{**ITEM, "zh": "及时", "en": "In time"}],
        "degree": "direct", "degree_lines": "", "degree_confidence": "ruled",
    }  # fmt: skip
    new["duties"].insert(2, duty)
    ((kind, path, label, old, text),) = told(body("info_lead"), new)
    assert (kind, path, label, old) == ("added", "duties.2", "Duty 7", "")
    for words in ("新的内容 / New content", "1 巡查 / Tour", "及时 / In time", "Direct responsibility"):
        assert words in text


def test_a_duty_taken_out_is_one_removal() -> None:
    new = body("info_lead")
    del new["duties"][3]
    ((kind, path, label, old, text),) = told(body("info_lead"), new)
    assert (kind, path, label, text) == ("removed", "duties.3", "Duty 4", "")
    assert "4 人员管理 / Staff management" in old


def test_a_duty_that_moved_is_one_move() -> None:
    new = body("info_lead")
    new["duties"].insert(0, new["duties"].pop(5))
    assert told(body("info_lead"), new) == [
        ("moved", "duties.0", "Duty 6", "place 6, after “公共关系管理”", "first place")
    ]


def test_entries_that_moved_together_are_one_move() -> None:
    new = body("info_lead")
    new["powers"][0:0] = [new["powers"].pop(7), new["powers"].pop(7)]
    assert told(body("info_lead"), new) == [
        ("moved", "powers.0", "Power Supervise and inspect", "place 8, after “Appraise”", "first place")
    ]


def test_an_addition_does_not_hide_a_change_below_it() -> None:
    new = body("info_lead")
    new["conditions"] = [ITEM]
    new["duties"].insert(0, {**new["duties"][0], "no": 9, "zh": "完全不同", "items": []})
    put(new, "duties.3.items.0.zh", "费用的控制")
    assert [(kind, path) for kind, path, *_rest in told(body("info_lead"), new)] == [
        ("added", "duties.0"),
        ("changed", "duties.3.items.0.zh"),
        ("added", "conditions.0"),
    ]


def test_stored_words_are_shown_as_words() -> None:
    new = body("info_lead")
    new["is_post"] = False
    put(new, "duties.0.degree", "leading")
    assert told(body("info_lead"), new) == [
        ("changed", "is_post", "A post of the tables", "Yes", "No"),
        (
            "changed",
            "duties.0.degree",
            "Duty 1 · Degree of responsibility",
            "Direct responsibility",
            "Leadership responsibility",
        ),
    ]


def test_a_limit_a_reach_and_a_power() -> None:
    new = body("info_lead")
    goodwill = next(
        place for place, grant in enumerate(new["grants"]) if grant["action"] == "goodwill.approve"
    )
    put(new, f"grants.{goodwill}.limit", "300.00")
    put(new, f"grants.{goodwill}.reach", ["unit", "centre"])
    del new["powers"][8]
    assert [each[:4] for each in told(body("info_lead"), new)][1:] == [
        (
            "changed",
            f"grants.{goodwill}.reach",
            "Right in the system goodwill.approve · How far it reaches",
            "unit",
        ),
        (
            "changed",
            f"grants.{goodwill}.limit",
            "Right in the system goodwill.approve · Limit in CNY",
            "200.00",
        ),
    ]
    assert told(body("info_lead"), new)[0][:3] == ("removed", "powers.8", "Power Adjudicate a dispute")


def test_one_action_in_place_of_another_is_a_removal_and_an_addition() -> None:
    new = body("storekeeper")
    put(new, "grants.1.action", "case.close")
    assert [(kind, path) for kind, path, *_rest in told(body("storekeeper"), new)] == [
        ("added", "grants.1"),
        ("removed", "grants.1"),
    ]


def test_a_part_that_was_empty_is_added() -> None:
    new = body("branch_head")
    new["purpose"] = ITEM
    ((kind, path, label, old, text),) = told(body("branch_head"), new)
    assert (kind, path, label, old) == ("added", "purpose", "Purpose of the post", "")
    assert text.startswith("新的内容 / New content")


def _another(part: Any) -> Any:
    if isinstance(part, bool):
        return not part
    return part + 50 if isinstance(part, (int, float)) else f"{part or ''}改"


@pytest.mark.parametrize("code", sorted(bodies()))
def test_every_changed_part_is_shown_where_it_is(code: str) -> None:
    for path, part in list(parts(body(code))):
        new, name = body(code), path.rpartition(".")[2]
        if isinstance(part, (dict, list)) or name.isdecimal() or name in ("action", "power"):
            continue
        put(new, path, _another(part))
        assert [each.path for each in differences(body(code), new)] == [path]


LISTS = ["duties", "powers", "grants", "contacts.internal", "conditions", "career"]
EDITS = st.tuples(
    st.sampled_from(LISTS),
    st.sampled_from(["remove", "double", "move", "reword"]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(["", "改", "新"]),
)


def _edited(code: str, edits: list[tuple[str, str, int, int, str]]) -> dict[str, Any]:
    """A file after some entries were taken out, doubled, moved or reworded."""
    new = body(code)
    for path, what, one, other, word in edits:
        entries = at(new, path)
        if not entries:
            continue
        place = one % len(entries)
        entry = entries.pop(place)
        if what == "double":
            entries[place:place] = [entry, dict(entry)]
        elif what == "move":
            entries.insert(other % (len(entries) + 1), entry)
        elif what == "reword":
            entries.insert(place, {**entry, "zh": entry["zh"] + word} if "zh" in entry else entry)
    return new


@given(st.sampled_from(sorted(bodies())), st.lists(EDITS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_nothing_that_changes_the_fingerprint_stays_unseen(
    code: str, edits: list[tuple[str, str, int, int, str]]
) -> None:
    old, new = body(code), _edited(code, edits)
    shown: list[Difference] = differences(old, new)
    assert bool(shown) == (fingerprint(old) != fingerprint(new))
    assert all(str(each.label) and str(each.old) != str(each.new) for each in shown)
