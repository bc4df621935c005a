"""Using the powers of the job descriptions, and deciding on what was submitted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import htmx
from core.actors import person_actor
from core.errors import DomainError, Refused
from orgchart import authority, services, uses
from orgchart.enums import Power, UseState
from orgchart.models import Person, PowerUse
from orgchart.policies import may
from orgchart.power_forms import DecideForm, DisputeForm, UseFilter, UseForm, show_refusal
from orgchart.power_pages import TAB_LABELS, ratings_of, state_tone
from orgchart.rules.powers import PROPOSALS
from orgchart.scope import scope_of
from orgchart.views.account import signed_in

PAGE_SIZE = 25
TOWARDS = 10
"""How many uses the page of a person shows; the list has all."""


def _person(request: HttpRequest, pk: int) -> Person:
    """The person when visible, else 404 as for one that does not exist."""
    found = uses.visible_person(signed_in(request), pk)
    if found is None:
        raise Http404
    return found


def _use(request: HttpRequest, pk: int) -> PowerUse:
    found = uses.visible_use(signed_in(request), pk)
    if found is None:
        raise Http404
    return found


@require_safe
def powers_of(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reader may do with each power to this person, and why not; and what was done."""
    reader, person = signed_in(request), _person(request, pk)
    answers = authority.decisions(reader, person)
    context = {
        "page_title": _("Powers"),
        "person": person,
        "rows": [(Power(code), answer) for code, answer in answers.items()],
        "override": reader.is_technical_admin and reader != person,
        "explained": may(reader, "view_rights", person),
        "uses": uses.uses_towards(reader, person)[:TOWARDS],
    }
    return render(request, "orgchart/powers_of.html", context)


@require_http_methods(["GET", "POST"])
def use_power(request: HttpRequest, pk: int, power: str) -> HttpResponse:
    """The form of one power. 404 invisible, 403 with the reason when refused, 422 at a field."""
    reader, person = signed_in(request), _person(request, pk)
    if power not in Power.values:
        raise Http404
    answer = authority.decision(reader, power, person)
    override = reader.is_technical_admin and not answer.allowed and power != Power.REPORT and reader != person
    if not answer.allowed and not override:
        raise Refused(f"power_{answer.code}", answer.sentence())
    form = UseForm(request.POST or None, reader=reader, power=power, subject=person, override=override)
    done = _save(request, power, person, form) if form.is_valid() else None
    return done or _form_page(request, form, power, person, answer)


def _save(request: HttpRequest, power: str, person: Person, form: UseForm) -> HttpResponse | None:
    """The way on; None when it was refused, which the form says then."""
    try:
        use = services.use_power(actor=person_actor(request.user), power=power, subject=person, **form.use())
    except DomainError as refusal:
        show_refusal(form, refusal)
        return None
    waits = use.state == UseState.SUBMITTED
    messages.success(request, _("Submitted. Who decides has been told.") if waits else _("Recorded."))
    return htmx.redirect(request, "orgchart:use", use.pk)


