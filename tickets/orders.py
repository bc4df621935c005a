"""The four indexed orders of a list of cases, for page, API and export alike."""

from __future__ import annotations

from core.keyset import Order, moment, whole_number
from tickets.enums import Sort

ORDERS: dict[str, Order] = {
    Sort.NEWEST: Order(("logged_at", "id"), (moment, whole_number), descending=True),
    Sort.DUE: Order(("due_at", "id"), (moment, whole_number)),
    Sort.CHANGED: Order(("changed_at", "id"), (moment, whole_number), descending=True),
    Sort.PRIORITY: Order(("priority", "due_at", "id"), (whole_number, moment, whole_number)),
}
DEFAULT_SORT = Sort.NEWEST
