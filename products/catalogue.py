"""Reading the catalogue: searching in Chinese, English, code, pinyin and initials, and the tree of codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Replace

from core.models import AuditEvent
from core.syllables import cuts
from orgchart.models import Person
from products.enums import CodeKind
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.policies import may_read_catalogue
from products.rules.catalogue import plain_code
from products.rules.marks import is_letters, terms

MOST = 20
MOST_SPELLINGS = 3
_LETTERS_AND_NUMBER = re.compile(r"([a-z]+)([0-9][a-z0-9]*)")


def _spellings(term: str) -> list[str]:
    """Expressions for first letters mixed with whole syllables: "pmu" may be p… mu."""
    mixed = [cut for cut in cuts(term) if 1 < len(cut) <= 8 and len({len(piece) == 1 for piece in cut}) == 2]
    return [
        "".join(f"{piece}[a-z]*" if len(piece) == 1 else re.escape(piece) for piece in cut) for cut in mixed
    ]


def _meant(term: str, *, readable: bool) -> Q:
    found = Q(plain__icontains=term) | Q(plain_en__icontains=term) | Q(plain_code__icontains=term)
    if readable and is_letters(term):
        found |= Q(pinyin__contains=term) | Q(initials__contains=term)
        for spelling in _spellings(term)[:MOST_SPELLINGS]:
            found |= Q(pinyin__regex=spelling)
    elif readable and (mixed := _LETTERS_AND_NUMBER.fullmatch(term)):
        # Of "星河 X9" the first letters are "xhx": what follows has to stand in the name.
        found |= Q(pinyin__contains=term) | Q(initials__contains=mixed[1]) & Q(plain__icontains=mixed[2])
    return found


def _without_blanks(column: str) -> Any:
    return Replace(Replace(column, Value(" ")), Value("-"))


def matching(rows: QuerySet[Any], text: str, *, readable: bool = True) -> QuerySet[Any]:
    """Those of `rows` (named entries) in which every word of `text` stands, the likeliest first.

    A word matches a fragment of either name or of the code, or the pinyin or initials of the Chinese name.
    Nothing typed: `rows` as they are. `readable=False` for rows without a stored reading (parts).
    """
    wanted = terms(text)
    if not wanted:
        return rows
    rows = rows.annotate(
        plain=_without_blanks("name"), plain_en=_without_blanks("name_en"), plain_code=_without_blanks("code")
    )
    for term in wanted:
        rows = rows.filter(_meant(term, readable=readable))
    ranks = [When(code__iexact=plain_code(text), then=0), When(plain__istartswith=wanted[0], then=1)]
    if readable and is_letters(wanted[0]):
        ranks.append(When(Q(pinyin__startswith=wanted[0]) | Q(initials__startswith=wanted[0]), then=2))
    rank = Case(*ranks, default=3, output_field=IntegerField())
    ranked: QuerySet[Any] = rows.annotate(rank=rank).order_by("rank", "code")
    return ranked


def find_faults(text: str, *, component: str = "") -> QuerySet[FaultCode]:
    """Faults in use that `text` means, the likeliest first; for the fault field of a call. One statement when read."""
    rows = FaultCode.objects.filter(is_active=True)
    return matching(rows.filter(component=component) if component else rows, text)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search in the whole catalogue brings, at most MOST of each sort."""

    models: list[ProductModel]
    parts: list[ModelPart]
    faults: list[FaultCode]
    codes: list[ServiceCode]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.models or self.parts or self.faults or self.codes)


def find(person: Person, text: str) -> Found:
    """Search models (also by TAC and maker), parts, faults, causes and remedies, retired ones too. Four statements."""
    models = ProductModel.objects.permitted(person).select_related("maker")
    parts = ModelPart.objects.all() if may_read_catalogue(person) else ModelPart.objects.none()
    return Found(
        list(find_models(models, text)[:MOST]),
        list(matching(parts.select_related("model"), text, readable=False)[:MOST]),
        list(matching(FaultCode.objects.permitted(person), text)[:MOST]),
        list(matching(ServiceCode.objects.permitted(person), text)[:MOST]),
    )


def find_models(rows: QuerySet[ProductModel], text: str) -> QuerySet[ProductModel]:
    """Models that `text` means; 8 digits and more are a TAC or begin with one."""
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and len(digits) >= 8:
        return rows.filter(tacs__contains=[digits[:8]])
    return matching(rows, text)


def models(
    person: Person, *, text: str = "", maker: Manufacturer | None = None, category: str = "", active: str = ""
) -> QuerySet[ProductModel]:
    """The list of models with the number of parts in use. `active`: "1", "0" or "" for both."""
    count = Count("parts", filter=Q(parts__is_active=True))
    rows: Any = (
        ProductModel.objects.permitted(person)
        .select_related("maker")
        .annotate(part_count=count)
        .order_by("code")
    )
    if maker is not None:
        rows = rows.filter(maker=maker)
    if category:
        rows = rows.filter(category=category)
    if active:
        rows = rows.filter(is_active=active == "1")
    return find_models(rows, text)


def makers(person: Person) -> QuerySet[Manufacturer]:
    """Manufacturers with the number of models in use and retired."""
    count = Count("models", filter=Q(models__is_active=True))
    retired = Count("models", filter=Q(models__is_active=False))
    rows: QuerySet[Manufacturer] = Manufacturer.objects.permitted(person)
    return rows.annotate(model_count=count, retired_count=retired).order_by("-is_active", "code")


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is in use."""

    models: int
    official: int
    own: int
    causes: int
    remedies: int


def figures() -> Figures:
    """Three statements."""
    of_faults = FaultCode.objects.filter(is_active=True).aggregate(
        official=Count("pk", filter=Q(is_official=True)), own=Count("pk", filter=Q(is_official=False))
    )
    of_codes = ServiceCode.objects.filter(is_active=True).aggregate(
        causes=Count("pk", filter=Q(kind=CodeKind.CAUSE)),
        remedies=Count("pk", filter=Q(kind=CodeKind.REMEDY)),
    )
    return Figures(ProductModel.objects.filter(is_active=True).count(), **of_faults, **of_codes)


def history(row: Any) -> list[AuditEvent]:
    """The last entries of the trail about a row of the catalogue, newest first. One statement."""
    about = AuditEvent.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
    return list(about.order_by("-id")[:MOST])


@dataclass(slots=True)
class PartGroup:
    """Parts of a model that belong to one component of the guarantee rules."""

    label: str
    parts: list[ModelPart] = field(default_factory=list)


def parts_of(model: ProductModel) -> list[PartGroup]:
    """The parts by component, retired ones last. One statement."""
    groups: dict[str, PartGroup] = {}
    for part in model.parts.order_by("component", "-is_active", "code"):
        groups.setdefault(part.component, PartGroup(part.get_component_display())).parts.append(part)
    return list(groups.values())
