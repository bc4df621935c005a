"""The start page: figures for whoever answers for others' work, the own work for everybody else."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.templatetags import ui
from kpi import queries
from tickets import columns, policies
from tickets.figures import FIGURES, Moment
from tickets.rules.numbers import spoken


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
        "rows": [_line(row, look) for row in queries.work(at, code)],
    }


def _line(row: columns.Row, look: columns.Look) -> dict[str, Any]:
    facts = (look.named(row, "device__model"), look.named(row, "fault"), row["excerpt"])
    return {
        "url": f"/cases/{row['number']}/",
        "number": spoken(row["number"]),
        "state": ui.status_badge(look.words[row["status"]], columns.STATUS_TONES[row["status"]]),
        "note": look.words.get(row["wait_reason"], ""),
        "due": columns.due_html(row, look.now),
        "about": " · ".join(filter(None, facts)),
    }
