"""The words of the organisation chart: the same ones in the list, in the picture and in the list of differences."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgchart import chartunits
from orgchart.chartdata import Chart, StandIn
from orgchart.enums import GroupKind, UnitKind
from orgchart.rules.chart import CAME, GAVE_UP, MOVED, TOOK_ON, WENT, Change, Filling

HOLDER = "holder"
TONES = {
    CAME: "green", WENT: "red", MOVED: "blue", TOOK_ON: "azure", GAVE_UP: "yellow", HOLDER: "purple",
    chartunits.CAME: "green", chartunits.WENT: "red", chartunits.MOVED: "blue", "moved_here": "blue",
    "moved_away": "secondary",
}  # fmt: skip


def mark_words() -> dict[str, str]:
    """The word that stands beside the colour of a difference."""
    return {
        CAME: pgettext("chart", "came"),
        WENT: pgettext("chart", "went"),
        MOVED: pgettext("chart", "moved"),
        "moved_here": pgettext("chart", "moved here"),
        "moved_away": pgettext("chart", "moved away"),
        TOOK_ON: pgettext("chart", "took on"),
        GAVE_UP: pgettext("chart", "gave up"),
        HOLDER: pgettext("chart", "new holder"),
        chartunits.CAME: pgettext("chart", "new unit"),
        chartunits.WENT: pgettext("chart", "closed"),
        chartunits.MOVED: pgettext("chart", "unit moved"),
    }


def legend() -> list[tuple[str, str]]:
    """Tone and word of every mark of a comparison."""
    return [(TONES[mark], word) for mark, word in mark_words().items()]


def words() -> dict[str, str]:
    """What list and picture say about a unit, a position or a person; %(…)s stands for a figure or a name."""
    return {
        "vacant": _("vacant"),
        "double": _("holds several posts"),
        "additional": _("additional"),
        "deputy": _("Deputy: %(name)s until %(day)s"),
        "deputy_open": _("Deputy: %(name)s until further notice"),
        "span": _("Direct subordinates: %(count)s"),
        "filled": _("Filled %(filled)s of %(posts)s"),
        "below": _("With below %(filled)s/%(posts)s"),
        "people": _("People: %(count)s"),
        "units": _("Units below: %(count)s"),
        "short": _("short by %(count)s"),
        "over": _("over by %(count)s"),
        "full": _("as established"),
        "unset": _("no establishment"),
        "dotted": _("Dotted line: %(unit)s"),
        "changes": _("Differences: %(count)s"),
        "unseen": _("outside your scope"),
    }


def picture_words() -> dict[str, str]:
    """What only the picture needs beside `words`."""
    return {
        "fold": _("Fold"),
        "unfold": _("Unfold"),
        "person_page": _("Open the person's page"),
        "staff_list": _("Staff of this unit"),
        "unit_page": _("Open the unit's page"),
        "establishment_page": _("Establishment"),
        "position_page": _("Job description"),
        "only": _("Show this part alone"),
        "hits": _("Hits: %(count)s"),
        "no_hits": _("Nothing fits. Try part of a name, a unit or a position."),
    }


def kind_label(kind: str, group_kind: str) -> str:
    """ "Service centre", or for groups which one."""
    return str(GroupKind(group_kind).label if group_kind else UnitKind(kind).label)


def state_of(filled: Filling, said: dict[str, str]) -> list[tuple[str, str]]:
    """Over and under in words, each with its tone; both, when one position lacks people and another has too many."""
    found = []
    if filled.under:
        found.append(("orange", said["short"] % {"count": filled.under}))
    if filled.over:
        found.append(("red", said["over"] % {"count": filled.over}))
    return found or [("green", said["full"])]


def deputy_words(deputy: StandIn, said: dict[str, str]) -> str:
    """Who stands in and until when."""
    if deputy.until is None:
        return said["deputy_open"] % {"name": deputy.name}
    return said["deputy"] % {"name": deputy.name, "day": deputy.until.isoformat()}


class Line(NamedTuple):
    """One difference: its mark in tone and word, and the sentence."""

    tone: str
    word: str
    text: str
    person: int | None = None


def differences(chart: Chart) -> list[Line]:
    """All differences between the two days in words: units, leading posts, people."""
    return [*_unit_lines(chart), *_holder_lines(chart), *_people_lines(chart)]


def _unit_lines(chart: Chart) -> list[Line]:
    marks = mark_words()
    sentences = {
        chartunits.CAME: _("%(unit)s was opened."),
        chartunits.WENT: _("%(unit)s was closed."),
        chartunits.MOVED: _("%(unit)s moved from %(before)s to %(after)s."),
    }
    return [
        Line(
            TONES[row.kind],
            marks[row.kind],
            sentences[row.kind] % {"unit": row.label, "before": row.before, "after": row.after},
        )
        for row in chart.unit_changes
    ]


def _holder_lines(chart: Chart) -> list[Line]:
    word, vacant = mark_words()[HOLDER], _("vacant")
    sentence = _("%(unit)s, %(post)s: %(before)s → %(after)s")
    found = []
    for row in chart.new_holders:
        leading = chart.leader[row.unit]
        facts = {
            "unit": chart.units[row.unit].label,
            "post": chart.positions[leading].label if leading is not None else "",
            "before": _(", ").join(row.before) or vacant,
            "after": _(", ").join(row.after) or vacant,
        }
        found.append(Line(TONES[HOLDER], word, sentence % facts))
    return found


def _people_lines(chart: Chart) -> list[Line]:
    marks = mark_words()
    sentences = {
        CAME: _("%(name)s came as %(new_post)s, %(new_unit)s."),
        WENT: _("%(name)s, %(old_post)s, %(old_unit)s, went."),
        MOVED: _("%(name)s moved: %(old_post)s, %(old_unit)s → %(new_post)s, %(new_unit)s."),
        TOOK_ON: _("%(name)s took on a further post: %(new_post)s, %(new_unit)s."),
        GAVE_UP: _("%(name)s gave up a post: %(old_post)s, %(old_unit)s."),
    }
    names = {post.person: post.name for posts in chart.posts for post in posts}
    return [
        Line(
            TONES[change.kind],
            marks[change.kind],
            sentences[change.kind] % _facts(chart, change, names[change.person]),
            change.person if change.person not in chart.hidden else None,
        )
        for change in chart.changes
    ]


def _facts(chart: Chart, change: Change, name: str) -> dict[str, str]:
    facts = {"name": name}
    for prefix, place in (("old", change.before), ("new", change.after)):
        if place is not None:
            facts[f"{prefix}_post"] = chart.positions[place[0]].label
            facts[f"{prefix}_unit"] = chart.units[place[1]].label
    return facts
