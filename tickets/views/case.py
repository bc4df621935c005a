"""The case page, and its masked fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.models.outbox import EffectState
from core.personal import HANDLER, Home, reveal_page
from core.reveal import reveal as show
from core.templatetags import ui
from tickets import authority, columns, errors, facts, policies, queries, timeline
from tickets.enums import CaseStatus
from tickets.models import Case, Notice
from tickets.rules.numbers import spoken
from tickets.rules.transitions import possible

_DELIVERY_TONES = {
    EffectState.DONE: "green",
    EffectState.PARKED: "red",
    EffectState.UNCERTAIN: "orange",
    EffectState.DISCARDED: "secondary",
}


@require_GET
def case_page(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about one case; 404 when the person does not see it."""
    case = queries.case_page(request.user, number)
    return render(request, "tickets/case.html", _context(request, case))


@require_GET
def who_may(request: HttpRequest, number: int) -> HttpResponse:
    """Who may do what to this case today, and why; 404 when the person does not see it."""
    case = queries.case_with_powers(request.user, number)
    own = authority.decide_all(request.user, case)
    context = {
        "page_title": _("Who may do what"),
        "case": case,
        "case_title": spoken(case.number),
        "own": [(authority.action_label(answer.action), answer) for answer in own],
        "actions": authority.who_may(case),
    }
    return render(request, "tickets/who_may.html", context)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: int, field: str) -> HttpResponse:
    """Show one masked field in full: at once for the handler, with a reason and a quota for others."""
    case = queries.case_with_powers(request.user, number)
    (record, name), part = facts.place(case, field), facts.parts_of(case)[field]
    action = "reveal_as_handler" if part.mode == HANDLER else "reveal"
    if not part.mode:
        raise errors.no_power(authority.decide(request.user, action, case).sentence())

    def value(reason: str) -> str:
        holder = policies.acting_for(request.user, action, case)
        return show(request.user, record, name, reason, is_handler=part.mode == HANDLER, acting_for=holder)

    home = Home(case.get_absolute_url(), spoken(case.number), _("Cases"), reverse("tickets:cases"))
    return reveal_page(request, part, home, value)


def _context(request: HttpRequest, case: Any) -> dict[str, Any]:
    now = timezone.now()
    entries, shortened = timeline.of_case(case)
    return {
        "page_title": spoken(case.number),
        "case": case,
        "steps": sorted(queries.actions_for(case), key=lambda row: row.style == "danger"),
        "entries": entries,
        "shortened": shortened,
        "related": queries.related_open_cases(request.user, case),
        "notices": [(notice, *_delivery(notice)) for notice in case.notices.all()],
        "due": columns.due_html(_clock(case), now),
        "response_due": _response(case, now),
        "parts": facts.parts_of(case),
        "refused": [
            (row.label, authority.decide(request.user, row.action, case).sentence())
            for row in possible(case.kind, case.status)
            if not getattr(case, f"may_{row.action}")
        ],
    }


def _clock(case: Any) -> dict[str, Any]:
    return {
        name: getattr(case, name) for name in ("status", "due_at", "resolved_at", "wait_reason", "is_overdue")
    }


def _response(case: Case, now: datetime) -> str:
    """The first response's due time: kept or missed once somebody responded."""
    if case.responded_at:
        return ui.due_badge(
            case.response_due_at,
            case.responded_at,
            "met" if case.responded_at <= case.response_due_at else "",
        )
    if case.status == CaseStatus.CANCELLED:
        return ui.due_badge(None)
    return ui.due_badge(case.response_due_at, now)


def _delivery(notice: Notice) -> tuple[str, str]:
    """Word and tone for how far the notice's effect is."""
    if notice.effect is None:
        return _("not sent"), "secondary"
    tone = _DELIVERY_TONES.get(EffectState(notice.effect.state), "azure")
    return (
        _("delivered") if notice.effect.state == EffectState.DONE else notice.effect.get_state_display()
    ), tone
