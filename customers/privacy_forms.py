"""Forms of the protection of personal data. They parse what was typed; services decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError
from customers.enums import RequestKind, RequestState
from orgchart.scope import today


def show_refusal(form: forms.Form, refusal: DomainError) -> None:
    """Put a refusal at its field, or on top of the form; the page gets its status."""
    name = refusal.field if refusal.field in form.fields else None
    form.refused = refusal.status  # type: ignore[attr-defined]
    form.add_error(name, ValidationError(str(refusal.message), code=refusal.code))


def status_of(form: forms.Form) -> int:
    """The status of the page that shows the form again."""
    return getattr(form, "refused", 422 if form.errors else 200)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, typed or picked."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **options)


class RevealFilter(forms.Form):
    """Which reveals to show. Days and numbers of colleagues only: it is sent in the address."""

    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None)
    first = day_field(_("From"), required=False)
    last = day_field(_("Until"), required=False)
    how = forms.ChoiceField(
        label=_("How"),
        required=False,
        choices=[("", _("all")), ("reason", _("with a reason")), ("handler", _("by the handler"))],
    )
    unusual = forms.BooleanField(label=_("unusual only"), required=False)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """The people to choose from; one that was asked for stays a choice."""
        chosen = [(int(self["person"].value()), f"#{self['person'].value()}")] if self._asks_number() else []
        found = dict([*chosen, *people])
        field: Any = self.fields["person"]
        field.choices = [("", _("all")), *sorted(found.items(), key=lambda pair: pair[1])]

    def _asks_number(self) -> bool:
        value = str(self["person"].value() or "")
        return value.isascii() and value.isdigit() and len(value) < 12

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        return cleaned


class NoticeForm(forms.Form):
    """The text of the next version."""

    text = forms.CharField(label=_("Chinese"), widget=forms.Textarea(attrs={"rows": 18}), max_length=20_000)
    text_en = forms.CharField(
        label=_("English"), widget=forms.Textarea(attrs={"rows": 18}), max_length=20_000
    )
    in_force_from = day_field(_("In force from"), initial=today)


class RequestForm(forms.Form):
    """What a customer asks for."""

    kind = forms.ChoiceField(label=_("What the customer asks for"), choices=RequestKind.choices)
    identity_checked = forms.CharField(
        label=_("How the identity was checked"),
        max_length=200,
        help_text=_("For example: called back on the number in the file. No numbers here."),
    )
    text = forms.CharField(
        label=_("In the customer's words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Refusing, or saying what was corrected."""

    reason = forms.CharField(
        label=_("Answer to the customer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EraseForm(forms.Form):
    """The number of the file, typed to confirm."""

    typed = forms.CharField(
        label=_("Number of the file"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class HoldForm(forms.Form):
    """Who asks for a legal hold and why."""

    reason = forms.CharField(label=_("Who asks for it, and why"), max_length=300)


class RequestFilter(forms.Form):
    """Which requests to show."""

    state = forms.ChoiceField(
        label=pgettext_lazy("request", "State"),
        required=False,
        choices=[("", _("all")), *RequestState.choices],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *RequestKind.choices])
