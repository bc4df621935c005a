"""The actions on devices and the catalogue that a job description may grant, and how far a grant may reach.

Reading a device needs no grant of its own: it is seen with its owner's file (`customer.view`) or through a case.
"""

from __future__ import annotations

from customers.rules.grants import CASE, CENTRE

ALL = "all"

EDIT = "device.edit"
CATALOGUE = "catalogue.edit"

REACHES: dict[str, frozenset[str]] = {
    EDIT: frozenset({CENTRE, CASE}),
    CATALOGUE: frozenset({ALL}),
}
