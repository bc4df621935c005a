"""What a list of cases can be narrowed to and sorted by. Page, export and API read the same parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.keyset import Order, moment, whole_number
from core.localtime import local_day_bounds, parse_local_date
from orgchart.enums import UnitKind
from orgchart.models import Person, Unit
from orgchart.scope import scope_of
from tickets import figures
from tickets.enums import CaseKind, CaseStatus, Priority, Sort
from tickets.models import Case

DEFAULT_VIEW = "open"
PAGE_SIZES = (25, 50, 100)
ORDERS: Mapping[str, Order] = {
    Sort.NEWEST: Order(("logged_at", "id"), (moment, whole_number), descending=True),
    Sort.DUE: Order(("due_at", "id"), (moment, whole_number)),
    Sort.CHANGED: Order(("changed_at", "id"), (moment, whole_number), descending=True),
    Sort.PRIORITY: Order(("priority", "due_at", "id"), (whole_number, moment, whole_number)),
}
"""The four orders, each on an index of its own."""

_HANDLER = re.compile(r"me|none|[1-9][0-9]{0,17}", re.ASCII)


class DayField(forms.CharField):
    """A day written YYYY-MM-DD within 2000..2100."""

    widget = forms.DateInput(
        attrs={"type": "date", "min": "2000-01-01", "max": "2100-12-31"}, format="%Y-%m-%d"
    )

    def clean(self, value: Any) -> date | None:
        """The day, None when left empty; refusals of the calendar become errors of the field."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_local_date(text)
        except Invalid as error:
            raise ValidationError(error.message, code=error.code) from error


class DayFilter(filters.Filter):
    """A filter by a local day."""

    field_class = DayField


class FilterForm(forms.Form):
    """Checks the parameters together."""

    def clean(self) -> dict[str, Any]:
        """Refuse a parameter that stands twice and a range that ends before it begins."""
        getlist = getattr(self.data, "getlist", None)
        for name in self.fields:
            if getlist and len(getlist(name)) > 1:
                self.add_error(name, _("Give this parameter once."))
        first, last = self.cleaned_data.get("logged_from"), self.cleaned_data.get("logged_to")
        if first and last and first > last:
            self.add_error("logged_to", _("The last day lies before the first."))
        return self.cleaned_data


class HandlerField(forms.CharField):
    """ "me", "none", or the number of a colleague's account."""

    def validate(self, value: str) -> None:
        """Refuse anything else."""
        super().validate(value)
        if value and not _HANDLER.fullmatch(value):
            raise ValidationError(_("Choose one of the values offered."), code="not_a_choice")


class HandlerFilter(filters.Filter):
    """A filter by who handles the case."""

    field_class = HandlerField


