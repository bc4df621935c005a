"""Finding customer files: by number, the last digits of one, name, pinyin, initials, and these mixed.

A complete number finds company-wide; that is counted, limited and written into the trail. Everything else stays in the
reader's scope. Files that were merged or erased are never found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Lower, Reverse
from django.utils.translation import gettext_lazy as _

from core.actors import person_actor
from core.errors import Text
from core.grams import folded, grams
from customers.models import Customer, CustomerPhone
from customers.policies import acting_for, centres_with
from customers.rules.grants import VIEW
from customers.rules.questions import Pieces, Question, fits, question
from customers.services import lookups
from orgchart.models import Person
from orgchart.scope import scope_of

MOST = 50
"""Hits that are shown; one more is looked for, to say "50+"."""
_CANDIDATES = 200
CANDIDATES = 1000
_GAPS = r"[\s·•.\-_/]+"
NUMBER, TAIL, NAME, PINYIN, INITIALS, MIXED = "number", "tail", "name", "pinyin", "initials", "mixed"

MATCHED: dict[str, Text] = {
    NUMBER: _("by the full phone number"),
    TAIL: _("by the phone's last digits"),
    NAME: _("by the name"),
    PINYIN: _("by the name in pinyin"),
    INITIALS: _("by the initials"),
    MIXED: _("by the name in characters and pinyin"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A file, what matched, and whether the reader sees it (a complete number finds strangers too)."""

    customer: Customer
    matched: str
    is_visible: bool = True

    @property
    def words(self) -> Text:
        """What matched, in words."""
        return MATCHED[self.matched]


@dataclass(frozen=True, slots=True)
class Found:
    """At most MOST hits, the best first. `more`: there are others. `asked` says how the text was read."""

    asked: Question
    hits: list[Hit] = field(default_factory=list)
    more: bool = False

    @property
    def count_label(self) -> str:
        """ "7", or "50+"."""
        return f"{MOST}+" if self.more else str(len(self.hits))


