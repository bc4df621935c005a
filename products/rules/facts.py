"""What does not fit together about a phone. Pure: plain data in, facts out, no query and no clock.

A fact accuses nobody: it says what to look at before a guarantee is granted. `products.devicefacts` collects the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from products.rules.imei import tac_of

SERIOUS, CHECK, NOTE = "serious", "check", "note"
"""How much weight a fact has, heaviest first."""

SAME_IMEI = "same_imei"
TAC_OF_ANOTHER_MODEL = "tac_of_another_model"
TWO_OWNERS = "two_owners"
USED_AFTER_EXCHANGE = "used_after_exchange"
SOLD_BEFORE_LAUNCH = "sold_before_launch"
DELIVERED_LATE = "delivered_late"
INVOICE_USED_TWICE = "invoice_used_twice"
CERTIFICATE_USED_TWICE = "certificate_used_twice"

SEVERITY: dict[str, str] = {
    SAME_IMEI: SERIOUS,
    TWO_OWNERS: SERIOUS,
    USED_AFTER_EXCHANGE: SERIOUS,
    TAC_OF_ANOTHER_MODEL: CHECK,
    CERTIFICATE_USED_TWICE: CHECK,
    SOLD_BEFORE_LAUNCH: CHECK,
    INVOICE_USED_TWICE: NOTE,
    DELIVERED_LATE: NOTE,
}
"""Every fact with its weight, in the order in which facts are shown."""

LATE_DELIVERY = timedelta(days=30)
"""A phone handed over later than this after its sale: which day begins the guarantee has to be asked."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owned a phone from which day on and to which day, the last day not included; None = open."""

    owner: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a phone. `others_…` are ids of other phones with the same number.

    `tacs` are the type codes of its model (empty: not known), `tac_model` names the model that its IMEI's code belongs
    to. `used` are days on which something happened to it.
    """

    imei: str
    imei2: str = ""
    tacs: tuple[str, ...] = ()
    tac_model: str = ""
    launched_on: date | None = None
    sold_on: date | None = None
    delivered_on: date | None = None
    exchanged_on: date | None = None
    owners: tuple[Owned, ...] = ()
    used: tuple[date, ...] = ()
    others_same_imei: tuple[int, ...] = ()
    others_same_invoice: tuple[int, ...] = ()
    others_same_certificate: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that does not fit: its code, weight, other phones that it is about, and words for its sentence."""

    code: str
    devices: tuple[int, ...] = ()
    words: dict[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """SERIOUS, CHECK or NOTE."""
        return SEVERITY[self.code]


def facts(seen: Seen) -> list[Fact]:
    """Everything that does not fit, heaviest first."""
    found = {fact.code: fact for fact in _found(seen)}
    return [found[code] for code in SEVERITY if code in found]


def _found(seen: Seen) -> Iterator[Fact]:
    for code, others in (
        (SAME_IMEI, seen.others_same_imei),
        (INVOICE_USED_TWICE, seen.others_same_invoice),
        (CERTIFICATE_USED_TWICE, seen.others_same_certificate),
    ):
        if others:
            yield Fact(code, others)
    if tac_differs(seen.imei, seen.tacs):
        yield Fact(TAC_OF_ANOTHER_MODEL, words={"model": seen.tac_model})
    if overlap(seen.owners):
        yield Fact(TWO_OWNERS)
    if used_after(seen.exchanged_on, seen.owners, seen.used):
        yield Fact(USED_AFTER_EXCHANGE)
    if sold_before(seen.sold_on, seen.launched_on):
        yield Fact(SOLD_BEFORE_LAUNCH)
    if delivered_late(seen.sold_on, seen.delivered_on):
        yield Fact(DELIVERED_LATE)


def tac_differs(imei: str, tacs: Iterable[str]) -> bool:
    """Whether the model's type codes are known and the IMEI has none of them."""
    known = set(tacs)
    return bool(known) and tac_of(imei) not in known


def overlap(owners: Iterable[Owned]) -> bool:
    """Whether two different owners had the phone on the same day. An unknown first day counts as the last one known."""
    rows = [(row.owner, *_days(row)) for row in owners]
    return any(
        owner != other and first < until and begin < last
        for place, (owner, first, last) in enumerate(rows)
        for other, begin, until in rows[place + 1 :]
    )


def _days(row: Owned) -> tuple[date, date]:
    last = row.last or date.max
    return row.first or last - timedelta(days=1), last


def used_after(exchanged_on: date | None, owners: Iterable[Owned], used: Iterable[date]) -> bool:
    """Whether a phone that was exchanged away got an owner or a case afterwards."""
    if exchanged_on is None:
        return False
    begun = [row.first for row in owners if row.first is not None]
    return any(day > exchanged_on for day in (*begun, *used))


def sold_before(sold_on: date | None, launched_on: date | None) -> bool:
    """Whether it was sold before its model was on the market."""
    return sold_on is not None and launched_on is not None and sold_on < launched_on


def delivered_late(sold_on: date | None, delivered_on: date | None) -> bool:
    """Whether it was handed over long after the sale."""
    return sold_on is not None and delivered_on is not None and delivered_on - sold_on > LATE_DELIVERY
