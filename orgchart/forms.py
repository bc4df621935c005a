"""Parse what is typed on the pages of the organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.forms import LongSelect
from orgchart.models import Person, Position, Unit


class PasswordForm(PasswordChangeForm):
    """Present password and the new one twice."""

    def __init__(self, user: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""
        texts = (validator.get_help_text() for validator in get_default_password_validators())
        lines = format_html_join("", "<li>{}</li>", ((text,) for text in texts if text))
        self.fields["new_password1"].help_text = format_html("<ul>{}</ul>", lines)


class StaffFilter(forms.Form):
    """Filter of the staff list; the choices are what the reader sees."""

    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("All units"),
        widget=LongSelect,
    )
    position = forms.ModelChoiceField(
        label=_("Position"),
        queryset=Position.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("All positions"),
    )

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["unit"]
        assert isinstance(units, forms.ModelChoiceField)
        units.queryset = Unit.objects.permitted(reader, "view").filter(is_active=True)
        positions = self.fields["position"]
        assert isinstance(positions, forms.ModelChoiceField)
        positions.queryset = Position.objects.permitted(reader, "view")
