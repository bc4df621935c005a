"""Parse what is typed around job descriptions; the description itself has a form of its own (see `formview`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgchart.descriptions.queries import NAMES, POSTS, PROPOSALS, TO_SIGN
from orgchart.enums import GroupKind, UnitKind
from orgchart.models import Position


class PositionFilter(forms.Form):
    """Filter of the list of positions."""

    place = forms.ChoiceField(label=_("Unit"), required=False)
    names = forms.ChoiceField(
        label=_("Kind of position"),
        required=False,
        choices=[("", _("All positions")), (POSTS, _("Posts")), (NAMES, _("Names in narratives"))],
    )
    show = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (TO_SIGN, _("To sign")), (PROPOSALS, _("Proposed version waits"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(f"{UnitKind.GROUP}:{kind.value}", kind.label) for kind in GroupKind]
        others = [
            (str(kind.value), kind.label)
            for kind in UnitKind
            if kind not in (UnitKind.GROUP, UnitKind.OUTSIDE)
        ]
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", _("All units")), *groups, *others]


class UnsignedFilter(forms.Form):
    """Filter of the list of missing signatures."""

    position = forms.ModelChoiceField(
        label=_("Position"),
        queryset=Position.objects.filter(is_post=True),
        required=False,
        to_field_name="code",
        empty_label=_("All positions"),
    )


class SignForm(forms.Form):
    """The holder's password and the number of the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_(
            "The password stands for your handwriting: name, time and fingerprint of this version are kept."
        ),
    )
