"""Suspicious facts of stored phones: as columns of a list, and with all their data for one phone's page.

The rules are those of `products.rules.facts`; here they are asked of the database, for a list cannot read everything
about every row. A test holds both to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject, Left
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.localtime import local_today
from products.models import Certificate, Device, Exchange, Ownership, ProductModel
from products.rules import facts as rules
from products.rules.facts import Fact, Owned, Seen

MOST_OTHERS = 9
MOST_FOUND = 10_000
"""How many suspicious phones the filter looks at, newest first."""
ANY = "any"

LABELS: dict[str, Text] = {
    rules.SAME_IMEI: _("same IMEI twice"),
    rules.TWO_OWNERS: _("two owners at once"),
    rules.USED_AFTER_EXCHANGE: _("in use after its exchange"),
    rules.TAC_OF_ANOTHER_MODEL: _("IMEI of another model"),
    rules.CERTIFICATE_USED_TWICE: _("certificate number used twice"),
    rules.SOLD_BEFORE_LAUNCH: _("sold before its launch"),
    rules.INVOICE_USED_TWICE: _("invoice used for several phones"),
    rules.DELIVERED_LATE: _("delivered long after sale"),
}
TONES: dict[str, str] = {rules.SERIOUS: "red", rules.CHECK: "orange", rules.NOTE: "blue"}
WEIGHTS: dict[str, Text] = {
    rules.SERIOUS: pgettext_lazy("weight of a fact", "serious"),
    rules.CHECK: pgettext_lazy("weight of a fact", "to be checked"),
    rules.NOTE: pgettext_lazy("weight of a fact", "to be known"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A fact in words: what it is in short, its colour, the word for its weight, a sentence, other phones in sight."""

    code: str
    label: Text
    tone: str
    weight: Text
    sentence: Text = ""
    devices: tuple[int, ...] = ()


# -- As columns --------------------------------------------------------------------------------------------------------


def _others() -> QuerySet[Device]:
    rows: QuerySet[Device] = Device.objects.exclude(pk=OuterRef("pk"))
    return rows


def _by_first_slot() -> QuerySet[Device]:
    return _others().filter(imei=OuterRef("imei2"))


def _by_second_slot(slot: str) -> QuerySet[Device]:
    return _others().filter(imei2=OuterRef(slot)).exclude(imei2="")


def _by_invoice() -> QuerySet[Device]:
    same = _others().filter(invoice_number=OuterRef("invoice_number"), invoice_code=OuterRef("invoice_code"))
    return same.exclude(invoice_number="")


def _by_certificate() -> QuerySet[Certificate]:
    rows = Certificate.objects.exclude(device=OuterRef("pk")).filter(number=OuterRef("certificate__number"))
    return rows.exclude(number="")


def _owned() -> QuerySet[Any]:
    """Ownerships with their days as `rules.overlap` reads them."""
    last = Coalesce(F("ends_on"), Value(date.max))
    day_before = Func(
        last, Value(1), template="(%(expressions)s)", arg_joiner=" - ", output_field=DateField()
    )
    return Ownership.objects.order_by().annotate(first=Coalesce(F("starts_on"), day_before), last=last)


def _overlapping() -> QuerySet[Any]:
    other = _owned().filter(
        device=OuterRef("device_id"), first__lt=OuterRef("last"), last__gt=OuterRef("first")
    )
    return _owned().filter(
        Exists(other.exclude(owner=OuterRef("owner_id")).exclude(pk=OuterRef("pk"))), device=OuterRef("pk")
    )


def _of_another_model() -> QuerySet[ProductModel]:
    rows: QuerySet[ProductModel] = ProductModel.objects.filter(pk=OuterRef("model_id"), tacs__len__gt=0)
    return rows.exclude(tacs__contains=[Left(OuterRef("imei"), 8)])


def _after_exchange() -> QuerySet[Any]:
    begun = Ownership.objects.order_by().filter(
        device=OuterRef("old_id"), starts_on__gt=OuterRef("exchanged_on")
    )
    return Exchange.objects.filter(Exists(begun), old=OuterRef("pk"))


_CONDITIONS: dict[str, tuple[Q, ...]] = {
    rules.SAME_IMEI: (
        Q(Exists(_by_first_slot())),
        Q(Exists(_by_second_slot("imei"))),
        Q(Exists(_by_second_slot("imei2"))),
    ),
    rules.TWO_OWNERS: (Q(Exists(_overlapping())),),
    rules.USED_AFTER_EXCHANGE: (Q(Exists(_after_exchange())),),
    rules.TAC_OF_ANOTHER_MODEL: (Q(Exists(_of_another_model())),),
    rules.CERTIFICATE_USED_TWICE: (Q(Exists(_by_certificate())),),
    rules.SOLD_BEFORE_LAUNCH: (Q(sold_on__lt=F("model__launched_on")),),
    rules.INVOICE_USED_TWICE: (Q(Exists(_by_invoice())),),
    rules.DELIVERED_LATE: (Q(delivered_on__gt=F("sold_on") + rules.LATE_DELIVERY),),
}
"""Each fact as conditions of which one holds; each is answered by an index of its own."""


def with_facts(rows: QuerySet[Device]) -> QuerySet[Device]:
    """Each device with a column `fact_<code>` for every fact."""
    columns = {}
    for code, conditions in _CONDITIONS.items():
        holds = conditions[0]
        for condition in conditions[1:]:
            holds = holds | condition
        columns[f"fact_{code}"] = ExpressionWrapper(holds, output_field=BooleanField())
    return rows.annotate(**columns)


