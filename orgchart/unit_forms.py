"""Parse what is typed on the chart and on the pages of a unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.forms import LongSelect
from orgchart.models import Person, Position, Unit
from orgchart.scope import today
from orgchart.services.units import PARENTS

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **options)


class ChartForm(forms.Form):
    """The day of the chart, and perhaps a second one to compare it with."""

    on = _day(_("As of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "with" is a word of the language, so it cannot be written as an attribute.
        self.fields["with"] = _day(_("Compare with"), required=False)

    def clean(self) -> dict[str, Any]:
        """Days far out of range are typing errors."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("on", "with"):
            day = cleaned.get(name)
            if day is not None and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Choose a day between 1990 and 2100."))
        return cleaned

    def days(self) -> tuple[date, date | None]:
        """The later day, which is drawn, and the earlier one that it is compared with (None: no comparison)."""
        chosen = self.cleaned_data if self.is_valid() else {}
        on, other = chosen.get("on") or today(), chosen.get("with")
        if other is None or other == on:
            return on, None
        return max(on, other), min(on, other)


class EstablishmentForm(forms.Form):
    """How many posts of which position, from which day on."""

    position = forms.ModelChoiceField(
        label=_("Position"),
        queryset=Position.objects.none(),
        to_field_name="code",
        empty_label=_("Choose a position"),
    )
    count = forms.IntegerField(label=_("Established posts"), widget=forms.NumberInput(attrs={"min": 0}))
    starts_on = _day(_("From"))

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fits = Q(unit_kind=unit.kind, group_kind=unit.group_kind)
        field = self.fields["position"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Position.objects.filter(fits | Q(is_leader=False)).order_by("-is_leader", "pk")
        self.fields["starts_on"].initial = today()


class MoveForm(forms.Form):
    """Where the unit belongs from now on."""

    parent = forms.ModelChoiceField(
        label=_("New parent"),
        queryset=Unit.objects.none(),
        empty_label=_("Choose a unit"),
        widget=LongSelect,
    )

    def __init__(self, *args: Any, reader: Person, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)
        units = Unit.objects.permitted(reader, "change").filter(is_active=True)
        field.queryset = units.filter(kind__in=PARENTS[unit.kind]).exclude(
            pk__in=[unit.pk, unit.parent_id or 0]
        )
