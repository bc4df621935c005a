"""Personal data on a page: masked by default, in full at one click or with a reason, always logged.

An app says which parts a record has and how a person may see each (`Part.mode`); the page to show one, its refusals and
its looks are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import htmx
from core.errors import Invalid, Text
from core.policy import row_filter
from core.reveal import reveal, reveals_left

HANDLER, REASON = "handler", "reason"


@dataclass(frozen=True, slots=True)
class Part:
    """One masked value: `code` in the address of its page, label, masked text, that address.

    `mode`: "handler" (shown at one click), "reason" (with a reason, within the day's quota) or "" (never).
    """

    code: str
    label: Text
    text: str
    url: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The page a value belongs to: its address, title, and the list above it."""

    url: str
    title: Text
    list_label: Text
    list_url: str


class RevealForm(forms.Form):
    """Why somebody who does not handle the matter needs to see a value in full."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in full (`record.field`), its label and its masked text."""

    label: Text
    record: models.Model
    field: str
    text: str


def filled(places: Mapping[str, Place]) -> dict[str, Place]:
    """Those places that hold a value."""
    return {code: place for code, place in places.items() if getattr(place.record, place.field)}


def with_reveals(rows: QuerySet[Any], person: Any) -> QuerySet[Any]:
    """Each row with the columns `may_reveal_as_handler` and `may_reveal`, as the model's policies say."""
    columns = {
        f"may_{action}": ExpressionWrapper(
            row_filter(rows.model, action, person), output_field=BooleanField()
        )
        for action in ("reveal_as_handler", "reveal")
    }
    annotated: QuerySet[Any] = rows.annotate(**columns)
    return annotated


def parts(owner: Any, places: Mapping[str, Place], url_name: str) -> dict[str, Part]:
    """The parts of `owner`, a row of `with_reveals`, by code; `url_name` takes its key and the code."""
    mode = mode_of(owner)
    return {
        code: Part(code, place.label, place.text, reverse(url_name, args=[owner.pk, code]), mode)
        for code, place in places.items()
    }


def reveal_place(person: Any, owner: Any, place: Place, reason: str, acting_for: Any = None) -> str:
    """The value in full, logged as one of `owner`, a row of `with_reveals`. Refuses as `core.reveal.reveal`."""
    handler = mode_of(owner) == HANDLER
    return reveal(
        person, place.record, place.field, reason, is_handler=handler, acting_for=acting_for, owner=owner
    )


def mode_of(record: Any) -> str:
    """The mode for a record with the columns `may_reveal_as_handler` and `may_reveal`."""
    if record.may_reveal_as_handler:
        return HANDLER
    return REASON if record.may_reveal else ""


def reveal_page(request: HttpRequest, part: Part, home: Home, show: Callable[[str], str]) -> HttpResponse:
    """Ask for the reason where one is needed, then show the value; `show(reason)` logs it and gives it in full.

    GET asks, POST shows; a missing reason comes back at its field with 422. Other refusals of `show` are raised.
    """
    form = RevealForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"page_title": _("Show in full"), "part": part, "home": home, "form": form}
    if request.method == "POST":
        try:
            context["plain"] = show(request.POST.get("reason", ""))
        except Invalid as refusal:
            form.add_error("reason", str(refusal.message))
            return render(request, "core/reveal.html", context | _quota(request, part), status=422)
    in_place = htmx.is_htmx(request) and not htmx.in_dialog(request)
    template = "components/personal.html" if in_place else "core/reveal.html"
    return render(request, template, context | _quota(request, part))


def _quota(request: HttpRequest, part: Part) -> dict[str, int]:
    """How many reveals are left today, where they count."""
    if part.mode != REASON:
        return {}
    return {"left": reveals_left(request.user), "quota": settings.REVEAL_DAILY_QUOTA}
