"""A guided action: one form, what would follow, and one service call, on one page that works without JavaScript.

The first button tries the action in a transaction that is rolled back, so that every refusal shows before anything is
written, and lists what would follow. The second button, which then appears, does it. Whatever was changed in between
leads to a new look at what would follow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.localtime import FIRST_DAY, LAST_DAY
from orgchart.models import Person
from orgchart.previews import Consequence
from orgchart.services.overrides import MAX_REASON

SEEN = "seen"
_NOT_PART_OF_IT = frozenset({SEEN, "csrfmiddlewaretoken"})


def day_field(label: Any, *, required: bool = True, hint: Any = "", **options: Any) -> forms.DateField:
    """A day within 2000 to 2100, chosen in the browser's calendar or typed as YYYY-MM-DD."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        error_messages={"invalid": _("Write the date as YYYY-MM-DD.")},
        **options,
    )


class GuidedForm(forms.Form):
    """A form of a guided action. `confirmations` are check boxes that show only when the action asks for them.

    `wide` names fields that take the whole row. A technical administrator also gives the reason of the override.
    """

    confirmations: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()

    def __init__(self, *args: Any, reader: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reader = reader
        if self.overridable and reader.is_technical_admin:
            self.fields["override"] = forms.CharField(
                label=_("Reason for acting without a power"),
                max_length=MAX_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_(
                    "No power allows this to a technical administrator. The superior is told and reads it."
                ),
            )

    overridable = True

    def shown(self) -> list[BoundField]:
        """The fields of the form, without confirmations."""
        return [bound for bound in self.visible_fields() if bound.name not in self.confirmations]

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields in blocks, each with the class of its frame: most forms are one block."""
        return [("fields", self.shown())]

    def pairs(self, starts: tuple[str, ...]) -> list[tuple[str, list[BoundField]]]:
        """One block of the fields whose names begin otherwise, then a block of two columns with those that begin so."""
        paired = [bound for bound in self.shown() if bound.name.startswith(starts)]
        rest = [bound for bound in self.shown() if bound not in paired]
        return [("fields", rest), ("fields fields-two", paired)]

    def asked(self) -> list[BoundField]:
        """The confirmations that the action needs."""
        return [self[name] for name in self.confirmations if name in self.needed or self[name].errors]

    def fingerprint(self) -> str:
        """What was filled in, without the confirmations: tells whether it is what was looked at."""
        kept = {
            name: self.data.getlist(name) if hasattr(self.data, "getlist") else self.data[name]
            for name in sorted(self.data)
            if name not in _NOT_PART_OF_IT and name not in self.confirmations
        }
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:32]

    def values(self) -> dict[str, Any]:
        """The cleaned data as the service takes them."""
        return dict(self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or on top when it belongs to none."""
        name = self.field_of(error)
        self.add_error(
            name if name in self.fields else None, ValidationError(str(error.message), code=error.code)
        )

    def field_of(self, error: DomainError) -> str | None:
        """The field that a refusal belongs to."""
        return error.field


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: the request's data when it was sent, even empty, and nothing otherwise."""
    return request.POST if request.method == "POST" else None


class _TakenBack(Exception):
    """Rolls the trial back."""


def _try(act: Callable[[dict[str, Any]], Any], values: dict[str, Any]) -> DomainError | None:
    """What the action would refuse; nothing of it stays."""
    try:
        with transaction.atomic():
            act(values)
            raise _TakenBack
    except _TakenBack:
        return None
    except DomainError as error:
        return error


@dataclass(slots=True)
class Action:
    """What a page of a guided action needs. `act` gets the form's values and calls the service."""

    form: GuidedForm
    act: Callable[[dict[str, Any]], Any]
    preview: Callable[[dict[str, Any]], Sequence[Consequence]]
    done: Callable[[Any], HttpResponse]
    title: str
    button: str
    icon: str
    tone: str = "primary"
    template: str = "orgchart/guided.html"
    context: dict[str, Any] = field(default_factory=dict)


def run(request: HttpRequest, action: Action) -> HttpResponse:
    """The page: empty, with what would follow, with what was refused, or the redirect after the act."""
    form, status, consequences = action.form, 200, None
    if request.method == "POST":
        if not form.is_valid():
            return render(request, action.template, _context(action, None), status=422)
        values = form.values()
        refused = _trial(form, action, values)
        if refused is None and request.POST.get(SEEN) == form.fingerprint():
            try:
                return action.done(action.act(values))
            except DomainError as error:
                refused = _at_its_field(form, error)
        status = refused.status if refused is not None else 200
        if refused is None or refused.field in form.confirmations:
            consequences = action.preview(values)
    return render(request, action.template, _context(action, consequences), status=status)


def _trial(form: GuidedForm, action: Action, values: dict[str, Any]) -> DomainError | None:
    """Refusals, and which confirmations are needed. A power that is missing is a page of its own."""
    every = dict.fromkeys(form.confirmations, True)
    refused = _try(action.act, {**values, **every})
    if refused is not None:
        return _at_its_field(form, refused)
    needed = set()
    for name in form.confirmations:
        error = _try(action.act, {**values, **every, name: False})
        if error is not None and error.field == name:
            needed.add(name)
    form.needed = frozenset(needed)
    return None


def _at_its_field(form: GuidedForm, error: DomainError) -> DomainError:
    if error.status in (403, 404):
        raise error
    form.refuse(error)
    return error


def _context(action: Action, consequences: Sequence[Consequence] | None) -> dict[str, Any]:
    return {
        "page_title": action.title,
        "form": action.form,
        "action": action,
        "consequences": consequences,
        "seen": action.form.fingerprint() if consequences is not None else "",
        **action.context,
    }