def having(rows: QuerySet[Device], code: str) -> QuerySet[Device]:
    """Only the devices with this fact, or with any: the newest MOST_FOUND of them. One statement at once.

    The ids are read first: inside the list's own statement the database would try each row of the list one by one.
    """
    wanted = [q for name, conditions in _CONDITIONS.items() if code in (ANY, name) for q in conditions]
    first, *others = [Device.objects.order_by().filter(condition).values_list("pk") for condition in wanted]
    found = first.union(*others) if others else first
    ids = [pk for (pk,) in found.order_by("-pk")[:MOST_FOUND]]
    kept: QuerySet[Device] = rows.filter(pk__in=ids)
    return kept


def lines_of(row: Any) -> list[Line]:
    """The facts of a row of `with_facts`, heaviest first, without sentences."""
    return [_line(code) for code in rules.SEVERITY if getattr(row, f"fact_{code}")]


def _line(code: str, sentence: Text = "", devices: tuple[int, ...] = ()) -> Line:
    weight = rules.SEVERITY[code]
    return Line(code, LABELS[code], TONES[weight], WEIGHTS[weight], sentence, devices)


# -- One phone ---------------------------------------------------------------------------------------------------------


def with_others(rows: QuerySet[Device]) -> QuerySet[Device]:
    """Devices with what `seen` needs about other rows, in the same statement."""

    def ids(found: QuerySet[Any], column: str = "pk", owner: str = "owner") -> ArraySubquery:
        both = JSONObject(pk=column, centre=f"{owner}__centre_id")
        return ArraySubquery(found.order_by(column).values(both=both)[:MOST_OTHERS])

    name = "name_en" if (get_language() or "").startswith("en") else "name"
    of_tac = ProductModel.objects.filter(tacs__contains=[Left(OuterRef("imei"), 8)])
    return rows.annotate(
        same_first=ids(_by_first_slot()),
        same_second=ids(_by_second_slot("imei")),
        same_both=ids(_by_second_slot("imei2")),
        same_invoice=ids(_by_invoice()),
        same_certificate=ids(_by_certificate(), "device_id", "device__owner"),
        tac_model=Subquery(of_tac.order_by("code").values(name)[:1]),
    )


def seen(device: Any, used: Iterable[datetime] = ()) -> Seen:
    """The data of the rules. `device` comes from `with_others` with model, exchange and ownerships."""
    exchange = getattr(device, "exchanged_for", None)
    return Seen(
        imei=device.imei,
        imei2=device.imei2,
        tacs=tuple(device.model.tacs),
        tac_model=device.tac_model or "",
        launched_on=device.model.launched_on,
        sold_on=device.sold_on,
        delivered_on=device.delivered_on,
        exchanged_on=exchange.exchanged_on if exchange else None,
        owners=tuple(Owned(row.owner_id, row.starts_on, row.ends_on) for row in device.ownerships.all()),
        used=tuple(local_today(moment) for moment in used),
        others_same_imei=_ids(device.same_first, device.same_second, device.same_both),
        others_same_invoice=_ids(device.same_invoice),
        others_same_certificate=_ids(device.same_certificate),
    )


def _ids(*found: list[dict[str, int]]) -> tuple[int, ...]:
    return tuple(sorted({one["pk"] for part in found for one in part}))


def of_centres(device: Any, centres: frozenset[int]) -> frozenset[int]:
    """Ids of the other phones whose owners' files belong to `centres`."""
    parts = (
        device.same_first,
        device.same_second,
        device.same_both,
        device.same_invoice,
        device.same_certificate,
    )
    return frozenset(one["pk"] for part in parts for one in part if one["centre"] in centres)


def in_words(found: Iterable[Fact], visible: frozenset[int]) -> list[Line]:
    """The facts with their sentences; other phones are named when they are `visible`."""
    return [
        _line(fact.code, sentence(fact), tuple(pk for pk in fact.devices if pk in visible)) for fact in found
    ]


def sentence(fact: Fact) -> Text:
    """What does not fit, and what to do about it."""
    count = len(fact.devices)
    if fact.code == rules.SAME_IMEI:
        return ngettext(
            "The same IMEI stands at another phone as well. Read both with *#06# and correct the wrong one.",
            "The same IMEI stands at %(count)d other phones as well. Read it with *#06# and correct the wrong ones.",
            count,
        ) % {"count": count}
    if fact.code == rules.INVOICE_USED_TWICE:
        return ngettext(
            "Another phone has the same invoice. Compare with the original.",
            "%(count)d other phones have the same invoice. Compare with the original.",
            count,
        ) % {"count": count}
    if fact.code == rules.TAC_OF_ANOTHER_MODEL:
        return _tac_sentence(fact.words.get("model", ""))
    return _SENTENCES[fact.code]


def _tac_sentence(model: str) -> Text:
    if model:
        return _("By its IMEI this is a %(model)s. Correct the model, or read the IMEI again.") % {
            "model": model
        }
    return _("The IMEI's type code is none of this model's. Read the IMEI again, or look at the model.")


_SENTENCES: dict[str, Text] = {
    rules.TWO_OWNERS: _(
        "Two customers owned it at the same time by what was entered. Ask whose phone it is."
    ),
    rules.USED_AFTER_EXCHANGE: _(
        "It was exchanged for another phone, but is in use again. Ask where it comes from."
    ),
    rules.CERTIFICATE_USED_TWICE: _(
        "The number of its certificate stands at another phone too. Look at the original."
    ),
    rules.SOLD_BEFORE_LAUNCH: _(
        "It was sold before its model was on the market. Check the day of sale and the model."
    ),
    rules.DELIVERED_LATE: _(
        "It was handed over more than 30 days after the sale. Ask for the proof of delivery."
    ),
}
