"""What the list of customers can be narrowed to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms import LongSelect
from customers.enums import CustomerKind
from customers.models import CareCall, Customer, Promise
from orgchart.data.provinces import provinces
from orgchart.models import Person, Unit
from orgchart.scope import scope_of, today

PARAMETERS = ("kind", "province", "centre", "due")
PROMISE, PROMISE_LATE, CARE = "promise", "late", "care"
DUE = ((PROMISE, _("Open promise")), (PROMISE_LATE, _("Promise overdue")), (CARE, _("Care call due")))


def centres_offered(person: Person) -> list[Unit]:
    """The centres to choose from: for whoever reaches several. One statement for those, none for the others."""
    ids = scope_of(person).centre_ids
    return list(Unit.objects.filter(pk__in=ids).order_by("code")) if len(ids) > 1 else []


def province_choices() -> list[tuple[str, str]]:
    """Codes and names of the provinces in the reader's language."""
    return list(_provinces((get_language() or "").startswith("en")))


@lru_cache(maxsize=2)
def _provinces(english: bool) -> tuple[tuple[str, str], ...]:
    return tuple((row.code, row.english if english else row.short) for row in provinces())


class CustomerFilter(forms.Form):
    """The parameters of the list; a wrong one is shown at its field."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("any")), *CustomerKind.choices], required=False)
    province = forms.ChoiceField(label=_("Province"), required=False, widget=LongSelect)
    centre = forms.ChoiceField(label=_("Service centre"), required=False)
    due = forms.ChoiceField(label=_("To do"), choices=[("", _("any")), *DUE], required=False)

    def __init__(self, data: Any, *, reader: Person) -> None:
        super().__init__(data)
        self.fields["province"].choices = [("", _("any")), *province_choices()]
        centres = centres_offered(reader)
        if centres:
            offered = [("", _("any")), *((str(unit.pk), unit.label) for unit in centres)]
            self.fields["centre"].choices = offered
        else:
            del self.fields["centre"]

    def narrow(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """The rows that fit; none while a parameter is wrong."""
        if not self.is_valid():
            return rows.none()
        given = self.cleaned_data
        if given["kind"]:
            rows = rows.filter(kind=given["kind"])
        if given["province"]:
            rows = rows.filter(province_code=given["province"])
        if given.get("centre"):
            rows = rows.filter(centre_id=int(given["centre"]))
        return _due(rows, given["due"])


def _due(rows: QuerySet[Customer], wanted: str) -> QuerySet[Customer]:
    promises = Promise.objects.filter(customer_id=OuterRef("pk"), kept_at=None)
    calls = CareCall.objects.filter(customer_id=OuterRef("pk"), made_at=None, due_on__lte=today())
    conditions = {
        PROMISE: Exists(promises),
        PROMISE_LATE: Exists(promises.filter(due_on__lt=today())),
        CARE: Exists(calls),
    }
    return rows.filter(conditions[wanted]) if wanted else rows
