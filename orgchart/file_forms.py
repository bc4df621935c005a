"""Forms of the staff file: proofs and things lent."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from orgchart.enums import EducationLevel, QualificationKind
from orgchart.guided import day_field
from orgchart.models import Position, Qualification
from orgchart.scope import today
from orgchart.services.files import Entry

_ENTRY = tuple(part.name for part in fields(Entry))


class FileForm(forms.Form):
    """A form that shows a refusal at its field; the page gets its status."""

    refused = 422

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or on top when it belongs to none."""
        self.refused = error.status
        name = error.field if error.field in self.fields else None
        self.add_error(name, ValidationError(str(error.message), code=error.code))


class EntryForm(FileForm):
    """An entry of the file. Which fields count depends on the kind, and the service says so."""

    kind = forms.ChoiceField(label=_("Kind"), choices=QualificationKind.choices)
    text = forms.CharField(
        label=_("What is proven"), max_length=120,
        help_text=_("A requirement counts as met when its words stand here."),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("Level of education"), choices=[("", "–"), *EducationLevel.choices], required=False,
        help_text=_("For education only."),
    )  # fmt: skip
    years = forms.DecimalField(
        label=_("Years before the company"), min_value=0, max_value=60, max_digits=4, decimal_places=1, required=False,
        help_text=_("For work experience only."),
    )  # fmt: skip
    document_no = forms.CharField(label=_("Number of the document"), max_length=60, required=False)
    obtained_on = day_field(_("Obtained on"), required=False)
    valid_until = day_field(_("Valid until"), required=False, hint=_("Leave empty for without end."))

    def entry(self) -> Entry:
        """As the services take it."""
        return Entry(**{name: self.cleaned_data[name] for name in _ENTRY})

    @staticmethod
    def initial_of(row: Qualification) -> dict[str, Any]:
        """What a form for a correction starts from."""
        return {name: getattr(row, name) for name in _ENTRY}


class RemoveForm(FileForm):
    """Why an entry is taken out."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Goes into the audit trail."),
    )  # fmt: skip


class HandOutForm(FileForm):
    """A thing that is handed out."""

    name = forms.CharField(label=_("Handed out"), max_length=80)
    serial_no = forms.CharField(label=_("Its number"), max_length=60, required=False)
    handed_on = day_field(_("Handed out on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handed_on"].initial = today()


class TakeBackForm(FileForm):
    """The day on which a thing came back."""

    returned_on = day_field(_("Taken back on"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["returned_on"].initial = today()


class AgainstForm(forms.Form):
    """Against the description of which position the file is held."""

    position = forms.ModelChoiceField(
        label=_("Against the position"), queryset=Position.objects.none(), to_field_name="code", required=False,
        empty_label=_("The main post"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["position"]
        field.queryset = Position.objects.filter(versions__state="in_force").order_by("pk").distinct()
