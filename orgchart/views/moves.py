"""Guided actions on a person's posts: joiner, transfer, additional post, end of a post, leaver."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.actors import person_actor
from orgchart import previews, services
from orgchart.extensions import panels_for
from orgchart.guided import Action, posted, run
from orgchart.models import Appointment, Person
from orgchart.move_forms import (
    AdditionalPostForm,
    CancelPostForm,
    EndPostForm,
    JoinForm,
    LeavingForm,
    TransferForm,
)
from orgchart.previews import Consequence
from orgchart.scope import today
from orgchart.services.joining import Joined
from orgchart.services.permits import to_appoint
from orgchart.services.transfer import ending_with
from orgchart.staffactions import require
from orgchart.views.account import signed_in
from orgchart.views.staff import REVEALED, visible

GET_POST = ["GET", "POST"]


def _back(request: HttpRequest, person: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("orgchart:person", person.pk)


def _about(person: Person, reader: Person, *, urgent: bool = False) -> dict[str, Any]:
    """What the template shows of the person; `urgent`: with the work in hand."""
    panels = [panel for panel in panels_for(reader, person) if panel.urgent] if urgent else []
    return {"person": person, "panels": panels}


@never_cache
@require_http_methods(GET_POST)
def join(request: HttpRequest) -> HttpResponse:
    """A new colleague: account, post, things handed out; the one-time password is shown once at the end."""
    reader = signed_in(request)
    if not reader.is_technical_admin:
        to_appoint(person_actor(reader))
    form = JoinForm(posted(request), reader=reader)
    action = Action(
        form=form,
        act=lambda values: services.join(actor=person_actor(reader), **values),
        preview=lambda values: previews.joining(
            values["who"], values["position"], values["unit"], values["starts_on"]
        ),
        done=lambda joined: _joined(request, joined),
        title=_("New colleague"),
        button=_("Enter the new colleague"),
        icon="user-plus",
    )
    return run(request, action)


def _joined(request: HttpRequest, joined: Joined) -> HttpResponse:
    if joined.password is not None:
        request.session[REVEALED] = (joined.person.pk, joined.password)
    return _back(request, joined.person, _("The new colleague is entered."))


@never_cache
@require_http_methods(GET_POST)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """The main post ends the day before, the new one begins; past, today or to come."""
    person, reader = visible(request, pk), signed_in(request)
    require(reader, "appoint", person)
    form = TransferForm(posted(request), reader=reader, person=person)
    action = Action(
        form=form,
        act=lambda values: services.transfer(actor=person_actor(reader), person=person, **values),
        preview=lambda values: previews.transferring(
            person, values["position"], values["unit"], values["starts_on"], values["end_posts"]
        ),
        done=lambda row: _back(request, person, _("The transfer is entered.")),
        title=_("Transfer"),
        button=_("Enter the transfer"),
        icon="transfer",
        context=_about(person, reader, urgent=True),
    )
    return run(request, action)


@never_cache
@require_http_methods(GET_POST)
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    """An additional post (兼任) beside the main one."""
    person, reader = visible(request, pk), signed_in(request)
    require(reader, "appoint", person)
    form = AdditionalPostForm(posted(request), reader=reader)
    action = Action(
        form=form,
        act=lambda values: services.appoint(
            actor=person_actor(reader), person=person, is_primary=False, **values
        ),
        preview=lambda values: previews.additional(
            person, values["position"], values["unit"], values["starts_on"], values["ends_on"]
        ),
        done=lambda row: _back(request, person, _("The additional post is entered.")),
        title=_("Additional post"),
        button=_("Enter the additional post"),
        icon="briefcase",
        context=_about(person, reader),
    )
    return run(request, action)


def _posts_of(person: Person) -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = Appointment.objects.filter(person=person)
    return rows.select_related("person", "position", "unit")


def _post_of(person: Person, entry: int) -> Appointment:
    """The post read anew: a trial that was rolled back leaves its marks on an instance."""
    found = _posts_of(person).filter(pk=entry).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(GET_POST)
def end_post(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """A post ends on a day, or ends on another day than was entered."""
    person, reader = visible(request, pk), signed_in(request)
    post = _post_of(person, entry)
    require(reader, "appoint", person)
    form = EndPostForm(posted(request), reader=reader)
    action = Action(
        form=form,
        act=lambda values: services.end_appointment(
            actor=person_actor(reader), appointment=_post_of(person, entry), **values
        ),
        preview=lambda values: previews.ending(_post_of(person, entry), values["last_day"]),
        done=lambda nothing: _back(request, person, _("The end of the post is entered.")),
        title=_("End of a post"),
        button=_("Enter the end of the post"),
        icon="calendar-off",
        tone="danger",
        context={**_about(person, reader, urgent=post.is_primary), "post": post},
    )
    return run(request, action)


@never_cache
@require_http_methods(GET_POST)
def cancel_post(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """A transfer or additional post that has not begun is taken back."""
    person, reader = visible(request, pk), signed_in(request)
    post = _post_of(person, entry)
    require(reader, "appoint", person)
    ended = ending_with(post) if post.is_primary else Appointment.objects.none()
    form = CancelPostForm(posted(request), reader=reader, ended=ended)

    def act(values: dict[str, Any]) -> object:
        service = services.cancel_transfer if post.is_primary else services.withdraw_appointment
        return service(actor=person_actor(reader), appointment=_post_of(person, entry), **values)

    action = Action(
        form=form,
        act=act,
        preview=lambda values: previews.cancelling(_post_of(person, entry)),
        done=lambda nothing: _back(request, person, _("It is taken back.")),
        title=_("Cancel a transfer") if post.is_primary else _("Take back a post"),
        button=_("Take it back"),
        icon="arrow-back-up",
        tone="danger",
        context={**_about(person, reader), "post": post},
    )
    return run(request, action)


@never_cache
@require_http_methods(GET_POST)
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague leaves: last day, and everything that has to be passed on."""
    person, reader = visible(request, pk), signed_in(request)
    require(reader, "close_account", person)
    form = LeavingForm(posted(request), reader=reader, person=person)
    action = Action(
        form=form,
        act=lambda values: services.close_account(actor=person_actor(reader), person=person, **values),
        preview=lambda values: _before_leaving(person, values),
        done=lambda left: _back(request, person, _("The leaving is recorded.")),
        title=_("Leaving"),
        button=_("Record the leaving"),
        icon="user-minus",
        tone="danger",
        context=_about(person, reader, urgent=True),
    )
    return run(request, action)


def _before_leaving(person: Person, values: dict[str, Any]) -> list[Consequence]:
    fresh = Person.objects.get(pk=person.pk)
    return previews.leaving(fresh, max(values["last_day"], today()), at_once=values["at_once"])
