"""What the pages about merging show: two files side by side, what would move, and the history of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CharField, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import masking
from core.errors import Text
from customers import finding, policies
from customers.errors import not_found
from customers.filters import province_choices
from customers.models import Customer, Merge
from customers.rules import grants
from customers.rules.merging import Moved, split_key, total
from customers.rules.regions import region_label
from customers.services import merging
from orgchart.extensions import Panel
from orgchart.models import Person

_words: dict[str, Text] = {
    "customers.CustomerPhone": gettext_lazy("Phone number"),
    "customers.CustomerAddress": gettext_lazy("Address"),
}


def word_for_rows(label: str, word: Text) -> None:
    """Name the rows of a model ("app.Model") that has no verbose name of its own; from an app's `ready`."""
    _words[label] = word


def _word(label: str) -> Text:
    name: Text = _words.get(label) or apps.get_model(label)._meta.verbose_name or label
    return name


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both files; `differs` marks what will be at the kept file only."""

    label: Text
    kept: str
    merged: str

    @property
    def differs(self) -> bool:
        """Whether the two files say different things."""
        return self.kept != self.merged


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files before merging: facts, and how many rows of each kind would move (word, count)."""

    kept: Customer
    merged: Customer
    lines: list[Line]
    moves: list[tuple[Text, int]]


def comparison(person: Person, kept: int, merged: int) -> Comparison:
    """The two files; NotVisible when one is invisible, "may_not_customers" without the right. Four statements."""
    wanted = Customer.objects.permitted(person).filter(pk__in=(kept, merged))
    rows = {row.pk: row for row in wanted.select_related("centre").prefetch_related("phones", "addresses")}
    if len(rows) < 2:
        raise not_found()
    if Customer.objects.permitted(person, "merge").filter(pk__in=list(rows)).count() < 2:
        policies.refuse(grants.MERGE)
    return Comparison(rows[kept], rows[merged], _lines(rows[kept], rows[merged]), _rows_of(merged, kept))


def _lines(kept: Customer, merged: Customer) -> list[Line]:
    provinces = dict(province_choices())
    facts: tuple[tuple[Text, Any], ...] = (
        (_("Name"), lambda row: masking.mask_name(row.name)),
        (_("Kind"), lambda row: str(row.get_kind_display())),
        (_("Phone number"), _phones),
        (_("E-mail"), lambda row: masking.mask_email(row.email)),
        (_("Province"), lambda row: provinces.get(row.province_code, "")),
        (_("Address"), _addresses),
        (_("Service centre"), lambda row: row.centre.label if row.centre else ""),
        (_("Preferred channel"), lambda row: str(row.get_preferred_channel_display())),
        (_("Opened"), lambda row: f"{row.created_at:%Y-%m-%d}"),
    )
    return [Line(label, value(kept), value(merged)) for label, value in facts]


def _phones(row: Customer) -> str:
    return ", ".join(masking.mask_phone(phone.number) for phone in row.phones.all())


def _addresses(row: Customer) -> str:
    return ", ".join(
        f"{region_label(address.region_code)}{masking.STARS if address.text else ''}"
        for address in row.addresses.all()
    )


def _rows_of(merged: int, kept: int) -> list[tuple[Text, int]]:
    """How many rows of each kind would move. One statement over all apps."""
    parts: list[QuerySet[Any]] = [
        merging.moving(field, merged, kept)
        .order_by()
        .annotate(moves_as=Value(merging.key_of(field), output_field=CharField()))
        .values_list("moves_as")
        for field in merging.relations()
    ]
    first, *others = parts
    return in_words(Counter(key for (key,) in first.union(*others, all=True)))


def in_words(counts: Mapping[str, int]) -> list[tuple[Text, int]]:
    """(word, count) of each kind of row, in the order of the keys; keys of one model stand together."""
    found: Counter[str] = Counter()
    for key in sorted(counts):
        found[split_key(key)[0]] += counts[key]
    return [(_word(label), count) for label, count in found.items() if count]


def moved_in_words(moved: Moved) -> list[tuple[Text, int]]:
    """What a merge moved, in words."""
    return in_words({key: len(ids) for key, ids in moved.items()})


def merge_of(person: Person, pk: int) -> Merge:
    """A merge whose kept file the person sees; NotVisible else."""
    seen = Customer.objects.permitted(person)
    rows = Merge.objects.filter(pk=pk, kept__in=seen.values("pk"))
    found: Merge | None = rows.select_related("kept", "merged", "merged_by", "undone_by").first()
    if found is None:
        raise merging.merge_not_found()
    return found


def may_merge(person: Person, customer: Customer) -> bool:
    """Whether the person may merge this file with others. One statement, none for a file of `filedata.read_file`."""
    known: bool | None = getattr(customer, "may_merge", None)
    if known is not None:
        return known and not customer.erased_at and not customer.merged_into_id
    return bool(finding.living(Customer.objects.permitted(person, "merge")).filter(pk=customer.pk).exists())


def panel(reader: Person, customer: Customer) -> Panel | None:
    """The merges of the file, and the way to merge it; nothing for whoever may not merge when there are none."""
    rows = Merge.objects.filter(Q(kept=customer) | Q(merged=customer)).select_related(
        "merged_by", "undone_by"
    )
    merges = [(row, total(row.moved)) for row in rows[:20]]
    may = may_merge(reader, customer)
    if not merges and not may:
        return None
    context = {"customer": customer, "merges": merges, "may_merge": may}
    return Panel(_("Merged files"), "customers/panel_merges.html", context)
