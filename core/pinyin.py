"""How a Chinese text is read, for finding it by typing Latin letters. The readings come from the package pypinyin.

Its dictionary of 47,000 words is left out: it takes 40 MiB of every process. The words of this trade and the places in
which a character is read otherwise than alone stand here.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from core.grams import folded

# Surnames that are read otherwise than the word (《通用规范汉字字典》 and common practice).
_SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "任": "ren", "查": "zha", "盖": "ge", "区": "ou",
    "朴": "piao", "尹": "yin", "翟": "zhai", "晁": "chao", "洗": "xian", "冼": "xian", "华": "hua",
    "覃": "qin", "缪": "miao", "柏": "bai", "乐": "yue", "逄": "pang", "黑": "he", "折": "she",
    "种": "chong", "员": "yun", "祭": "zhai", "繁": "po", "燕": "yan",
}  # fmt: skip
# Places, companies, and words of faults, by common readings.
_WORDS = (
    "重庆 chong qing", "长沙 chang sha", "长春 chang chun", "长安 chang an", "长江 chang jiang",
    "长城 chang cheng", "长乐 chang le", "长虹 chang hong", "长治 chang zhi", "厦门 xia men", "六安 lu an",
    "蚌埠 beng bu", "朝阳 chao yang", "银行 yin hang", "商行 shang hang", "行业 hang ye", "音乐 yin yue",
    "乐器 yue qi", "重启 chong qi", "重装 chong zhuang", "重复 chong fu", "重新 chong xin", "调试 tiao shi",
    "调节 tiao jie", "调整 tiao zheng", "长按 chang an", "长时间 chang shi jian", "时长 shi chang",
    "延长 yan chang", "边长 bian chang", "传感 chuan gan", "单卡 dan ka", "双卡 shuang ka", "数据 shu ju",
    "读卡 du ka", "脱落 tuo luo", "卡住 qia zhu", "空调 kong tiao", "还原 huan yuan", "参数 can shu",
)  # fmt: skip
_LONG_SURNAMES = {
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "万俟": ("mo", "qi"),
    "澹台": ("tan", "tai"),
}


@lru_cache(maxsize=1)
def _reader() -> Any:
    """`pypinyin.lazy_pinyin` with our words; loaded with the first use."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin import lazy_pinyin, load_phrases_dict

    parts = (line.split() for line in _WORDS)
    load_phrases_dict({word: [[syllable] for syllable in read] for word, *read in parts})
    return lazy_pinyin


@lru_cache(maxsize=4096)
def syllables(text: str, *, is_name: bool = False) -> tuple[str, ...]:
    """The syllables of `text` without tones; Latin letters and digits stay as they are. `is_name`: surname first."""
    lazy_pinyin, plain = _reader(), folded(text)
    if is_name and plain[:2] in _LONG_SURNAMES:
        return (*_LONG_SURNAMES[plain[:2]], *lazy_pinyin(plain[2:]))
    read = list(lazy_pinyin(plain))
    if is_name and plain[:1] in _SURNAMES and read:
        read = [_SURNAMES[plain[0]], *lazy_pinyin(plain[1:])]
    return tuple(syllable.replace("ü", "v") for syllable in read)


def reading(text: str, *, is_name: bool = False) -> tuple[str, str]:
    """("zhangsanfeng", "zsf") for 张三丰."""
    read = syllables(text, is_name=is_name)
    return "".join(read), "".join(syllable[0] for syllable in read if syllable)
