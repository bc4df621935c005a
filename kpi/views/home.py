"""The start page: figures for whoever answers for others' work, the own work for everybody else."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kpi import queries
from tickets import columns, policies
from tickets.figures import FIGURES, Moment


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody's day begins."""
    at = Moment(request.user, timezone.now())
    context: dict[str, Any] = {"may_log": policies.may_log(request.user)}
    if policies.leads(request.user):
        return render(request, "kpi/leader.html", context | _figures(at))
    if policies.has_posts(request.user):
        return render(request, "kpi/desk.html", context | _own_work(at))
    return render(request, "kpi/nothing.html", {"page_title": _("Start")})


def _figures(at: Moment) -> dict[str, Any]:
    numbers = queries.numbers(at)
    chart = {
        "labels": [str(number.label) for number in numbers["ages"]],
        "values": [number.value for number in numbers["ages"]],
        "urls": [number.url for number in numbers["ages"]],
        "name": _("Open cases by age"),
    }
    return {
        "page_title": _("Overview"),
        **numbers,
        "chart": json.dumps(chart, ensure_ascii=False),
        "loads": queries.load_by_handler(at),
        "late": _block(at, columns.Look(now=at.now), "overdue", "circle-check", _("Nothing is overdue")),
    }


def _own_work(at: Moment) -> dict[str, Any]:
    look = columns.Look(now=at.now)
    return {
        "page_title": _("My work"),
        "blocks": [
            _block(at, look, "mine_active", "clipboard-list", _("Nothing to do right now")),
            _block(at, look, "mine_waiting", "clock-pause", _("None of your cases waits")),
            _block(at, look, "unit_unassigned", "inbox", _("Nothing waits for a handler")),
        ],
    }


def _block(at: Moment, look: columns.Look, code: str, icon: str, empty: str) -> dict[str, Any]:
    return {
        "code": code,
        "label": FIGURES[code].label,
        "icon": icon,
        "empty": empty,
        "url": queries.list_url(code),
        "rows": [columns.work_line(row, look) for row in queries.work(at, code)],
    }
