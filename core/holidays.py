"""Statutory holidays by law: what is a day off even before the State Council has published a year's notice.

Sources: 全国年节及纪念日放假办法 as amended by State Council orders 270 (from 2000), 513 (from 2008), 644
(from 2014) and 795 (from 2025, thirteen days). Which weekdays are moved is known only from the yearly notice.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from core.lunar import clear_and_bright, lunar_date

# Outside this range the lunar formulas are not checked; the days fixed in the solar calendar still hold.
LUNAR_YEARS = range(1900, 2200)


@lru_cache(maxsize=512)
def statutory_days(year: int) -> dict[date, str]:
    """All statutory holidays of a year with their Chinese names. Never raises."""
    days = {date(year, 1, 1): "元旦"}
    labour = 2 if year >= 2025 else 1 if year >= 2008 else 3
    days |= {date(year, 5, 1 + extra): "劳动节" for extra in range(labour)}
    days |= {date(year, 10, 1 + extra): "国庆节" for extra in range(3)}
    if year in LUNAR_YEARS:
        days |= _lunar_days(year)
    return days


def _lunar_days(year: int) -> dict[date, str]:
    new_year = lunar_date(year, 1, 1)
    days = {new_year + timedelta(days=offset): "春节" for offset in _spring_offsets(year)}
    if year >= 2008:
        days[lunar_date(year, 8, 15)] = "中秋节"
        days[clear_and_bright(year)] = "清明节"
        days[lunar_date(year, 5, 5)] = "端午节"
    return days


def _spring_offsets(year: int) -> range:
    """Days from lunar New Year: 除夕 (-1) was in from 2008 to 2013 and is again from 2025."""
    if year >= 2025:
        return range(-1, 3)
    return range(-1, 2) if 2008 <= year <= 2013 else range(3)
