"""What happens to customer files that higher apps have to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.actors import Actor
from core.events import Event
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """Personal data of `customer` are erased. Subscribers erase theirs and say in `kept` what the law keeps.

    An entry of `kept` is {"what", "count", "until", "basis"}: a code, how many rows, a day (ISO) or "", the article's
    code. `gone` takes {"what", "count"} of what was erased. Whoever must refuse raises a DomainError. The preview runs
    the same subscribers and rolls everything back.
    """

    customer: Customer
    actor: Actor
    kept: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)


customer_erased: Event[CustomerErased] = Event("customers.erased")


@dataclass(frozen=True, slots=True)
class DataWanted:
    """A copy of all data about `customer` is made. Subscribers add "section" -> rows (plain JSON) to `data`."""

    customer: Customer
    data: dict[str, Any] = field(default_factory=dict)


data_wanted: Event[DataWanted] = Event("customers.data_wanted")
