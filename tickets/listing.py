"""One page of a list of cases: filter, order, position, count. The same for every screen that lists cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core import keyset
from core.errors import Text
from tickets import columns, figures
from tickets.enums import Sort
from tickets.filters import ORDERS, PAGE_SIZES, CaseFilter

COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """A choice above a list: a tab, an order, a page size."""

    label: Text
    url: str
    current: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A table heading; with `url` it sorts."""

    label: Text
    css: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the page of a list shows."""

    filter: CaseFilter
    rows: list[SafeString]
    headings: list[Heading]
    tabs: list[Link]
    orders: list[Link]
    sizes: list[Link]
    filter_bar: SafeString
    count_label: str
    first_url: str
    previous_url: str
    next_url: str
    reset_url: str
    narrowed: bool


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted no further than one more than the cap. One bounded statement."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def count_label(count: int) -> str:
    """ "37", or "1,000+" where counting stopped."""
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}"


def make(parameters: QueryDict, narrowing: CaseFilter) -> Listing:
    """The page that `parameters` ask for. Two statements: the rows and their capped count. Raises BadCursor."""
    rows = narrowing.qs
    order = ORDERS[narrowing.sort_order]
    page = keyset.page(
        columns.select(rows, narrowing.at), order, narrowing.page_size, parameters.get("cursor", "")
    )
    look = columns.Look(now=narrowing.at.now)
    return Listing(
        filter=narrowing,
        rows=columns.table_rows(page.rows, look=look),
        headings=_headings(parameters, narrowing.sort_order),
        tabs=_tabs(narrowing.chosen_view),
        orders=[_link(parameters, "sort", code, label, narrowing.sort_order) for code, label in Sort.choices],
        sizes=[
            _link(parameters, "size", str(size), str(size), str(narrowing.page_size)) for size in PAGE_SIZES
        ],
        filter_bar=_filter_bar(parameters, narrowing),
        count_label=count_label(capped_count(rows.values("pk"))),
        first_url=_url(parameters) if page.previous else "",
        previous_url=_url(parameters, cursor=page.previous) if page.previous else "",
        next_url=_url(parameters, cursor=page.next) if page.next else "",
        reset_url=f"?view={narrowing.chosen_view}",
        narrowed=any(parameters.get(name) for name in _NARROWING),
    )


_bars: dict[tuple[Any, ...], SafeString] = {}
_MOST_BARS = 500
_NARROWING = ("kind", "status", "priority", "unit", "handler", "fault", "logged_from", "logged_to")


def _filter_bar(parameters: QueryDict, narrowing: CaseFilter) -> SafeString:
    """The form of the filter. Drawing its inputs costs more than all rows, and most lists draw the same one."""
    reset_url = f"?view={narrowing.chosen_view}"
    if narrowing.errors:
        return _drawn(narrowing, reset_url)
    key = (
        get_language(),
        reset_url,
        *(parameters.get(name, "") for name in (*_NARROWING, "view", "sort", "size")),
        *narrowing.offered(),
    )
    bar = _bars.get(key)
    if bar is None:
        if len(_bars) >= _MOST_BARS:
            _bars.clear()
        bar = _bars[key] = _drawn(narrowing, reset_url)
    return bar


def _drawn(narrowing: CaseFilter, reset_url: str) -> SafeString:
    return render_to_string("components/filter_bar.html", {"form": narrowing.form, "reset_url": reset_url})


def _url(parameters: QueryDict, **changes: str | None) -> str:
    """The same list with other parameters; a change of anything starts at the first page again."""
    kept = {
        name: parameters.get(name, "")
        for name in (*_NARROWING, "view", "sort", "size")
        if parameters.get(name, "")
    }
    query = QueryDict(mutable=True)
    query.update({**kept, **{name: value for name, value in changes.items() if value}})
    return f"?{query.urlencode()}"


def _link(parameters: QueryDict, name: str, code: str, label: Text, chosen: str) -> Link:
    return Link(label, _url(parameters, **{name: code}), code == chosen, code)


def _tabs(chosen: str) -> list[Link]:
    codes = figures.TABS if chosen in figures.TABS else (*figures.TABS, chosen)
    return [Link(figures.FIGURES[code].label, f"?view={code}", code == chosen, code) for code in codes]


def _headings(parameters: QueryDict, chosen: str) -> list[Heading]:
    made = []
    for column in columns.on_screen():
        order = columns.SORTED_BY.get(column.code, "")
        url = _url(parameters, sort=order) if order else ""
        made.append(Heading(column.label, column.css, url, bool(order) and order == chosen))
    return made
