"""What the search box finds: a case number, an exact phone number or IMEI company-wide, a name in scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.actors import Actor
from customers.models import Customer
from customers.rules import parse_phone
from products.rules import is_imei, normalise_imei
from tickets import queries
from tickets.figures import Moment
from tickets.models import Case
from tickets.rules.numbers import parse_case_number
from tickets.services import lookup

KIND = "tickets.search"
MOST = 50
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Result:
    """Cases in scope, and those of other centres as one line each. `by` says how the text was understood."""

    by: str
    cases: Any = field(default_factory=Case.objects.none)
    elsewhere: list[lookup.Elsewhere] = field(default_factory=list)


def understood(text: str) -> str:
    """ "number", "imei", "phone", "name" or "short" (too little to search for)."""
    if parse_phone(text):
        return "phone"
    if is_imei(normalise_imei(text)):
        return "imei"
    if parse_case_number(text):
        return "number"
    return "name" if len(text.strip()) >= SHORTEST_NAME else "short"


def run(actor: Actor, text: str, at: Moment) -> Result:
    """Search within the scope of the actor's person. Look-ups by exact number are limited and logged."""
    by = understood(text)
    mine = Case.objects.permitted(actor.person)
    if by == "number":
        return Result(by, mine.filter(number=parse_case_number(text)))
    if by in ("phone", "imei"):
        found = lookup.look_up(actor=actor, **{by: text})
        theirs = Q(customer__in=[customer.pk for customer in found.customers])
        if found.device:
            theirs |= Q(device_id=found.device.pk)
        return Result(by, mine.filter(theirs), found.elsewhere)
    if by == "name":
        named = Customer.objects.filter(pk=OuterRef("customer_id"), name__icontains=text.strip())
        return Result(by, mine.filter(Exists(named)))
    return Result(by)


def only_hit(actor: Actor, text: str) -> Case | None:
    """The one visible case whose number was typed; then no list is needed."""
    return queries.find_number(actor.person, text) if understood(text) == "number" else None
