"""The organisation chart: page, list, differences, and the data of the picture."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Invalid
from core.searches import keep_search, open_search
from orgchart import chartdata, charthits, chartlist, chartpack, chartwords
from orgchart.chartdata import Chart
from orgchart.models import Person
from orgchart.scope import scope_of, today
from orgchart.unit_forms import ChartForm
from orgchart.views.account import signed_in

SEARCH = "orgchart.chart"
KEPT = ("on", "with", "unit")
MOST_LINES = 300


def _read(reader: Person, form: ChartForm, unit: str) -> Chart:
    """The chart that is asked for; 404 for a part that the reader does not see."""
    day, base = form.days()
    root = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 18 else None
    chart = chartdata.read(reader, day, base, root)
    if unit and (root is None or not chart.units):
        raise Http404
    return chart


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chart(request: HttpRequest) -> HttpResponse:
    """Units with leaders, vacancies, deputies and establishment on a day, as list and picture; a search comes by POST."""
    if request.method == "POST":
        return _search(request)
    reader = signed_in(request)
    form = ChartForm({**request.GET.dict(), "on": request.GET.get("on") or today().isoformat()})
    shown = _read(reader, form, request.GET.get("unit", ""))
    posts = scope_of(reader).posts
    token = request.GET.get("search", "")
    name = open_search(token, SEARCH)["name"] if token else ""
    lines = chartwords.differences(shown)
    kept = {key: value for key, value in _kept(request.GET).items() if key not in form.errors}
    context = {
        "page_title": _("Organisation chart"),
        "form": form,
        "chart": shown,
        "list": chartlist.nested_list(shown, home=posts[0].unit_id if posts else None),
        "lines": lines[:MOST_LINES],
        "more_lines": max(0, len(lines) - MOST_LINES),
        "name": name,
        "hits": charthits.hits(shown, name) if name else None,
        "part": shown.units[0] if request.GET.get("unit") else None,
        "is_today": shown.day == today() and shown.base is None,
        "data_url": f"{reverse('orgchart:chart_data')}?{urlencode(kept)}",
        "kept": kept,
        "legend_marks": chartwords.legend() if shown.base else [],
    }
    return render(request, "orgchart/chart.html", context, status=422 if form.errors else 200)


def _kept(values: Any) -> dict[str, str]:
    """What of the question stays in addresses: days and part, never a name."""
    return {name: values[name] for name in KEPT if values.get(name)}


def _search(request: HttpRequest) -> HttpResponse:
    """Keep what is searched for on the server and come back with the token that stands for it."""
    name = request.POST.get("name", "").strip()[:40]
    kept = _kept(request.POST)
    if name:
        kept["search"] = keep_search(request.user, SEARCH, {"name": name})
    return redirect(f"{reverse('orgchart:chart')}?{urlencode(kept)}")


@never_cache
@require_safe
def chart_data(request: HttpRequest) -> HttpResponse:
    """The same chart for the picture, as JSON; a day that is none is refused with 422."""
    form = ChartForm(request.GET)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        refusal = Invalid("invalid_day", str(errors[0]), field=field)
        return HttpResponse(_json(refusal.as_json()), status=422, content_type="application/json")
    reader = signed_in(request)
    packed = chartpack.pack(_read(reader, form, request.GET.get("unit", "")), reader)
    return HttpResponse(_json(packed), content_type="application/json")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