def living(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Without files that were merged or erased."""
    return rows.filter(merged_into=None, erased_at=None)


def with_number(digits: str) -> QuerySet[Customer]:
    """Living files with exactly this number, company-wide. Reads the few ids at once, in one statement.

    PostgreSQL joins in the order written, and would begin with all customers.
    """
    return living(
        Customer.objects.filter(
            pk__in=list(_owners(number=digits).values_list("customer_id", flat=True)[:CANDIDATES])
        )
    ).order_by("pk")


def find(person: Person, text: str, rows: QuerySet[Customer] | None = None) -> Found:
    """Files that `text` means: those in scope (within `rows`, when given), and strangers by a complete number.

    A complete number counts as a look-up: refuses with "too_many_lookups" (429), writes "customer.looked_up". At most
    three statements to read, two more for a number.
    """
    asked = question(text)
    found = in_scope(person, asked, rows)
    if not asked.phone or not scope_of(person).posts:
        return found
    actor = person_actor(person)
    lookups.check_rate(actor)
    exact = list(with_number(asked.phone).select_related("centre").prefetch_related("phones")[: MOST + 1])
    lookups.record(actor.in_place_of(acting_for(person, VIEW)), ["phone"], {"customers": len(exact)})
    seen = {hit.customer.pk for hit in found.hits}
    strangers = [Hit(customer, NUMBER, is_visible=False) for customer in exact if customer.pk not in seen]
    if rows is not None:  # a narrowed list shows what fits it and nobody else
        strangers = []
    hits = [*found.hits, *strangers]
    return Found(asked, hits[:MOST], found.more or len(hits) > MOST)


def in_scope(person: Person, asked: Question | str, rows: QuerySet[Customer] | None = None) -> Found:
    """Files in the reader's scope (within `rows`, when given). Three statements, none for a text too short.

    A complete number is looked for in scope only, and does not count as a look-up.
    """
    if isinstance(asked, str):
        asked = question(asked)
    if asked.is_empty:
        return Found(asked)
    mine = living(Customer.objects.permitted(person) if rows is None else rows).order_by()
    ranked = _ranked([branch for part in _parts(person, mine) for branch in _branches(part, asked)])
    found = Customer.objects.filter(pk__in=ranked).select_related("centre").prefetch_related("phones")
    hits = [hit for customer in found if (hit := _hit(customer, asked, ranked[customer.pk]))]
    hits.sort(key=lambda hit: (ranked[hit.customer.pk], len(hit.customer.name), hit.customer.pk))
    return Found(asked, hits[:MOST], len(hits) > MOST)


def _parts(person: Person, mine: QuerySet[Customer]) -> list[QuerySet[Customer]]:
    """The rows in two parts, those of the reader's own centres first: most searches end with them.

    Whether a file is seen through a case is dear to ask of thousands of namesakes.
    """
    own = centres_with(person, VIEW)
    if not own:
        return [mine]
    return [mine.filter(centre_id__in=own), mine.exclude(centre_id__in=own)]


_RANKS = {NUMBER: 0, NAME: 1, PINYIN: 2, INITIALS: 3, TAIL: 8}
_INNER_NAME, _PINYIN_START, _INITIALS_START, _MIXED_FROM = 4, 5, 6, 7
_CODES = {0: NUMBER, 1: NAME, 2: PINYIN, 3: INITIALS, 4: NAME, 5: PINYIN, 6: INITIALS, 7: MIXED, 8: TAIL}


def _branches(mine: QuerySet[Customer], asked: Question) -> list[tuple[int, QuerySet[Customer], int]]:
    """(rank, rows, most) for each way to read the text; each is answered by an index of its own."""
    made: list[tuple[int, QuerySet[Customer], int]] = []
    if asked.phone:
        made.append((_RANKS[NUMBER], mine.filter(pk__in=_owners(number=asked.phone)), MOST + 1))
    if asked.tail:
        made.append((_RANKS[TAIL], mine.filter(pk__in=_owners_by_tail(asked.tail)), MOST + 1))
    if asked.name:
        made.append((_RANKS[NAME], mine.filter(name=asked.name), MOST + 1))
        made.append((_INNER_NAME, named(mine, asked.name).exclude(name=asked.name), MOST + 1))
    if asked.letters:
        for rank, column in ((_RANKS[PINYIN], "pinyin"), (_RANKS[INITIALS], "initials")):
            made.append((rank, mine.filter(**{column: asked.letters}), MOST + 1))
        for rank, column in ((_PINYIN_START, "pinyin"), (_INITIALS_START, "initials")):
            longer = mine.filter(**{f"{column}__startswith": asked.letters})
            made.append((rank, longer.exclude(**{column: asked.letters}), MOST + 1))
    made += [(_MIXED_FROM, _in_pieces(mine, pieces), _CANDIDATES) for pieces in asked.mixed]
    return made


def _owners(**numbers: str) -> QuerySet[Any]:
    return CustomerPhone.objects.filter(**numbers).order_by().values("customer_id")


def _owners_by_tail(digits: str) -> QuerySet[Any]:
    """Owners of numbers that end so, by the index over the numbers read backwards."""
    rows = CustomerPhone.objects.annotate(backwards=Reverse("number"))
    return rows.filter(backwards__startswith=digits[::-1]).order_by().values("customer_id")


def named(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Rows whose name holds the characters of `text` one after the other, folded as `core.grams` does it."""
    found = rows.filter(name_grams__contains=grams(text))
    if len(folded(text)) <= 2:
        return found
    # Two pairs may stand apart from each other in a name: only the whole text proves it.
    narrow = Func(
        F("name"), function="normalize", template="normalize(%(expressions)s, NFKC)", output_field=TextField()
    )
    plain = Func(
        Lower(narrow),
        Value(_GAPS),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return found.annotate(plain_name=plain).filter(plain_name__contains=folded(text))


def _in_pieces(rows: QuerySet[Customer], pieces: Pieces) -> QuerySet[Customer]:
    return rows.filter(initials__startswith=pieces.letters, pinyin__startswith=pieces.start)


def _ranked(branches: list[tuple[int, QuerySet[Customer], int]]) -> dict[int, int]:
    """Id -> best rank, over all branches; each stops at its own limit. One statement, which ends with the first branches
    when they hold enough; a second one in the rare case that these found the same files twice, or need a closer look."""
    parts = [
        rows.annotate(rank=Value(rank, output_field=IntegerField())).values_list("pk", "rank")[:most]
        for rank, rows, most in branches
    ]
    first, *others = parts
    if not others:
        return _best(first)
    every = first.union(*others, all=True)
    rows = list(every[: MOST + 1])
    ranked = _best(rows)
    certain = sum(rank != _MIXED_FROM for rank in ranked.values())
    return ranked if len(rows) <= MOST or certain > MOST else _best(every)


def _best(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    ranked: dict[int, int] = {}
    for pk, rank in rows:
        ranked[pk] = min(rank, ranked.get(pk, rank))
    return ranked


def _hit(customer: Customer, asked: Question, rank: int) -> Hit | None:
    if rank == _MIXED_FROM and not any(fits(pieces, customer.name) for pieces in asked.mixed):
        return None
    return Hit(customer, _CODES[rank])
