"""One page of the list of customers: filter, search, position, count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import keyset, masking
from core.errors import Text
from core.searches import open_search
from core.templatetags import ui
from customers import finding
from customers.filters import PARAMETERS, CustomerFilter, province_choices
from customers.models import CareCall, Customer, Promise
from orgchart.models import Person
from orgchart.scope import today

SEARCH = "customers.list"
PAGE_SIZE, COUNT_CAP = 25, 100
NEWEST = keyset.Order(("id",), (keyset.whole_number,), descending=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A customer as the list shows it; `why` says what matched a search, `url` is empty for a stranger's file."""

    url: str
    name: str
    kind: str
    kind_label: Text
    phones: str
    province: str
    centre: str
    due: SafeString | str
    why: Text = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the page of the list shows. `short`: the search has too little text."""

    form: CustomerFilter
    rows: list[Row]
    count_label: str
    text: str = ""
    search: str = ""
    short: bool = False
    narrowed: bool = False
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""


def make(reader: Person, parameters: QueryDict) -> Listing:
    """The page that `parameters` ask for, at most six statements. Raises BadCursor, NotVisible("search_gone"),
    and "too_many_lookups" for a complete number."""
    form = CustomerFilter(parameters, reader=reader)
    mine = finding.living(Customer.objects.permitted(reader))
    narrowed = any(parameters.get(name) for name in PARAMETERS)
    rows = form.narrow(mine)
    token = parameters.get("search", "")
    if token:
        return _search(reader, form, rows, token, narrowed)
    return _all(form, rows, parameters, narrowed)


def _search(
    reader: Person, form: CustomerFilter, rows: QuerySet[Customer], token: str, narrowed: bool
) -> Listing:
    text = open_search(token, SEARCH)["q"]
    found = finding.find(reader, text, rows if narrowed else None)
    due = _due_of([hit.customer.pk for hit in found.hits if hit.is_visible])
    provinces = dict(province_choices())
    lines = [_row(hit.customer, provinces, due, hit) for hit in found.hits]
    return Listing(
        form, lines, found.count_label, text=text, search=token, short=found.asked.is_empty, narrowed=narrowed
    )


def _all(form: CustomerFilter, rows: QuerySet[Customer], parameters: QueryDict, narrowed: bool) -> Listing:
    shown = rows.select_related("centre").prefetch_related("phones")
    page = keyset.page(shown, NEWEST, PAGE_SIZE, parameters.get("cursor", ""))
    due, provinces = _due_of([customer.pk for customer in page.rows]), dict(province_choices())
    count = rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    return Listing(
        form,
        [_row(customer, provinces, due) for customer in page.rows],
        f"{COUNT_CAP}+" if count > COUNT_CAP else str(count),
        narrowed=narrowed,
        first_url=_url(parameters) if page.previous else "",
        previous_url=_url(parameters, cursor=page.previous) if page.previous else "",
        next_url=_url(parameters, cursor=page.next) if page.next else "",
    )


def _url(parameters: QueryDict, **more: str | None) -> str:
    kept = {name: parameters[name] for name in PARAMETERS if parameters.get(name)}
    return "?" + urlencode({**kept, **{name: value for name, value in more.items() if value}})


def _due_of(ids: Iterable[int]) -> dict[int, tuple[Any, Any]]:
    """Id -> (first open promise due, first care call due). One statement."""
    promises = (
        Promise.objects.filter(customer_id=OuterRef("pk"), kept_at=None).order_by().values("customer_id")
    )
    calls = CareCall.objects.filter(customer_id=OuterRef("pk"), made_at=None).order_by().values("customer_id")
    rows = Customer.objects.filter(pk__in=list(ids)).annotate(
        promise=Subquery(promises.annotate(first=Min("due_on")).values("first")),
        call=Subquery(calls.annotate(first=Min("due_on")).values("first")),
    )
    return {pk: (promise, call) for pk, promise, call in rows.values_list("pk", "promise", "call")}


def _row(
    customer: Customer,
    provinces: dict[str, str],
    due: dict[int, tuple[Any, Any]],
    hit: finding.Hit | None = None,
) -> Row:
    visible = hit is None or hit.is_visible
    return Row(
        url=customer.get_absolute_url() if visible else "",
        name=masking.mask_name(customer.name),
        kind=customer.kind,
        kind_label=customer.get_kind_display(),
        phones=", ".join(masking.mask_phone(phone.number) for phone in customer.phones.all()),
        province=provinces.get(customer.province_code, "") if visible else "",
        centre=customer.centre.label if customer.centre else "",
        due=_due_words(*due[customer.pk]) if customer.pk in due else "",
        why=hit.words if hit else "",
    )


def _due_words(promise: Any, call: Any) -> SafeString | str:
    """What is to be done, late things in red and in words."""
    marks = []
    if promise:
        late = promise < today()
        marks.append(
            ui.badge(_("promise overdue") if late else _("open promise"), "red" if late else "azure")
        )
    if call and call <= today():
        marks.append(ui.badge(_("care call due"), "orange"))
    return SafeString(" ".join(marks))
