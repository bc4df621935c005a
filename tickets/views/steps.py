"""One page for each step of a case: a small form, its refusals, and what to do when somebody was faster."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import htmx
from core.actors import person_actor
from core.errors import DomainError, StaleVersion
from core.transitions import Transition
from tickets import errors, queries, services
from tickets.authority import decide
from tickets.enums import STEP_ACTIONS, CaseStatus
from tickets.forms import StepForm, fault_options, show_refusal
from tickets.models import Case
from tickets.rules.numbers import spoken
from tickets.rules.transitions import TRANSITIONS, transition
from tickets.services import notices


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, number: int, action: str) -> HttpResponse:
    """Ask for what a step needs and take it. 404 invisible, 403 no power, 409 not now or stale, 422 at a field."""
    case = queries.case_with_powers(request.user, number)
    if action not in STEP_ACTIONS:
        raise Http404
    if not getattr(case, f"may_{action}"):
        raise errors.no_power(decide(request.user, action, case).sentence())
    known = TRANSITIONS[case.kind].rows.get(action) or transition(case.kind, action, case.status)
    if request.method == "POST":
        return _take(request, case, known)
    transition(case.kind, action, case.status)
    return _page(request, case, known, StepForm(case=case, row=known))


def _take(request: HttpRequest, case: Case, row: Transition) -> HttpResponse:
    form = StepForm(request.POST, case=case, row=row)
    if form.is_valid():
        try:
            return _perform(request, case, row, form)
        except StaleVersion:
            return _conflict(request, case, row)
        except DomainError as refusal:
            if refusal.status != 422:
                raise
            show_refusal(form, refusal, form.FIELDS_OF_REFUSALS)
    return _page(request, case, row, form, status=422)


def _perform(request: HttpRequest, case: Case, row: Transition, form: StepForm) -> HttpResponse:
    services.perform(
        actor=person_actor(request.user),
        number=case.number,
        action=row.action,
        version=form.cleaned_data["version"],
        step=form.step(),
    )
    messages.success(
        request, _("Case %(number)s: %(step)s – done.") % {"number": spoken(case.number), "step": row.label}
    )
    return htmx.redirect(request, "tickets:case", case.number)


def _conflict(request: HttpRequest, case: Case, row: Transition) -> HttpResponse:
    """What is there now beside what was typed; sending again means having seen it."""
    now = queries.case_with_powers(request.user, case.number)
    typed = request.POST.copy()
    typed["version"] = str(now.version)
    form = StepForm(typed, case=now, row=row)
    form.is_valid()
    change = queries.last_change(now)
    context = {
        "conflict_rows": _comparison(now, row, form),
        "changed_by": change,
        "changed_at": now.changed_at,
        "still_possible": now.status in row.sources,
    }
    return _page(request, now, row, form, status=409, **context)


def _comparison(case: Case, row: Transition, form: StepForm) -> list[tuple[str, Any, Any]]:
    after = CaseStatus(row.target or case.status).label
    lines = [
        (_("Status"), case.get_status_display(), after),
        (_("Handler"), case.assignee, form.cleaned_data.get("assignee", case.assignee)),
        (_("Waiting for"), case.get_wait_reason_display(), form.cleaned_data.get("wait_reason", "")),
    ]
    there = {"resolution": case.resolution, "fault": case.fault, "device": case.device and case.device.model}
    for name in (*row.required, *row.optional):
        if name not in ("assignee", "wait_reason"):
            lines.append(
                (str(form.fields[name].label), there.get(name) or "–", form.cleaned_data.get(name) or "–")
            )
    return [line for line in lines if line[1] or line[2]]


def _page(
    request: HttpRequest, case: Case, row: Transition, form: StepForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "page_title": row.label,
        "case": case,
        "row": row,
        "form": form,
        "faults": fault_options() if "fault" in form.fields else [],
        "notice": notices.preview(case, row.action),
        "still_possible": True,
        **extra,
    }
    return render(request, "tickets/step.html", context, status=status)
