"""Rights, explained: for a person, for a position; and what administrators did without a power."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import htmx
from core.actors import person_actor
from core.errors import Refused
from orgchart import services, uses
from orgchart.models import Override, Person, Position, PowerUse
from orgchart.policies import may
from orgchart.power_pages import override_row
from orgchart.rights import given_by, rights_of_person
from orgchart.views.account import signed_in
from orgchart.whomay import who_may_edit, who_may_on

PAGE_SIZE = 25


def _explained(request: HttpRequest, pk: int) -> Person:
    """The person whose rights the reader may see: 404 invisible, 403 visible only."""
    reader = signed_in(request)
    person = uses.visible_person(reader, pk)
    if person is None:
        raise Http404
    if not may(reader, "view_rights", person):
        raise Refused(
            "may_not_view_rights",
            _("Rights are shown to the person, to superiors, to the personnel group and to administrators."),
        )
    return person


@require_safe
def rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Every action with every reason, as of today; and what the person may not do, and why."""
    person = _explained(request, pk)
    context = {"page_title": _("Rights, explained"), "person": person, "explained": rights_of_person(person)}
    return render(request, "orgchart/rights.html", context)


@require_safe
def who_may(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may use which power on this person today, and why."""
    person = _explained(request, pk)
    context = {"page_title": _("Who may do what"), "person": person, "powers": who_may_on(person)}
    return render(request, "orgchart/who_may.html", context)


@require_safe
def position_who_may(request: HttpRequest, code: str) -> HttpResponse:
    """Who may edit this position, and who gets what rights by it."""
    reader = signed_in(request)
    position = get_object_or_404(Position.objects.permitted(reader, "view"), code=code)
    context = {
        "page_title": _("Who may do what"),
        "position": position,
        "found": who_may_edit(reader, position),
        "sections": given_by(position),
    }
    return render(request, "orgchart/position_who_may.html", context)


@require_safe
def overrides(request: HttpRequest) -> HttpResponse:
    """What administrators did without a power; what waits to be read stands first."""
    reader = signed_in(request)
    text = request.GET.get("page", "")
    page = Paginator(uses.overrides_seen_by(reader), PAGE_SIZE).get_page(text if text.isdigit() else 1)
    waiting = set(
        Override.objects.permitted(reader, "acknowledge")
        .filter(pk__in=[row.pk for row in page.object_list])
        .values_list("pk", flat=True)
    )
    uses_of = [row.refusal["use"] for row in page.object_list if "use" in row.refusal]
    opened = set(PowerUse.objects.permitted(reader).filter(pk__in=uses_of).values_list("pk", flat=True))
    rows = [override_row(row, row.pk in waiting, opened) for row in page.object_list]
    context = {
        "page_title": _("Acts of administrators"),
        "rows": rows,
        "first_url": "?page=1" if page.number > 1 else "",
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "orgchart/overrides.html", context)


@require_POST
def see_override(request: HttpRequest, pk: int) -> HttpResponse:
    """The superior confirms having read it."""
    found = Override.objects.permitted(signed_in(request), "view").filter(pk=pk).first()
    if found is None:
        raise Http404
    services.see_override(actor=person_actor(request.user), override=found)
    messages.success(request, _("Noted that you have read it."))
    return htmx.redirect(request, "orgchart:overrides")