def _form_page(
    request: HttpRequest, form: UseForm, power: str, person: Person | None = None, answer: Any = None
) -> HttpResponse:
    context = {
        "page_title": Power(power).label,
        "person": person,
        "answer": answer,
        "form": form,
        "submits": power in PROPOSALS or power == Power.REPORT,
    }
    return render(request, "orgchart/use_power.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest) -> HttpResponse:
    """Rule on a dispute between two people below; refused, the sentence names who has to decide."""
    reader = signed_in(request)
    if not any(post.has_power(Power.ADJUDICATE) for post in scope_of(reader).posts):
        raise Refused(
            "power_no_power", _("Your job description does not hold this power; ask the next superior up.")
        )
    form = DisputeForm(request.POST or None, reader=reader)
    done = _save(request, Power.ADJUDICATE, form.cleaned_data["first"], form) if form.is_valid() else None
    return done or _form_page(request, form, Power.ADJUDICATE)


# -- what was submitted -------------------------------------------------------------------------------------


@require_safe
def use_list(request: HttpRequest) -> HttpResponse:
    """Uses by tab: to decide, mine, towards me, of my people; filtered by power and state."""
    reader = signed_in(request)
    asked = request.GET.get("tab", "")
    form = UseFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    tab = asked if asked in uses.TABS else uses.TO_DECIDE
    rows = uses.uses_of_tab(reader, tab)
    for name in ("power", "state"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    page = Paginator(rows, PAGE_SIZE).get_page(_number(request.GET.get("page", "")))
    context = {
        "page_title": _("Powers and proposals"),
        "form": form,
        "tab": tab,
        "tabs": [(code, label, f"?tab={code}") for code, label in TAB_LABELS.items()],
        "page": page,
        "narrowed": any(chosen.values()),
        "may_rule": any(post.has_power(Power.ADJUDICATE) for post in scope_of(reader).posts),
        "overrides": uses.overrides_to_confirm(reader),
        **_links(request, tab, page),
    }
    return render(request, "orgchart/uses.html", context, status=422 if form.errors else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _links(request: HttpRequest, tab: str, page: Any) -> dict[str, str]:
    kept = {"tab": tab, **{name: request.GET[name] for name in ("power", "state") if request.GET.get(name)}}

    def url(number: int) -> str:
        return "?" + urlencode({**kept, "page": number})

    return {
        "first_url": url(1) if page.number > 1 else "",
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
        "count_label": str(page.paginator.count),
    }


@require_safe
def use_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One use: what was written, by what right, and what was decided; with the forms to decide or withdraw."""
    use = _use(request, pk)
    return _use_page(request, use, DecideForm(initial={"version": use.version}))


def _use_page(
    request: HttpRequest, use: PowerUse, form: DecideForm, status: int = 200, **extra: Any
) -> HttpResponse:
    reader = signed_in(request)
    waiting = use.state == UseState.SUBMITTED
    context = {
        "page_title": use.get_power_display(),
        "use": use,
        "form": form,
        "why": uses.words_of(use.decision, get_language() or ""),
        "ratings": ratings_of(use),
        "tone": state_tone(use.state),
        "deciders": uses.deciders_of(use),
        "may_decide": waiting and uses.may_decide(reader, use),
        "may_withdraw": waiting and reader.pk in (use.actor_id, use.acting_for_id),
        "is_report": use.power == Power.REPORT,
        **extra,
    }
    return render(request, "orgchart/use.html", context, status=status)


@require_POST
def decide_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline. 403 with the sentence who decides, 409 when it changed meanwhile, 422 at a field."""
    use, form = _use(request, pk), DecideForm(request.POST)
    if not form.is_valid():
        return _use_page(request, use, form, status=422)
    given, accept = form.cleaned_data, request.POST.get("decision") == "accept"
    try:
        services.decide_use(actor=person_actor(request.user), use=use, accept=accept, **given)
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _again(request, pk, form, refusal)
    messages.success(request, _("Your decision is recorded."))
    return htmx.redirect(request, "orgchart:use", pk)


def _again(request: HttpRequest, pk: int, form: DecideForm, refusal: DomainError) -> HttpResponse:
    """The page as it is now with what was typed; sending again means having seen it."""
    use = _use(request, pk)
    typed = {**form.cleaned_data, "version": use.version}
    shown = DecideForm(typed)
    shown.is_valid()
    show_refusal(shown, refusal)
    return _use_page(request, use, shown, status=refusal.status)


@require_POST
def withdraw_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what still waits."""
    use, form = _use(request, pk), DecideForm(request.POST)
    if not form.is_valid():
        return _use_page(request, use, form, status=422)
    try:
        services.withdraw_use(actor=person_actor(request.user), use=use, version=form.cleaned_data["version"])
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _again(request, pk, form, refusal)
    messages.success(request, _("Withdrawn."))
    return htmx.redirect(request, "orgchart:use", pk)
