"""Job descriptions: list, page, versions, print and PDF, and who has not signed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgchart.descriptions import pdf, queries
from orgchart.descriptions.authority import edit_answer
from orgchart.descriptions.copies import Copy, copy_for
from orgchart.descriptions.forms import PositionFilter, UnsignedFilter
from orgchart.descriptions.grants import changes
from orgchart.descriptions.sheet import LABELS, sheet
from orgchart.views.account import signed_in
from orgchart.views.paging import number_from, page_links

PAGE_SIZE = 25


@require_safe
def position_list(request: HttpRequest) -> HttpResponse:
    """All positions with holders in sight, vacancies and what waits for the reader."""
    form = PositionFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    lines = queries.position_list(signed_in(request), **chosen)
    context = {
        "page_title": _("Job descriptions"),
        "form": form,
        "lines": lines,
        "superior_label": LABELS["superior"],
    }
    return render(request, "orgchart/positions/list.html", context)


@never_cache
@require_safe
def position_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The whole description, who holds and signed it, its versions, and why the reader may edit it or not."""
    reader = signed_in(request)
    page = queries.position_page(reader, code)
    described = sheet(page.version.body, page.chart.titles, page.chart.below(code))
    context = {
        "page_title": page.position.label,
        "page": page,
        "sheet": described,
        "edit": edit_answer(reader, page.position, page.chart),
    }
    return render(request, "orgchart/positions/detail.html", context)


@never_cache
@require_safe
def position_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What a version changed against the one before, or any other; who signed it; a proposal is decided on here."""
    reader = signed_in(request)
    version = queries.version_in_sight(reader, code, number)
    comparison = queries.comparison(reader, version, number_from(request.GET.get("against", ""), 0))
    context = {
        "page_title": _("%(title)s, version %(number)s")
        % {"title": version.position.label, "number": number},
        "version": version,
        "comparison": comparison,
        "differences": changes(comparison.other.body, version.body) if comparison.other else [],
        "signatures": queries.signatures_in_sight(reader, version),
    }
    return render(request, "orgchart/positions/version.html", context)


def _copy(request: HttpRequest, code: str) -> Copy:
    """The version and holder that the address asks for; 404 for numbers that are none."""
    wanted = {}
    for name, parameter in (("number", "version"), ("holder", "holder")):
        text = request.GET.get(parameter, "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Http404
        wanted[name] = int(text) if text else None
    return copy_for(signed_in(request), code, **wanted)


@never_cache
@require_safe
def position_print(request: HttpRequest, code: str) -> HttpResponse:
    """The description on paper; `?version=` and `?holder=` choose another copy."""
    context = {
        "page_title": _("Job description"),
        "copy": _copy(request, code),
        "query": request.GET.urlencode(),
    }
    return render(request, "orgchart/positions/print.html", context)


@never_cache
@require_safe
def position_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a file."""
    copy = _copy(request, code)
    response = HttpResponse(pdf.render(copy), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-v{copy.version.number}.pdf"'
    return response


@require_safe
def unsigned_list(request: HttpRequest) -> HttpResponse:
    """Holders below the reader, or whose file the reader keeps, who have not signed the version in force."""
    form = UnsignedFilter(request.GET or None)
    position = form.cleaned_data["position"] if form.is_valid() else None
    rows = queries.unsigned(signed_in(request), position.code if position else "")
    page = Paginator(rows, PAGE_SIZE).get_page(number_from(request.GET.get("page", "")))
    links = page_links(request, page, ("position",))
    context = {"page_title": _("Signatures missing"), "form": form, "page": page, **links}
    context["count_label"] = page.paginator.count
    return render(request, "orgchart/positions/unsigned.html", context)
