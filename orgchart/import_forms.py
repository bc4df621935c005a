"""The form that takes a staff list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgchart.stafftables import MAX_BYTES


class UploadForm(forms.Form):
    """A file of at most 5 MB."""

    file = forms.FileField(
        label=_("Staff list"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_("CSV (UTF-8, GBK or UTF-16) or XLSX, at most 5,000 rows and 5 MB."),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        """Refuse before it is read into memory."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(
                _("The file is larger than 5 MB. A staff list of 2,000 rows is far smaller."),
                code="file_too_large",
            )
        return file
