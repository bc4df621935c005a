"""A customer file with all that stands in it, read in one statement.

Promises, calls, consents and changes come as JSON lists beside the row: a page that asked for each of them would need
a statement for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.personal import with_reveals
from core.policy import row_filter
from customers.errors import not_found
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    PrivacyNotice,
    Promise,
)
from orgchart.models import Person
from orgchart.scope import today

MOST = 50


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise with the names of those who made and kept it."""

    pk: int
    text: str
    due_on: date
    made_by: str
    made_at: datetime
    kept_at: datetime | None
    kept_by: str
    result: str


@dataclass(frozen=True, slots=True)
class CareRow:
    """A call to make or made."""

    pk: int
    kind: str
    due_on: date
    interval_days: int | None
    result: str
    note: str
    caller: str
    made_at: datetime | None
    made_by: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent, in force or withdrawn, with the version of the notice."""

    purpose: str
    version: int
    given_at: datetime
    withdrawn_at: datetime | None
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field before and after."""

    field: str
    old: str
    new: str
    by: str
    at: datetime


_LISTS: dict[str, tuple[type[Model], Any, tuple[Any, ...], dict[str, str]]] = {
    "promise_rows": (
        Promise, PromiseRow, (F("kept_at").desc(nulls_first=True), "due_on", "pk"),
        {"made_by": "made_by__name", "kept_by": "kept_by__name"},
    ),
    "care_rows": (
        CareCall, CareRow, (F("made_at").desc(nulls_first=True), "due_on", "pk"),
        {"caller": "caller__name", "made_by": "made_by__name"},
    ),
    "consent_rows": (
        Consent, ConsentRow, (F("withdrawn_at").desc(nulls_first=True), "-given_at"),
        {"version": "notice__version", "recorded_by": "recorded_by__name"},
    ),
    "change_rows": (CustomerChange, ChangeRow, ("-pk",), {"by": "changed_by__name", "at": "changed_at"}),
}  # fmt: skip
_DETAILS: dict[str, type[Model]] = {"phones": CustomerPhone, "addresses": CustomerAddress}


def _json(model: type[Model], names: dict[str, str], order: tuple[Any, ...], most: int) -> ArraySubquery:
    rows: QuerySet[Any] = model._default_manager.filter(customer=OuterRef("pk")).order_by(*order)
    return ArraySubquery(rows.values(row=JSONObject(**names))[:most])


def _columns(model: type[Model]) -> dict[str, str]:
    return {field.attname: field.attname for field in model._meta.concrete_fields}


def _annotations() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (model, shape, order, renamed) in _LISTS.items():
        names = {field: renamed.get(field, field) for field in shape.__dataclass_fields__}
        found[name] = _json(model, names, order, MOST)
    for name, model in _DETAILS.items():
        found[f"{name}_rows"] = _json(model, _columns(model), tuple(model._meta.ordering or ()), 500)
    newest = PrivacyNotice.objects.filter(in_force_from__lte=today()).order_by("-version")
    found["notice_version"] = Subquery(newest.values("version")[:1])
    return found


def read_file(person: Person, pk: int) -> Customer:
    """The visible file with all that stands in it, in one statement; NotVisible else.

    Beside the columns of `with_reveals` it has lists `promise_rows`, `care_rows`, `consent_rows` and `change_rows`, and
    `notice_version`, `may_edit`, `may_merge`; phones and addresses stand ready as if prefetched.
    """
    may = {
        f"may_{action}": ExpressionWrapper(row_filter(Customer, action, person), output_field=BooleanField())
        for action in ("edit", "merge")
    }
    rows = with_reveals(Customer.objects.permitted(person).filter(pk=pk), person)
    found: Any = rows.annotate(**may, **_annotations()).select_related("centre").first()
    if found is None:
        raise not_found()
    for name, (_model, shape, _order, _renamed) in _LISTS.items():
        setattr(found, name, [_row(shape, values) for values in getattr(found, name)])
    kept = {name: _ready(found, model, getattr(found, f"{name}_rows")) for name, model in _DETAILS.items()}
    found._prefetched_objects_cache = kept
    customer: Customer = found
    return customer


def _row(shape: Any, values: dict[str, Any]) -> Any:
    return shape(**{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    """Moments and days come as text; names of nobody as nothing."""
    if value is None:
        return "" if name in ("made_by", "kept_by", "caller", "recorded_by", "by") else None
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name == "at" or name.endswith("_at") else value


def _ready(file: Customer, model: type[Model], rows: list[dict[str, Any]]) -> QuerySet[Any]:
    """The rows as a queryset that was read already, as prefetching leaves it."""
    found: QuerySet[Any] = model._default_manager.filter(customer=file)
    ready: Any = found
    ready._result_cache = [model(**values) for values in rows]
    ready._prefetch_done = True
    return found
