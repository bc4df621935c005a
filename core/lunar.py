"""Lunar dates by astronomy, after GB/T 33661-2017 (calculation and promulgation of the Chinese calendar).

Needed for one thing: the statutory holidays of a year for which no official notice has been loaded. All times
are Beijing time (UTC+8). New moons follow Meeus, Astronomical Algorithms, chapter 49 (seconds), the sun's
longitude chapter 25 (about 0.01 degree, a quarter of an hour).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from math import floor, radians, sin

_J2000 = 2451545.0
_SYNODIC = 29.530588861
_BEIJING = 8 / 24
_EPOCH_ORDINAL = 1721424.5  # Julian day of date.fromordinal(0)


def lunar_date(year: int, month: int, day: int) -> date:
    """The civil date of a day in a lunar month (not a leap one) of the lunar year that begins in `year`."""
    return _month_start(year, month) + timedelta(days=day - 1)


@lru_cache(maxsize=256)
def clear_and_bright(year: int) -> date:
    """清明: the day on which the sun reaches longitude 15 degrees."""
    return _civil(_solar_moment(year, 15))


@lru_cache(maxsize=2048)
def _month_start(year: int, month: int) -> date:
    return _numbered_months(year)[month]


@lru_cache(maxsize=256)
def _numbered_months(year: int) -> dict[int, date]:
    """First days of months 1..10 of a lunar year; the month of the winter solstice is always the eleventh."""
    first, last = _solstice_month(year - 1), _solstice_month(year)
    starts = [_new_moon_day(k) for k in range(first, last + 1)]
    leap = _leap_index(starts) if last - first == 13 else None
    numbered: dict[int, date] = {}
    month = 11
    for index, start in enumerate(starts[:-1]):
        if index == leap:
            continue
        if index:
            month = month % 12 + 1
        numbered[month] = start
    return numbered


def _leap_index(starts: list[date]) -> int:
    """Of thirteen months between two solstices the first one without a principal term is the leap month."""
    for index in range(1, len(starts) - 1):
        if _term_number(starts[index]) == _term_number(starts[index + 1]):
            return index
    return len(starts) - 2


def _term_number(day: date) -> int:
    """How many principal terms (every 30 degrees) lie before the beginning of this civil day, modulo 12."""
    midnight = day.toordinal() + _EPOCH_ORDINAL - _BEIJING
    return floor(_sun_longitude(midnight) / 30) % 12


@lru_cache(maxsize=512)
def _solstice_month(year: int) -> int:
    """Number of the new moon that begins the month with the winter solstice of `year`."""
    solstice = _civil(_solar_moment(year, 270))
    k = round((solstice.toordinal() + _EPOCH_ORDINAL - _J2000 - 5.09766) / _SYNODIC)
    while _new_moon_day(k) > solstice:
        k -= 1
    while _new_moon_day(k + 1) <= solstice:
        k += 1
    return k


@lru_cache(maxsize=4096)
def _new_moon_day(k: int) -> date:
    return _civil(_new_moon(k))


def _civil(julian_day: float) -> date:
    return date.fromordinal(floor(julian_day + _BEIJING - _EPOCH_ORDINAL))


def _solar_moment(year: int, longitude: int) -> float:
    """Julian day (UT) at which the sun's apparent longitude is `longitude` in the given civil year."""
    moment = date(year, 3, 20).toordinal() + _EPOCH_ORDINAL + longitude / 360 * 365.2422
    for _round in range(5):
        behind = (longitude - _sun_longitude(moment) + 180) % 360 - 180
        moment += behind / 360 * 365.2422
    return moment


def _delta_t(julian_day: float) -> float:
    """Terrestrial time minus universal time, in days (Espenak and Meeus for 2005-2050, prolonged)."""
    t = (julian_day - _J2000) / 365.25
    return (62.92 + 0.32217 * t + 0.005589 * t * t) / 86400


def _sun_longitude(julian_day_ut: float) -> float:
    """The sun's apparent longitude in degrees, 0..360."""
    t = (julian_day_ut + _delta_t(julian_day_ut) - _J2000) / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * sin(node)) % 360


# Periodic terms of the new moon: (days, power of the earth's eccentricity, multiples of M, M', F, Omega).
_TERMS = (
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
    (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0),
    (0.00004, 0, 3, 0, 0, 0),
    (0.00003, 0, 1, 1, -2, 0),
    (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0),
    (0.00003, 0, -1, 1, 2, 0),
)


def _new_moon(k: int) -> float:
    """Julian day (UT) of new moon number `k` (0 = 6 January 2000)."""
    t = k / 1236.85
    mean = 2451550.09766 + _SYNODIC * k + 0.00015437 * t * t - 0.000000150 * t**3
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = 2.5534 + 29.10535670 * k - 0.0000014 * t * t
    moon = 201.5643 + 385.81693528 * k + 0.0107582 * t * t + 0.00001238 * t**3
    latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t * t
    node = 124.7746 - 1.56375588 * k + 0.0020672 * t * t
    shift = sum(
        days * eccentricity**power * sin(radians(a * sun + b * moon + c * latitude + d * node))
        for days, power, a, b, c, d in _TERMS
    )
    shift += 0.000325 * sin(radians(299.77 + 0.107408 * k - 0.009173 * t * t))
    moment = mean + shift
    return moment - _delta_t(moment)