class CaseFilter(filters.FilterSet):
    """The parameters of every list of cases; whatever is not named here is ignored by the page."""

    view = filters.ChoiceFilter(
        choices=[(code, figure.label) for code, figure in figures.FIGURES.items()],
        method="by_view",
        widget=forms.HiddenInput,
    )
    kind = filters.ChoiceFilter(choices=CaseKind.choices, label=_("Kind"), empty_label=_("any"))
    status = filters.ChoiceFilter(choices=CaseStatus.choices, label=_("Status"), empty_label=_("any"))
    priority = filters.ChoiceFilter(choices=Priority.choices, label=_("Priority"), empty_label=_("any"))
    unit = filters.ChoiceFilter(choices=(), method="by_unit", label=_("Unit"), empty_label=_("any"))
    handler = HandlerFilter(method="by_handler", label=_("Handler"))
    fault = filters.CharFilter(
        field_name="fault__code", lookup_expr="iexact", label=_("Fault code"), max_length=6
    )
    logged_from = DayFilter(method="by_first_day", label=_("Logged from"))
    logged_to = DayFilter(method="by_last_day", label=_("Logged to"))
    sort = filters.ChoiceFilter(choices=Sort.choices, method="keep", widget=forms.HiddenInput)
    size = filters.ChoiceFilter(
        choices=[(str(size), size) for size in PAGE_SIZES], method="keep", widget=forms.HiddenInput
    )

    class Meta:
        model = Case
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: Any, *, person: Person, queryset: QuerySet[Case] | None = None) -> None:
        super().__init__(data, queryset if queryset is not None else Case.objects.permitted(person))
        self.person = person
        self.at = figures.Moment(person, timezone.now())
        self.units = {str(unit.pk): unit for unit in units_offered(person)}
        self.filters["unit"].extra["choices"] = [(pk, unit.label) for pk, unit in self.units.items()]
        self._handler_choices = self._handlers()
        self.filters["handler"].extra["widget"] = forms.Select(choices=self._handler_choices)

    def _handlers(self) -> list[tuple[str, Any]]:
        offered = [("", _("anybody")), ("me", _("me")), ("none", _("nobody yet"))]
        asked = self.data.get("handler", "")
        if asked and _HANDLER.fullmatch(asked) and asked not in ("me", "none"):
            name = (
                Person.objects.permitted(self.person)
                .filter(pk=int(asked))
                .values_list("name", flat=True)
                .first()
            )
            offered.append((asked, name or asked))
        return offered

    def offered(self) -> tuple[tuple[str, str], ...]:
        """The choices that differ from person to person: units and handlers, by value and label."""
        units = tuple((pk, unit.label) for pk, unit in self.units.items())
        return (*units, *((value, str(label)) for value, label in self._handler_choices))

    @property
    def chosen_view(self) -> str:
        """Code of the figure that is listed."""
        asked = self.data.get("view") or DEFAULT_VIEW
        return asked if asked in figures.FIGURES else DEFAULT_VIEW

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The rows, or none at all while a parameter is wrong."""
        if self.errors:
            return queryset.none()
        rows: QuerySet[Case] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("view") else self.by_view(rows, "view", DEFAULT_VIEW)

    @property
    def sort_order(self) -> str:
        """Code of the order: the one asked for, else the one that fits the figure."""
        asked = self.data.get("sort", "")
        return asked if asked in ORDERS else figures.FIGURES[self.chosen_view].sort

    @property
    def page_size(self) -> int:
        """Rows on a page."""
        asked = self.data.get("size", "")
        return int(asked) if asked in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]

    def keep(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Order and page size are checked here and used by the page."""
        return rows

    def by_view(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Rows of a figure."""
        return rows.filter(figures.rows(value, self.at))

    def by_unit(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Rows of a unit; a centre stands for everything in it."""
        unit = self.units[value]
        column = "centre_id" if unit.kind == UnitKind.CENTRE else "unit_id"
        return rows.filter(**{column: unit.pk})

    def by_handler(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Rows of one handler, or of nobody."""
        if value == "none":
            return rows.filter(assignee__isnull=True)
        return rows.filter(assignee_id=self.person.pk if value == "me" else int(value))

    def by_first_day(self, rows: QuerySet[Case], name: str, value: date) -> QuerySet[Case]:
        """Logged on this local day or later."""
        return rows.filter(logged_at__gte=local_day_bounds(value)[0])

    def by_last_day(self, rows: QuerySet[Case], name: str, value: date) -> QuerySet[Case]:
        """Logged on this local day or earlier."""
        return rows.filter(logged_at__lt=local_day_bounds(value)[1])


def units_offered(person: Person) -> Iterable[Unit]:
    """Units to filter by: the centres for whoever reaches several, else the one centre and its groups."""
    centres = scope_of(person).centre_ids
    kinds = [UnitKind.CENTRE] if len(centres) > 1 else [UnitKind.CENTRE, UnitKind.GROUP, UnitKind.BRANCH]
    return Unit.objects.filter(Q(centre_id__in=centres), kind__in=kinds, is_active=True).order_by("code")
