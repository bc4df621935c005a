"""The pages of a unit: facts, establishment, moving and closing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.actors import person_actor
from core.errors import DomainError, Refused
from orgchart import services, unitqueries
from orgchart.chartwords import kind_label
from orgchart.models import Unit
from orgchart.services.establishment import require_establish
from orgchart.unit_forms import EstablishmentForm, MoveForm
from orgchart.views.account import signed_in


@require_safe
def unit_tree(request: HttpRequest) -> HttpResponse:
    """The tree of units stands in the organisation chart now."""
    return redirect("orgchart:chart")


def _visible(request: HttpRequest, pk: int, action: str = "view") -> Unit:
    """The unit when the reader may do `action`, else 404 as for one that does not exist."""
    rows = Unit.objects.permitted(signed_in(request), action).select_related("parent")
    found: Unit | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
def unit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, leader, posts, establishment and units below."""
    unit = _visible(request, pk)
    page = unitqueries.unit_page(signed_in(request), unit)
    kind = kind_label(unit.kind, unit.group_kind)
    return render(request, "orgchart/unit.html", {"page_title": unit.label, "page": page, "kind": kind})


def _typed(request: HttpRequest) -> Any:
    """What was posted, even when that is nothing; None while the page is only read."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def establishment(request: HttpRequest, pk: int) -> HttpResponse:
    """编制 of a unit by position with its history; personnel sets it."""
    reader, unit = signed_in(request), _visible(request, pk, "view_posts")
    may = unit.is_active and Unit.objects.permitted(reader, "establish").filter(pk=pk).exists()
    if request.method == "POST" and not may:
        require_establish(person_actor(reader), unit)
    form = EstablishmentForm(_typed(request), unit=unit)
    if form.is_bound and form.is_valid() and _done(form, lambda: _set(request, unit, form.cleaned_data)):
        messages.success(request, _("The establishment is set."))
        return redirect("orgchart:establishment", pk)
    context = {
        "page_title": _("Establishment"),
        "unit": unit,
        "lines": unitqueries.position_lines(unit),
        "form": form if may else None,
    }
    return render(request, "orgchart/establishment.html", context, status=422 if form.errors else 200)


def _set(request: HttpRequest, unit: Unit, values: dict[str, Any]) -> None:
    services.set_establishment(actor=person_actor(signed_in(request)), unit=unit, **values)


def _done(form: forms.Form, write: Callable[[], Any]) -> bool:
    """Whether the write went through; what it refuses is shown at its field. A missing right goes on as it is."""
    try:
        write()
    except Refused:
        raise
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return False
    return True


def _require_change(request: HttpRequest, unit: Unit) -> None:
    if not Unit.objects.permitted(signed_in(request), "change").filter(pk=unit.pk).exists():
        raise Refused(
            "may_not_change_unit",
            _("Units are moved and closed by the administration and personnel group. Ask there."),
        )


@require_http_methods(["GET", "POST"])
def move_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a unit below another parent."""
    reader, unit = signed_in(request), _visible(request, pk)
    _require_change(request, unit)
    form = MoveForm(_typed(request), reader=reader, unit=unit)
    if form.is_bound and form.is_valid():
        actor, parent = person_actor(reader), form.cleaned_data["parent"]
        if _done(form, lambda: services.move_unit(actor=actor, unit=unit, parent=parent)):
            messages.success(request, _("The unit has moved."))
            return redirect("orgchart:unit", pk)
    context = {"page_title": _("Move unit"), "unit": unit, "form": form}
    return render(request, "orgchart/unit_move.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def close_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a unit that is empty; what stands against it is said on the page."""
    unit = _visible(request, pk)
    _require_change(request, unit)
    form = forms.Form(_typed(request))
    if form.is_bound and form.is_valid():
        actor = person_actor(signed_in(request))
        if _done(form, lambda: services.close_unit(actor=actor, unit=unit)):
            messages.success(request, _("The unit is closed."))
            return redirect("orgchart:unit", pk)
    context = {"page_title": _("Close unit"), "unit": unit, "form": form}
    return render(request, "orgchart/unit_close.html", context, status=422 if form.errors else 200)
