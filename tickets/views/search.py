"""Search: the text goes by POST and stays on the server, the address carries a token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core.actors import person_actor
from core.searches import keep_search, open_search
from tickets import columns
from tickets import search as searching
from tickets.figures import Moment
from tickets.forms import SearchForm


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Take the text; a case number leads straight to its case."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(
            request, "tickets/search.html", {"page_title": _("Search"), "form": form}, status=status
        )
    text = form.cleaned_data["q"]
    case = searching.only_hit(person_actor(request.user), text)
    if case:
        return redirect(case)
    return redirect("tickets:found", keep_search(request.user, searching.KIND, {"q": text}))


@require_GET
def found(request: HttpRequest, token: str) -> HttpResponse:
    """What the kept search finds within the reader's own scope today: cases, customers, devices."""
    text = open_search(token, searching.KIND)["q"]
    result = searching.run(person_actor(request.user), text)
    context = {
        "page_title": _("Search"),
        "form": SearchForm(initial={"q": text}),
        "result": result,
        **_cases(request, result),
    }
    return render(request, "tickets/search.html", context)


def _cases(request: HttpRequest, result: searching.Result) -> dict[str, Any]:
    """The newest cases as rows of the table, and how many there are."""
    at = Moment(request.user, timezone.now())
    newest = columns.select(result.cases, at).order_by("-logged_at", "-id")
    rows = list(newest[: searching.MOST + 1])
    shown = rows[: searching.MOST]
    return {
        "rows": columns.table_rows(shown, look=columns.Look(now=at.now)),
        "cases_label": f"{searching.MOST}+" if len(rows) > len(shown) else str(len(shown)),
        "headings": columns.on_screen(),
    }
