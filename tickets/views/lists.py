"""Lists of cases."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import Invalid
from core.exports import request_export
from tickets import errors, exports, figures, listing, policies
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
        "may_log": policies.may_log(request.user),
        **_nothing(made),
    }
    return render(request, "tickets/cases.html", context, status=422 if narrowing.errors else 200)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Put the list as it is filtered now into an export; the file holds what the person may export of it."""
    if not policies.may_export(request.user):
        raise errors.no_power()
    asked = QueryDict(request.POST.get("query", ""))
    if CaseFilter(asked, person=request.user).errors:
        raise Invalid("bad_filter", _("The filter of this list cannot be used. Open the list again."))
    query = {name: asked[name] for name in exports.PARAMETERS if asked.get(name)}
    language = get_language() or settings.LANGUAGE_CODE
    holder = policies.exporting_for(request.user)
    form = request.POST.get("form") or "csv"
    request_export(request.user, exports.KIND, query, language, acting_for=holder, form=form)
    messages.success(request, _("The export is being made. It appears here when it is ready."))
    return redirect("core:exports")


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
    return {
        "empty_title": _("No cases here"),
        "empty_text": _("The list “%(list)s” is empty.") % {"list": label},
    }
