"""The forms of the pages of imports: the file, and what to take out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.imports.limits import LIMITS, refuse
from core.imports.registry import exports_for, kinds_for


class UploadForm(forms.Form):
    """A list and its file."""

    kind = forms.ChoiceField(label=pgettext_lazy("import", "List"))
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
        help_text=_("CSV (UTF-8, UTF-16, GBK) or XLSX, at most 200,000 rows and 30 MB."),
        max_length=None,
        error_messages={"empty": _("The file is empty.")},
    )

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.kind, kind.label) for kind in kinds_for(person)]

    def clean_file(self) -> Any:
        """Refuse before it is read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > LIMITS.megabytes << 20:
            refusal = refuse("file_too_large", megabytes=LIMITS.megabytes)
            raise ValidationError(str(refusal.message), code=refusal.code)
        return file


class ExportForm(forms.Form):
    """A list to take out, its format, and for the full one why."""

    export = forms.ChoiceField(label=pgettext_lazy("import", "List"))
    form = forms.ChoiceField(label=_("Format"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    full = forms.BooleanField(
        label=_("In full, for correcting and bringing in again"),
        required=False,
        help_text=_("Names and numbers are not masked then. It is written down as a reveal of all of them."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = exports_for(person)
        self.fields["export"].choices = [(kind.kind, kind.label) for kind in kinds]
        if not any(kind.exports and kind.exports.full and kind.exports.may_full(person) for kind in kinds):
            del self.fields["full"], self.fields["reason"]
