"""What the pages of the catalogue share: who reads, who edits, and one form page for all services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core import htmx
from core.errors import DomainError, Refused, StaleVersion, Text
from orgchart.models import Person
from orgchart.views.account import signed_in
from products.catalogue_forms import CatalogueForm, InitialOf
from products.policies import may_edit_catalogue, may_read_catalogue, require_catalogue

M = TypeVar("M", bound=Model)


def reader_of(request: HttpRequest) -> Person:
    """The reader; refuses with "may_not_catalogue" (403) whoever holds no post."""
    person = signed_in(request)
    if not may_read_catalogue(person):
        raise Refused("may_not_catalogue", _("The catalogue is for people who hold a post."))
    return person


def editor_of(request: HttpRequest) -> Person:
    """The reader, who may edit; refuses with "may_not_catalogue" (403) else."""
    person = reader_of(request)
    require_catalogue(person)
    return person


def one(rows: QuerySet[Any], pk: int) -> Any:
    """The row, else 404."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page of the catalogue; `edits` says whether it shows buttons."""
    edits = may_edit_catalogue(signed_in(request))
    return render(request, f"products/catalogue/{template}.html", {"edits": edits, "terms": (), **context})


@dataclass(frozen=True, slots=True)
class Task:
    """One form: `act` calls the service with the valid form, `back` says where to go with what it returned."""

    title: Text
    button: Text
    done: Text
    act: Callable[[Any], Any]
    back: Callable[[Any], str]
    cancel: str
    crumbs: tuple[tuple[Text, str], ...] = ()
    about: Text = ""
    tone: str = "primary"
    initial_of: InitialOf | None = None


def posted(request: HttpRequest) -> Any:
    """What was posted, even when that is nothing; None while the page is only read."""
    return request.POST if request.method == "POST" else None


def perform(request: HttpRequest, form: CatalogueForm, task: Task) -> HttpResponse:
    """The form shown, refused at its field, compared with somebody else's change, or done."""
    differences: list[tuple[str, str, str]] = []
    if form.is_bound and form.is_valid():
        try:
            result = task.act(form)
        except StaleVersion as error:
            form.status, differences = error.status, _compared(form, task, error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.refuse(error)
        else:
            messages.success(request, str(task.done))
            return htmx.redirect(request, task.back(result))
    status = form.status if form.errors or differences else 200
    context = {"page_title": task.title, "form": form, "task": task, "differences": differences}
    return render(request, "products/catalogue/form.html", context, status=status)


def _compared(form: CatalogueForm, task: Task, error: StaleVersion) -> list[tuple[str, str, str]]:
    current = error.context["current"]
    now = task.initial_of(current) if task.initial_of else {"version": current.version}
    rows = form.compare(now)
    if not rows:
        form.add_error(None, str(error.message))
    return rows
