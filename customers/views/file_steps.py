"""Small forms of the customer file: shown, refused at their field, in conflict, or done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import htmx
from core.actors import Actor, person_actor
from core.errors import Conflict, DomainError, StaleVersion, Text
from customers import policies
from customers.file_forms import FileForm
from customers.models import Customer
from customers.personal import file_of
from customers.rules import grants
from orgchart.guided import posted
from orgchart.views.account import signed_in

Row = tuple[Text, Text, Text]


@dataclass(frozen=True, slots=True)
class Words:
    """What a step is called, its button, and the sentence when it is done. `about`: what it is about, or a question."""

    title: Text
    button: Text
    done: Text
    about: Text = ""
    tone: str = "primary"
    note: Text = ""


def writable(request: HttpRequest, pk: int) -> Customer:
    """The file, for whoever may write it: 404 invisible, 403 visible alone, 409 merged or erased."""
    person = signed_in(request)
    customer = file_of(person, pk)
    if not Customer.objects.permitted(person, "edit").filter(pk=pk).exists():
        policies.refuse(grants.EDIT)
    if customer.erased_at:
        raise Conflict("file_erased", _("The data of this file were erased already."))
    if customer.merged_into_id:
        raise Conflict("file_merged", _("This file was merged into another one. Open that one."))
    return customer


def step(
    request: HttpRequest,
    customer: Customer,
    form: FileForm,
    act: Callable[[Actor], object],
    words: Words,
    compare: Callable[[Customer], list[Row]] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the form, or send it to `act`; a stale one comes back with 409, `compare(file now)` and today's version."""
    context: dict[str, Any] = {"words": words, "customer": customer, "form": form, **more}
    if posted(request) is not None and form.is_valid():
        try:
            act(person_actor(request.user))
        except StaleVersion:
            return _conflict(request, customer, form, compare, context)
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            form.refuse(refusal)
        else:
            messages.success(request, words.done)
            return htmx.redirect(request, "customers:file", customer.pk)
    return _page(request, context, form.refused if form.errors else 200)


def _conflict(
    request: HttpRequest,
    customer: Customer,
    form: FileForm,
    compare: Callable[[Customer], list[Row]] | None,
    context: dict[str, Any],
) -> HttpResponse:
    now = file_of(signed_in(request), customer.pk)
    data: Any = form.data.copy()
    data["version"] = str(now.version)
    form.data = data
    change = now.changes.select_related("changed_by").first()
    rows = compare(now) if compare else []
    context |= {"conflict": True, "conflict_rows": rows, "change": change}
    return _page(request, context, 409)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    context["page_title"] = context["words"].title
    return render(request, "customers/file_step.html", context, status=status)


def at_once(request: HttpRequest, pk: int, act: Callable[[Actor], object], done: Text) -> HttpResponse:
    """A button without a form: do it, say so, and show the file. Refusals are raised."""
    act(person_actor(request.user))
    messages.success(request, done)
    return htmx.redirect(request, "customers:file", pk)
