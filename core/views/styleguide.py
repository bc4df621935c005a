"""A living page that shows every component in its states. Never served in production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.navigation import Line

TONES = ("blue", "azure", "green", "yellow", "orange", "red", "purple", "secondary")


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("Title"), max_length=40, help_text=_("Short and clear."))
    number = forms.IntegerField(label=_("Number"), min_value=1)
    choice = forms.ChoiceField(label=_("Choice"), choices=[("", "–"), ("a", "A"), ("b", "B")], required=False)
    way = forms.ChoiceField(label=_("Way"), choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(label=_("I have read this"), required=False)


class SampleFilter(forms.Form):
    """What a list is narrowed down by."""

    word = forms.CharField(label=_("Title"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", "–"), ("a", "A")], required=False)
    since = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}), required=False)


@dataclass(frozen=True)
class SampleRow:
    """A line of the sample table."""

    number: str
    label: str
    tone: str
    text: str
    owner: str
    at: Any
    due: Any


def _rows() -> list[SampleRow]:
    now = timezone.now()
    words = _("A text that is long enough to be cut off in a table cell, as many descriptions are.")
    names = ("王晓明", "李娜", "", "Chen Wei")
    return [
        SampleRow(
            f"2611 2400 {10 + index}",
            str(_("State %(number)s") % {"number": index + 1}),
            tone,
            str(words),
            names[index % 4],
            now - timedelta(hours=7 * index),
            now + timedelta(hours=3 * index - 5),
        )
        for index, tone in enumerate(TONES)
    ]


def _sample_lines() -> list[Line]:
    return [
        Line(_("Start page"), "#", "home", "", "g h", False),
        Line(_("Components"), "#top", "stack", _("Samples"), "g c", True),
        Line(_("Tables"), "#tables", "list-details", _("Samples"), "", False),
        Line(_("Forms"), "#forms", "edit", _("Samples"), "", False),
    ]


@require_safe
@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in its states; 404 outside development and trial."""
    if not (settings.DEBUG or settings.TRIAL):
        raise Http404
    wrong = SampleForm({"number": "0", "text": str(_("What was typed stays here."))})
    wrong.is_valid()
    now = timezone.now()
    context = {
        "page_title": _("Style guide"),
        "navigation_lines": _sample_lines(),
        "unread_count": 3,
        "tones": TONES,
        "rows": _rows(),
        "filter": SampleFilter(prefix="filter"),
        "wrong": wrong,
        "now": now,
        "soon": now + timedelta(minutes=50),
        "late": now - timedelta(hours=5),
        "later": now + timedelta(days=3),
        "facts": [(_("Title"), "Mate 60 Pro"), (_("Number"), "490154203237518"), (_("Text"), None)],
        "conflict": [(_("Title"), _("as it is now"), _("as you typed it")), (_("Number"), "3", "3")],
    }
    return render(request, "core/styleguide.html", context)
