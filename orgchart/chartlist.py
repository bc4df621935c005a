"""The organisation chart as a nested list: what works without scripts, and what is printed as text.

Strings are put together here and not in a template, because a template costs a quarter of a millisecond for each of
nearly a thousand units.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from orgchart.chartdata import Chart, Held
from orgchart.chartwords import TONES, deputy_words, mark_words, state_of, words

PEOPLE_UP_TO = 400
"""A part with more posts lists its leaders alone; all others stand in the staff list, one click away."""
OPEN_LEVELS = 2


class _Links(NamedTuple):
    unit: str
    person: str
    staff: str


def nested_list(chart: Chart, *, home: int | None = None) -> SafeString:
    """The chart as <ul>; the first levels and the way down to the unit `home` are open, everything else is folded."""
    return mark_safe(_Writer(chart, home).write())  # noqa: S308


class _Writer:
    """Writes one list; every text goes through `escape`."""

    def __init__(self, chart: Chart, home: int | None) -> None:
        self.chart, self.said, self.marks = chart, words(), mark_words()
        self.labels = {row.pk: escape(row.label) for row in chart.positions.values()}
        self.children: dict[int, list[int]] = defaultdict(list)
        for place, unit in enumerate(chart.units):
            self.children[unit.parent].append(place)
        self.with_people = sum(map(len, chart.posts)) <= PEOPLE_UP_TO
        self.open = self._way_to(home)
        self.links = _Links(
            reverse("orgchart:unit", args=[0]).removesuffix("0/"),
            reverse("orgchart:person", args=[0]).removesuffix("0/"),
            f"{reverse('orgchart:staff')}?unit=",
        )

    def _way_to(self, home: int | None) -> set[int]:
        place = next((at for at, unit in enumerate(self.chart.units) if unit.pk == home), -1)
        way = set()
        while place >= 0:
            way.add(place)
            place = self.chart.units[place].parent
        return way

    def write(self) -> str:
        items = "".join(self._item(place, 1) for place in self.children[-1])
        return f'<ul class="tree">{items}</ul>'

    def _item(self, place: int, level: int) -> str:
        """One unit with what lies below it."""
        units = self.children.get(place, ())
        people = self._people(place) if self.with_people else []
        inner = "".join(people) + "".join(self._item(child, level + 1) for child in units)
        below = self._folded(place, level, len(people), len(units), inner) if inner else ""
        return f"<li>{self._line(place)}{below}</li>"

    def _folded(self, place: int, level: int, people: int, units: int, inner: str) -> str:
        said = [self.said["people"] % {"count": people}] if people else []
        said += [self.said["units"] % {"count": units}] if units else []
        is_open = " open" if level <= OPEN_LEVELS or place in self.open else ""
        return f"<details{is_open}><summary>{' · '.join(said)}</summary><ul>{inner}</ul></details>"

    def _line(self, place: int) -> str:
        """Name, leader, figures; what is out of the reader's sight says so."""
        chart, unit = self.chart, self.chart.units[place]
        parts = [f'<b><a href="{self.links.unit}{unit.pk}/">{escape(unit.label)}</a></b>']
        if unit.mark:
            parts.append(self._mark(unit.mark))
        if not unit.sees_posts:
            parts.append(f"<small>{self.said['unseen']}</small>")
            return " ".join(parts)
        leading = chart.leader[place]
        leaders = chart.leaders(place)
        if leading is not None and (leaders or chart.is_vacant(place)):
            parts.append(f"<small>{self.labels[leading]}</small>")
        parts += [self._person(post) for post in leaders]
        if chart.is_vacant(place):
            parts.append(f'<span class="state state-orange">{self.said["vacant"]}</span>')
        return " ".join([*parts, *self._figures(place, leaders)])

    def _figures(self, place: int, leaders: list[Held]) -> list[str]:
        chart = self.chart
        notes = [
            self.said["span"] % {"count": chart.spans[post.pk]} for post in leaders if post.pk in chart.spans
        ]
        filled = chart.filled[place]
        if filled is not None:
            notes.append(self.said["filled"] % {"filled": filled.filled, "posts": filled.established})
        elif not self.with_people and (held := sum(not post.is_over for post in chart.posts[place])):
            notes.append(self.said["people"] % {"count": held})
        notes += [
            self.said["dotted"] % {"unit": escape(chart.labels[code])}
            for code in chart.dotted(place)
            if code in chart.labels
        ]
        parts = [f"<small>{' · '.join(notes)}</small>"] if notes else []
        if filled is not None:
            # Full is the ordinary case: the figures before it say so already.
            parts += [self._state(*state) for state in state_of(filled, self.said) if state[0] != "green"]
        return parts

    def _state(self, tone: str, text: str) -> str:
        return f'<span class="state state-{tone}">{text}</span>'

    def _mark(self, mark: str) -> str:
        return f'<span class="mark mark-{TONES[mark]}">{self.marks[mark]}</span>'

    def _person(self, post: Held) -> str:
        """The name, as a link where there is a page to see, with the marks of the post."""
        name = escape(post.name)
        hidden = post.person in self.chart.hidden
        parts = [name if hidden else f'<a href="{self.links.person}{post.person}/">{name}</a>']
        if post.mark:
            parts.append(self._mark(post.mark))
        if post.is_over:
            return " ".join(parts)
        if post.person in self.chart.doubles:
            parts.append(f'<span class="mark mark-purple">{self.said["double"]}</span>')
        for deputy in self.chart.deputies.get(post.pk, ()):
            parts.append(f'<span class="mark mark-azure">{escape(deputy_words(deputy, self.said))}</span>')
        return " ".join(parts)

    def _people(self, place: int) -> list[str]:
        """Everybody else at the unit, and who held a post on the earlier day alone."""
        leading = self.chart.leader[place]
        item = '<li class="tree-person">{} <small>{}</small></li>'
        return [
            item.format(self._person(post), self.labels[post.position])
            for post in self.chart.posts[place]
            if post.is_over or post.position != leading
        ]
