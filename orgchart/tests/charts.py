"""Reading a chart in tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from orgchart import chartdata
from orgchart.chartdata import Chart
from orgchart.models import Person, Unit
from orgchart.scope import forget_scope, today

DAY = timedelta(days=1)


def at(chart: Chart, unit: Unit) -> int:
    """The place of the unit in the chart."""
    return next(place for place, row in enumerate(chart.units) if row.pk == unit.pk)


def names(chart: Chart) -> set[str]:
    """Everybody who is named in it as the holder of a post."""
    return {post.name for posts in chart.posts for post in posts}


def read(reader: Person, day: date | None = None, base: date | None = None, **more: Any) -> Chart:
    forget_scope(reader)
    return chartdata.read(reader, day or today(), base, **more)
