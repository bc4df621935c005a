"""Lists of cases."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tickets import figures, listing, policies
from tickets.filters import CaseFilter


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases in scope by tab, filter and order; a wrong parameter is shown at its field (422)."""
    narrowing = CaseFilter(request.GET, person=request.user)
    made = listing.make(request.GET, narrowing)
    context = {
        "page_title": _("Cases"),
        "listing": made,
        "may_export": policies.may_export(request.user),
        "may_log": policies.log_post(request.user) is not None,
        **_nothing(made),
    }
    return render(request, "tickets/cases.html", context, status=422 if narrowing.errors else 200)


def _nothing(made: listing.Listing) -> dict[str, Any]:
    """What an empty list says, and the way on from there."""
    if made.narrowed:
        return {
            "empty_title": _("No case fits this filter"),
            "empty_text": _("Take back a part of the filter or look at another list."),
            "empty_url": made.reset_url,
            "empty_label": _("Reset"),
        }
    label = figures.FIGURES[made.filter.chosen_view].label
    return {"empty_title": _("No cases here"), "empty_text": _("The list “%(list)s” is empty.") % {"list": label}}
