"""Readings of names, places and words of faults."""

from __future__ import annotations

import pytest

from core.pinyin import reading


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("张三丰", ("zhangsanfeng", "zsf")),
        ("单雄信", ("shanxiongxin", "sxx")),
        ("任盈盈", ("renyingying", "ryy")),
        ("曾国藩", ("zengguofan", "zgf")),
        ("长孙无忌", ("zhangsunwuji", "zswj")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("吕布", ("lvbu", "lb")),
        ("欧阳 明月", ("ouyangmingyue", "oymy")),
    ],
)
def test_names_begin_with_a_surname(name: str, read: tuple[str, str]) -> None:
    assert reading(name, is_name=True) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("单卡", "danka"), ("重庆通讯", "chongqingtongxun"), ("厦门商行", "xiamenshanghang"),
        ("反复重启", "fanfuchongqi"),
        ("屏幕不亮", "pingmubuliang"), ("不能充电", "bunengchongdian"), ("无信号", "wuxinhao"), ("星河 X9", "xinghex9"),
        ("音乐手机", "yinyueshouji"), ("长按关机", "changanguanji"),
    ],
)  # fmt: skip
def test_words_are_read_as_words(text: str, read: str) -> None:
    assert reading(text)[0] == read
