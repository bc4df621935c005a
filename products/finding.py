"""Finding devices: by IMEI, the last digits of one, invoice number or serial number.

A complete IMEI finds company-wide; that is counted, limited and written into the trail. Everything else stays in the
reader's scope.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from core.actors import person_actor
from core.errors import Text
from customers.policies import acting_for
from customers.rules.grants import VIEW
from customers.services import lookups
from orgchart.models import Person
from orgchart.scope import scope_of
from products.models import Device, DeviceSerial
from products.rules import is_imei, luhn_digit

MOST, CANDIDATES = 50, 5000
"""Hits that are shown, and ids that are looked through for those in scope."""
SHORTEST_TAIL, LONGEST_TAIL = 4, 14
SHORTEST_NUMBER, LONGEST_NUMBER = 4, 40
IMEI, INVOICE, SERIAL, TAIL = "imei", "invoice", "serial", "tail"
MATCHED: dict[str, Text] = {
    IMEI: _("by the full IMEI"),
    INVOICE: _("by the invoice number"),
    SERIAL: _("by a serial number"),
    TAIL: _("by the IMEI's last digits"),
}
_BETWEEN = re.compile(r"[\s\-‐–—./]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A device, what matched, and whether the reader sees it (a complete IMEI finds strangers' too)."""

    device: Device
    matched: str
    is_visible: bool = True

    @property
    def words(self) -> Text:
        """What matched, in words."""
        return MATCHED[self.matched]


@dataclass(frozen=True, slots=True)
class Question:
    """The readings of a text: a complete IMEI, the last digits of one, a number printed on invoice or part."""

    imei: str = ""
    tail: str = ""
    number: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is too little to search for."""
        return not (self.imei or self.tail or self.number)


@dataclass(frozen=True, slots=True)
class Found:
    """At most MOST hits, the best first. `more`: there are others."""

    asked: Question
    hits: list[Hit] = field(default_factory=list)
    more: bool = False

    @property
    def count_label(self) -> str:
        """ "7", or "50+"."""
        return f"{MOST}+" if self.more else str(len(self.hits))


def question(text: str) -> Question:
    """What `text` may mean. An IMEISV (16 digits) stands for its IMEI: the check digit is worked out. Pure."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    digits = plain if plain.isascii() and plain.isdigit() else ""
    imei = digits if is_imei(digits) else ""
    if len(digits) == 16:
        imei = digits[:14] + str(luhn_digit(digits[:14]))
    fits = plain.isascii() and plain.isalnum() and SHORTEST_NUMBER <= len(plain) <= LONGEST_NUMBER
    return Question(
        imei=imei,
        tail=digits if SHORTEST_TAIL <= len(digits) <= LONGEST_TAIL else "",
        number=plain if fits and any(map(str.isdigit, plain)) else "",
    )


def with_imei(imei: str) -> QuerySet[Device]:
    """Devices with exactly this IMEI in either slot, company-wide."""
    rows: QuerySet[Device] = Device.objects.filter(Q(imei=imei) | Q(imei2=imei) & ~Q(imei2=""))
    return rows.select_related("model", "owner__centre")


def find(person: Person, text: str, rows: QuerySet[Device] | None = None) -> Found:
    """Devices that `text` means: those in scope (within `rows`, when given), and a stranger's by its complete IMEI.

    A complete IMEI counts as a look-up: refuses with "too_many_lookups" (429), writes "customer.looked_up".
    """
    asked = question(text)
    found = in_scope(person, asked, rows)
    if not asked.imei or not scope_of(person).posts:
        return found
    actor = person_actor(person)
    lookups.check_rate(actor)
    exact = list(with_imei(asked.imei)[: MOST + 1])
    lookups.record(actor.in_place_of(acting_for(person, VIEW)), ["imei"], {"device": bool(exact)})
    if rows is not None:
        return found
    seen = {hit.device.pk for hit in found.hits}
    strangers = [Hit(device, IMEI, is_visible=False) for device in exact if device.pk not in seen]
    return Found(asked, [*found.hits, *strangers][:MOST], found.more)


def in_scope(person: Person, asked: Question | str, rows: QuerySet[Device] | None = None) -> Found:
    """Devices in the reader's scope (within `rows`, when given). Two statements, none for a text too short.

    A complete IMEI is looked for in scope only, and does not count as a look-up.
    """
    if isinstance(asked, str):
        asked = question(asked)
    if asked.is_empty:
        return Found(asked)
    ranked = _ranked(_branches(asked))
    mine = Device.objects.permitted(person) if rows is None else rows
    devices = mine.filter(pk__in=ranked).select_related("model", "owner__centre")
    hits = [Hit(device, _CODES[ranked[device.pk]]) for device in devices]
    hits.sort(key=lambda hit: (ranked[hit.device.pk], hit.device.pk))
    return Found(asked, hits[:MOST], len(hits) > MOST)


_CODES = (IMEI, INVOICE, SERIAL, TAIL)


def _branches(asked: Question) -> list[tuple[int, QuerySet[Any]]]:
    """(rank, ids) for each way to read the text; each is answered by an index of its own, whoever asks.

    The scope is laid over the few ids that come back: PostgreSQL joins in the order written, and would begin with all
    devices and their owners.
    """
    made: list[tuple[int, QuerySet[Any]]] = []
    devices = Device.objects.order_by()
    if asked.imei:
        made.append((0, devices.filter(imei=asked.imei).values("pk")))
        made.append((0, devices.filter(imei2=asked.imei).exclude(imei2="").values("pk")))
    if asked.number:
        made.append((1, devices.filter(invoice_number=asked.number).exclude(invoice_number="").values("pk")))
        serials = DeviceSerial.objects.filter(number__in=sorted({asked.number, asked.number.lower()}))
        made.append((2, serials.order_by().values("device_id")))
    if asked.tail:
        backwards = asked.tail[::-1]
        first = devices.annotate(backwards=Reverse("imei"))
        second = devices.exclude(imei2="").annotate(backwards=Reverse("imei2"))
        made += [(3, rows.filter(backwards__startswith=backwards).values("pk")) for rows in (first, second)]
    return made


def _ranked(branches: list[tuple[int, QuerySet[Any]]]) -> dict[int, int]:
    """Id -> best rank, over all branches. One statement; each branch stops at its own limit."""
    parts = [
        rows.annotate(rank=Value(rank, output_field=IntegerField()))[:CANDIDATES] for rank, rows in branches
    ]
    first, *others = parts
    ranked: dict[int, int] = {}
    for row in first.union(*others, all=True) if others else first:
        pk = row.get("pk", row.get("device_id"))
        ranked[pk] = min(row["rank"], ranked.get(pk, row["rank"]))
    return ranked
