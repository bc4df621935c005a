"""Leave and deputies: of one person, and who is away in the reader's sight."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.actors import person_actor
from orgchart import away, services
from orgchart.guided import Action, posted, run
from orgchart.leave_forms import (
    AwayFilter,
    BackForm,
    EndDeputyForm,
    NameDeputyForm,
    RecordLeaveForm,
)
from orgchart.models import Deputyship, Leave, Person
from orgchart.policies import may
from orgchart.previews import leave as previews
from orgchart.previews.common import post_words
from orgchart.scope import today
from orgchart.seats import seats_of
from orgchart.staffactions import require, why_not
from orgchart.views.account import signed_in
from orgchart.views.staff import number_of, visible

GET_POST = ["GET", "POST"]
PAGE_SIZE = 25


@never_cache
@require_safe
def away_list(request: HttpRequest) -> HttpResponse:
    """Who is away today and in the next 30 days, and where a deputy is missing."""
    reader = signed_in(request)
    form = AwayFilter(request.GET or None, reader=reader)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = away.away_in_sight(reader, chosen.get("unit"))
    uncovered = sum(row.is_uncovered for row in rows)
    if chosen.get("missing"):
        rows = [row for row in rows if row.is_uncovered]
    page = Paginator(rows, PAGE_SIZE).get_page(number_of(request.GET.get("page", "")))
    context = {
        "page_title": _("Leave and deputies"), "form": form, "page": page, "uncovered": uncovered,
        "now": sum(row.now for row in rows), **_links(request, page),
    }  # fmt: skip
    return render(request, "orgchart/away.html", context)


def _links(request: HttpRequest, page: Any) -> dict[str, str]:
    kept = {key: request.GET[key] for key in ("unit", "missing") if request.GET.get(key)}

    def url(number: int) -> str:
        return "?" + urlencode({**kept, "page": number})

    return {
        "first_url": url(1) if page.number > 1 else "",
        "previous_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
        "count_label": ngettext("%(count)d leave", "%(count)d leaves", page.paginator.count)
        % {"count": page.paginator.count},
    }


@never_cache
@require_safe
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave and deputies of one person. Why somebody is away is read by whoever records it or keeps the file."""
    person, reader = visible(request, pk), signed_in(request)
    records = reader.pk != person.pk and may(reader, "record_leave", person)
    details = records or may(reader, "view_file", person)
    leaves = away.leaves_of(person) if details else []
    context = {
        "page_title": _("Leave and deputies"),
        "person": person,
        "records": records,
        "why_not": "" if records else why_not(reader, "record_leave", person),
        "details": details,
        "open": away.open_leaves(person),
        "past": [row for row in leaves if row.is_cancelled or (row.ends_on and row.ends_on < today())],
        "standing_in": away.standing_in(person, for_others=True),
        "deputies": [row for row in away.standing_in(person, for_others=False) if row.leave_id is None],
    }
    return render(request, "orgchart/leave.html", context)


def _keeper(request: HttpRequest, pk: int) -> tuple[Person, Person]:
    """The person, and the reader who records leave; Refused else."""
    person, reader = visible(request, pk), signed_in(request)
    require(reader, "record_leave", person)
    return person, reader


def _back(request: HttpRequest, pk: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("orgchart:leave", pk)


@never_cache
@require_http_methods(GET_POST)
def record_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Days away, and a deputy for every post."""
    person, reader = _keeper(request, pk)
    form = RecordLeaveForm(posted(request), reader=reader, person=person)
    action = Action(
        form=form,
        act=lambda values: services.record_leave(actor=person_actor(reader), person=person, **values),
        preview=lambda values: previews.away(
            person, values["starts_on"], values["ends_on"], values["stand_ins"], form.seats
        ),
        done=lambda leave: _back(request, pk, _("The leave is recorded.")),
        title=_("Record leave"),
        button=_("Record the leave"),
        icon="calendar-off",
        context={"person": person},
    )
    return run(request, action)


@never_cache
@require_http_methods(GET_POST)
def name_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """A deputy without a leave."""
    person, reader = _keeper(request, pk)
    if not seats_of(person):
        return _back(request, pk, _("There is no post to stand in for."))
    form = NameDeputyForm(posted(request), reader=reader, person=person)
    action = Action(
        form=form,
        act=lambda values: services.name_deputy(actor=person_actor(reader), **values),
        preview=lambda values: previews.naming(
            values["deputy"], post_words(values["post"]), values["starts_on"], values["ends_on"],
            (values["via"].depth if values["via"] else 0) + 1,
        ),
        done=lambda row: _back(request, pk, _("The deputy is named.")),
        title=_("Name a deputy"),
        button=_("Name the deputy"),
        icon="user-share",
        context={"person": person},
    )  # fmt: skip
    return run(request, action)


def _leave(person: Person, entry: int) -> Leave:
    """The open leave read anew: a trial that was rolled back leaves its marks on an instance."""
    rows = Leave.objects.touching(today(), None).filter(person=person, is_cancelled=False, pk=entry)
    found: Leave | None = rows.select_related("person").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(GET_POST)
def end_leave(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """The person is back early, or stays after all."""
    person, reader = _keeper(request, pk)
    leave = _leave(person, entry)
    action = Action(
        form=BackForm(posted(request), reader=reader, leave=leave),
        act=lambda values: services.end_leave(
            actor=person_actor(reader), leave=_leave(person, entry), **values
        ),
        preview=lambda values: previews.back(_leave(person, entry), values["last_day"]),
        done=lambda nothing: _back(request, pk, _("The end of the leave is recorded.")),
        title=_("End or cancel a leave"),
        button=_("Record it"),
        icon="user-check",
        context={"person": person, "leave": leave},
    )
    return run(request, action)


def _deputyship(person: Person, entry: int) -> Deputyship:
    rows = away.standing_in(person, for_others=False).filter(pk=entry)
    found: Deputyship | None = rows.first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(GET_POST)
def end_deputyship(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Somebody stops standing in for a post of the person."""
    person, reader = _keeper(request, pk)
    row = _deputyship(person, entry)
    action = Action(
        form=EndDeputyForm(posted(request), reader=reader, deputyship=row),
        act=lambda values: services.end_deputyship(
            actor=person_actor(reader), deputyship=_deputyship(person, entry), **values
        ),
        preview=lambda values: previews.stopping(_deputyship(person, entry), values["last_day"]),
        done=lambda nothing: _back(request, pk, _("The end of the deputyship is recorded.")),
        title=_("End a deputyship"),
        button=_("Record the end"),
        icon="user-minus",
        tone="danger",
        context={"person": person, "deputyship": row},
    )
    return run(request, action)
