"""Colleagues: the list, a person's page, and what a superior does to an account."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.actors import person_actor
from core.errors import Refused
from core.searches import keep_search, open_search
from orgchart import queries, services
from orgchart.extensions import panels_for
from orgchart.forms import StaffFilter
from orgchart.models import Person
from orgchart.policies import APPOINT, may, may_import
from orgchart.scope import scope_of
from orgchart.views.account import signed_in

PAGE_SIZE = 25
SEARCH = "orgchart.staff"
REVEALED = "orgchart_one_time_password"


def number_of(text: str) -> int:
    """The page that an address asks for; the first one for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@require_http_methods(["GET", "HEAD", "POST"])
def staff_list(request: HttpRequest) -> HttpResponse:
    """Open accounts in sight, filtered by unit and position; a name is kept on the server, not in the address."""
    if request.method == "POST":
        token = keep_search(request.user, SEARCH, {"name": request.POST.get("name", "").strip()[:40]})
        return redirect(f"{reverse('orgchart:staff')}?{urlencode({'search': token})}")
    reader = signed_in(request)
    form = StaffFilter(request.GET or None, reader=reader)
    name = open_search(request.GET["search"], SEARCH)["name"] if request.GET.get("search") else ""
    page = Paginator(_people(reader, form, name), PAGE_SIZE).get_page(number_of(request.GET.get("page", "")))
    context = {
        "page_title": _("Staff"),
        "form": form,
        "page": page,
        "name": name,
        "may_join": reader.is_technical_admin or bool(scope_of(reader).with_grant(APPOINT)),
        "may_import": may_import(reader),
        **_links(request, page),
    }
    return render(request, "orgchart/staff_list.html", context)


def _people(reader: Person, form: StaffFilter, name: str) -> QuerySet[Person]:
    chosen = form.cleaned_data if form.is_valid() else {}
    position = chosen.get("position")
    code = position.code if position else ""
    return queries.staff(reader, unit=chosen.get("unit"), position=code, name=name)


def _links(request: HttpRequest, page: Any) -> dict[str, str]:
    kept = {key: request.GET[key] for key in ("unit", "position", "search") if request.GET.get(key)}

    def url(number: int) -> str:
        return "?" + urlencode({**kept, "page": number})

    return {
        "first_url": url(1) if page.number > 1 else "",
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
        "count_label": str(page.paginator.count),
    }


def visible(request: HttpRequest, pk: int) -> Person:
    """The person when visible, else 404 as for one that does not exist."""
    found: Person | None = Person.objects.permitted(signed_in(request), "view").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Posts, line and the account actions that the reader may do. A one-time password is shown once."""
    person = visible(request, pk)
    reader = signed_in(request)
    shown = request.session.pop(REVEALED, None)
    context = {
        "page_title": person.name,
        "page": queries.person_page(reader, person),
        "panels": panels_for(reader, person),
        "one_time_password": shown[1] if shown and shown[0] == person.pk else None,
    }
    return render(request, "orgchart/person.html", context)


def _confirmed(request: HttpRequest, pk: int, action: str, question: dict[str, str]) -> Person | HttpResponse:
    """The person when the action is allowed and was confirmed; else the page that asks."""
    person = visible(request, pk)
    if not may(signed_in(request), action, person):
        raise Refused(
            "may_not_manage_account",
            _("Only a superior of this person or a technical administrator may do that."),
        )
    if request.method == "POST":
        return person
    return render(
        request, "orgchart/confirm.html", {"person": person, "page_title": question["title"], **question}
    )


@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a one-time password."""
    asked = _confirmed(
        request,
        pk,
        "reset_password",
        {
            "title": _("Reset password"),
            "detail": _(
                "All sessions of this person end. You read out the one-time password; it is shown once."
            ),
        },
    )
    if isinstance(asked, HttpResponse):
        return asked
    given = services.reset_password(actor=person_actor(request.user), person=asked)
    request.session[REVEALED] = (asked.pk, given)
    return redirect("orgchart:person", pk)


@require_http_methods(["GET", "POST"])
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a lost authenticator app."""
    asked = _confirmed(
        request,
        pk,
        "reset_second_factor",
        {
            "title": _("Reset second factor"),
            "detail": _(
                "Make sure that it is this person who asks. App and recovery codes stop working at once."
            ),
        },
    )
    if isinstance(asked, HttpResponse):
        return asked
    services.reset_second_factor(actor=person_actor(request.user), person=asked)
    messages.success(request, _("The second factor is removed."))
    return redirect("orgchart:person", pk)


@require_http_methods(["GET", "POST"])
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the person out everywhere."""
    asked = _confirmed(
        request,
        pk,
        "end_sessions",
        {"title": _("End all sessions"), "detail": _("This person is signed out everywhere at once.")},
    )
    if isinstance(asked, HttpResponse):
        return asked
    services.end_sessions(actor=person_actor(request.user), person=asked)
    messages.success(request, _("All sessions have ended."))
    return redirect("orgchart:person", pk)
