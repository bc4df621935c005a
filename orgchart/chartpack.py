"""The organisation chart as compact JSON: lists instead of objects, places instead of names."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from orgchart.chartdata import Chart
from orgchart.chartwords import TONES, kind_label, mark_words, picture_words, words
from orgchart.models import Person
from orgchart.rules.chart import Filling
from orgchart.scope import scope_of

MARKS = (
    "", "came", "went", "moved_here", "moved_away", "took_on", "gave_up", "unit_came", "unit_went", "unit_moved",
)  # fmt: skip
SEES, VACANT, NEW_HOLDER = 1, 2, 4
ADDITIONAL, DOUBLE, NO_PAGE, MARK_SHIFT = 1, 2, 4, 3


def pack(chart: Chart, reader: Person) -> dict[str, Any]:
    """What the picture is made of.

    `positions`: [code, label, leads, [[unit, label] of dotted lines]]; `units`: [id, parent, kind, label, leading
    position, flags, mark]; beside it `posts` (flat: person, name, position, flags), `established` (flat: position,
    number), `filled` and `below` ([established, filled, short, over] or 0). `spans`: flat pairs of unit and number;
    `deputies`: [unit, position, holder, deputy or 0, name, last day]. Units and positions are named by their place, -1
    is none.
    """
    places = {pk: place for place, pk in enumerate(chart.positions)}
    kinds: dict[tuple[str, str], int] = {}
    new_holders = {row.unit for row in chart.new_holders}
    return {
        "day": chart.day.isoformat(),
        "base": chart.base.isoformat() if chart.base else "",
        "home": _home(chart, reader),
        "positions": _positions(chart),
        "units": [
            _unit(chart, place, places, kinds, place in new_holders) for place in range(len(chart.units))
        ],
        "kinds": [kind_label(*kind) for kind in kinds],
        "posts": [_posts(chart, place, places) for place in range(len(chart.units))],
        "established": _established(chart, places),
        "filled": [_figures(row) for row in chart.filled],
        "below": [_below(chart, place) for place in range(len(chart.units))],
        "spans": _spans(chart),
        "deputies": _deputies(chart, places),
        "marks": [[TONES.get(mark, ""), mark_words().get(mark, "")] for mark in MARKS],
        "newHolder": [TONES["holder"], mark_words()["holder"]],
        "words": words() | picture_words(),
        "links": links(),
    }


def links() -> dict[str, str]:
    """Addresses of the pages that the picture opens; 0 stands for the id, x for the code."""
    return {
        "person": reverse("orgchart:person", args=[0]),
        "staff": f"{reverse('orgchart:staff')}?unit=0",
        "unit": reverse("orgchart:unit", args=[0]),
        "establishment": reverse("orgchart:establishment", args=[0]),
        "position": reverse("orgchart:position", args=["x"]),
    }


def _home(chart: Chart, reader: Person) -> int:
    """Where the reader works: the picture unfolds down to there."""
    posts = scope_of(reader).posts
    if not posts:
        return -1
    return next((place for place, unit in enumerate(chart.units) if unit.pk == posts[0].unit_id), -1)


def _positions(chart: Chart) -> list[list[Any]]:
    by_code = {unit.code: place for place, unit in enumerate(chart.units)}
    return [
        [
            row.code,
            row.label,
            int(row.leads),
            [[by_code.get(code, -1), chart.labels[code]] for code in row.dotted if code in chart.labels],
        ]
        for row in chart.positions.values()
    ]


def _unit(
    chart: Chart, place: int, places: dict[int, int], kinds: dict[tuple[str, str], int], new_holder: bool
) -> list[Any]:
    unit, leading = chart.units[place], chart.leader[place]
    flags = SEES * unit.sees_posts + VACANT * chart.is_vacant(place) + NEW_HOLDER * new_holder
    kind = kinds.setdefault((unit.kind, unit.group_kind), len(kinds))
    leader = places[leading] if leading is not None else -1
    return [unit.pk, unit.parent, kind, unit.label, leader, flags, MARKS.index(unit.mark)]


def _posts(chart: Chart, place: int, places: dict[int, int]) -> list[Any]:
    found: list[Any] = []
    for _, person, name, position, is_primary, mark in chart.posts[place]:
        flags = MARKS.index(mark) << MARK_SHIFT
        flags |= 0 if is_primary else ADDITIONAL
        flags |= DOUBLE if person in chart.doubles else 0
        flags |= NO_PAGE if person in chart.hidden else 0
        found += (person, name, places[position], flags)
    return found


def _established(chart: Chart, places: dict[int, int]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in chart.units]
    for (position, place), count in chart.established.items():
        found[place] += (places[position], count)
    return found


def _figures(row: Filling | None) -> list[int] | int:
    return list(row) if row is not None else 0


def _below(chart: Chart, place: int) -> list[int] | int:
    """Left out where it says no more than the unit's own figures."""
    return 0 if chart.below[place] == chart.filled[place] else _figures(chart.below[place])


def _spans(chart: Chart) -> list[int]:
    found: list[int] = []
    for place in range(len(chart.units)):
        for post in chart.leaders(place):
            if post.pk in chart.spans:
                found += (place, chart.spans[post.pk])
    return found


def _deputies(chart: Chart, places: dict[int, int]) -> list[list[Any]]:
    return [
        [
            place, places[post.position], post.person, 0 if deputy.person in chart.hidden else deputy.person,
            deputy.name, deputy.until.isoformat() if deputy.until else "",
        ]
        for place, posts in enumerate(chart.posts)
        for post in posts
        for deputy in chart.deputies.get(post.pk, ())
        if not post.is_over
    ]  # fmt: skip
