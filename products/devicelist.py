"""The list of devices: filter, search, pages. Counts are capped, pages go by position in the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core import keyset
from core.forms import LongSelect
from core.keyset import Order, whole_number
from core.searches import open_search
from orgchart.guided import day_field
from orgchart.models import Person
from products import devicefacts, finding
from products.devicefacts import ANY, LABELS, Line, lines_of
from products.models import Device, ProductModel

KIND = "devices"
PAGE_SIZE = 25
COUNT_CAP = 1000
ORDER = Order(("id",), (whole_number,), descending=True)
FILTERS = ("maker", "model", "sold_from", "sold_to", "fact")


class DeviceFilter(forms.Form):
    """What the list can be narrowed to. Makers and models are read in one statement."""

    maker = forms.ChoiceField(label=_("Manufacturer"), required=False, widget=LongSelect)
    model = forms.ChoiceField(label=_("Model"), required=False, widget=LongSelect)
    sold_from = day_field(_("Sold from"), required=False)
    sold_to = day_field(_("Sold to"), required=False)
    fact = forms.ChoiceField(
        label=_("Does not fit"),
        required=False,
        choices=[("", "–"), (ANY, _("anything")), *LABELS.items()],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        models = list(ProductModel.objects.select_related("maker").order_by("manufacturer", "code"))
        makers = {str(model.maker.pk): model.maker.label for model in models if model.maker}
        for name, choices in (
            ("maker", list(makers.items())),
            ("model", [(str(model.pk), f"{model.label} ({model.code})") for model in models]),
        ):
            field: Any = self.fields[name]
            field.choices = [("", _("any")), *choices]

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("sold_from"), given.get("sold_to")
        if first and last and first > last:
            self.add_error("sold_to", _("The last day lies before the first."))
        return given

    def apply(self, rows: QuerySet[Device]) -> QuerySet[Device]:
        """The rows that fit; none while a parameter is wrong."""
        if not self.is_valid():
            return rows.none()
        given = self.cleaned_data
        conditions = {
            "model__maker_id": given["maker"],
            "model_id": given["model"],
            "sold_on__gte": given["sold_from"],
            "sold_on__lte": given["sold_to"],
        }
        rows = rows.filter(**{column: value for column, value in conditions.items() if value})
        return devicefacts.having(rows, given["fact"]) if given["fact"] else rows


@dataclass(frozen=True, slots=True)
class Row:
    """A device of the list with its facts."""

    device: Device
    facts: list[Line]


class Listing:
    """One page of the list as `parameters` ask for it, or what a kept search found."""

    def __init__(self, person: Person, parameters: QueryDict) -> None:
        self.person, self.parameters = person, parameters
        self.search = parameters.get("search", "")
        self.text = open_search(self.search, KIND)["q"] if self.search else ""
        self.filter = DeviceFilter(parameters if self.narrowed else {})

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        return any(self.parameters.get(name) for name in FILTERS)

    @cached_property
    def found(self) -> finding.Found | None:
        """What the search finds; complete IMEIs company-wide. Refuses with "too_many_lookups"."""
        return finding.find(self.person, self.text) if self.text else None

    @cached_property
    def matching(self) -> QuerySet[Device]:
        """The visible rows that fit the filter."""
        return self.filter.apply(Device.objects.permitted(self.person))

    @cached_property
    def page(self) -> keyset.Page[Any]:
        """The ids asked for. One statement."""
        return keyset.page(self.matching.values("id"), ORDER, PAGE_SIZE, self.parameters.get("cursor", ""))

    @cached_property
    def rows(self) -> list[Row]:
        """The rows with their facts. One statement for the few of this page, so that facts are asked of them alone."""
        ids = [row["id"] for row in self.page.rows]
        found = devicefacts.with_facts(Device.objects.filter(pk__in=ids))
        devices = found.select_related("model__maker", "owner", "exchanged_for").order_by("-pk")
        return [Row(device, lines_of(device)) for device in devices]

    @cached_property
    def count_label(self) -> str:
        """ "37", or "1,000+" where counting stopped. One bounded statement."""
        # In the order of the index the database stops after the cap; without one it joins all owners first.
        count = self.matching.order_by("-id").values("pk")[: COUNT_CAP + 1].count()
        return f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}"

    def _url(self, cursor: str | None) -> str:
        query = QueryDict(mutable=True)
        for name in FILTERS:
            query.setlist(name, [value for value in self.parameters.getlist(name)[:1] if value])
        if cursor:
            query["cursor"] = cursor
        return f"?{query.urlencode()}"

    @property
    def first_url(self) -> str:
        """Empty on the first page."""
        return self._url(None) if self.page.previous else ""

    @property
    def previous_url(self) -> str:
        """Empty on the first page."""
        return self._url(self.page.previous) if self.page.previous else ""

    @property
    def next_url(self) -> str:
        """Empty on the last page."""
        return self._url(self.page.next) if self.page.next else ""
