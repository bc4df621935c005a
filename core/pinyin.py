"""How a Chinese text is read, for finding it by typing Latin letters. The readings come from the package pypinyin."""

from __future__ import annotations

from functools import lru_cache

from core.grams import folded

# Surnames that are read otherwise than the word (《通用规范汉字字典》 and common practice).
_SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "任": "ren", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao",
    "尹": "yin", "翟": "zhai", "晁": "chao", "洗": "xian", "冼": "xian", "华": "hua", "覃": "qin", "缪": "miao", "柏": "bai",
    "乐": "yue", "逄": "pang", "黑": "he", "折": "she", "种": "chong", "员": "yun", "祭": "zhai", "繁": "po", "燕": "yan",
}  # fmt: skip
_LONG_SURNAMES = {"尉迟": ("yu", "chi"), "长孙": ("zhang", "sun"), "万俟": ("mo", "qi"), "澹台": ("tan", "tai")}


@lru_cache(maxsize=4096)
def syllables(text: str, *, is_name: bool = False) -> tuple[str, ...]:
    """The syllables of `text` without tones; Latin letters and digits stay as they are. `is_name`: surname first."""
    from pypinyin import lazy_pinyin

    plain = folded(text)
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
