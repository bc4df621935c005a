"""Regions: only codes of today, with the names above them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.regions import (
    Region,
    children,
    is_region,
    path_of,
    region,
    region_label,
    search_regions,
)


@pytest.mark.parametrize(
    ("code", "label", "level"),
    [
        ("330000", "浙江省", "province"),
        ("330100", "浙江省杭州市", "city"),
        ("330113", "浙江省杭州市临平区", "district"),
        ("110101", "北京市东城区", "district"),
        ("419001", "河南省济源市", "district"),
        ("441900", "广东省东莞市", "city"),
        ("710000", "台湾省", "province"),
        ("810000", "香港特别行政区", "province"),
    ],
)
def test_a_known_code_has_its_names(code: str, label: str, level: str) -> None:
    found = region(code)
    assert found is not None
    assert (found.label, found.level, region_label(code)) == (label, level, label)


@pytest.mark.parametrize(
    "code",
    ["330103", "330113 ", "33", "3301", "", "000000", "999999", "\uff13\uff13\uff10\uff11\uff11\uff13"],
)
def test_a_code_that_is_gone_or_wrong_is_unknown(code: str) -> None:
    assert region(code) is None
    assert not is_region(code)
    assert region_label(code) == ""


def test_there_are_34_provinces_and_all_districts() -> None:
    assert len(children()) == 34
    assert len([code for code in _all() if not children(code)]) == 2852


def _all() -> list[str]:
    codes = [one.code for one in children()]
    for code in codes:
        codes += [one.code for one in children(code)]
    return codes


def test_every_code_has_six_digits_and_is_reached_once_from_the_provinces() -> None:
    codes = _all()
    assert len(codes) == len(set(codes))
    assert all(len(code) == 6 and code.isdigit() for code in codes)


def test_selects_are_chained() -> None:
    assert [one.name for one in children("330000")][:2] == ["杭州市", "宁波市"]
    assert "余杭区" in [one.name for one in children("330100")]
    assert children("330113") == ()
    assert children("710000") == ()
    assert path_of("330113") == ("330000", "330100", "330113")
    assert path_of("110101") == ("110000", "", "110101")
    assert path_of("441900") == ("440000", "441900", "")
    assert path_of("330103") == ("", "", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("余杭", "330110"),
        ("yuhang", "330110"),
        ("Hang zhou", "330100"),
        ("杭州市临平", "330113"),
        ("zhejiang", "330000"),
    ],
)
def test_regions_are_found_by_name_and_by_reading(text: str, first: str) -> None:
    assert search_regions(text)[0].code == first


def test_initials_find_a_region_too() -> None:
    assert "330110" in [one.code for one in search_regions("yhq", 50)]


def test_a_search_is_short_and_nothing_finds_nothing() -> None:
    assert len(search_regions("区")) == 12
    assert search_regions("  ") == search_regions("没有这样的地方") == ()


@given(st.sampled_from(sorted(_all())))
def test_a_region_is_below_its_parent_and_found_by_its_label(code: str) -> None:
    found = region(code)
    assert isinstance(found, Region)
    assert found in children(found.parent)
    assert found in search_regions(found.label)
