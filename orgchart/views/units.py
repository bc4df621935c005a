"""The tree of units."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgchart import queries
from orgchart.views.account import signed_in


@require_safe
def unit_tree(request: HttpRequest) -> HttpResponse:
    """Units with their leaders; vacant posts are plain to see."""
    tree = queries.unit_tree(signed_in(request))
    context = {"page_title": _("Units"), "tree": tree, "vacancies": queries.vacancies(tree)}
    return render(request, "orgchart/units.html", context)
