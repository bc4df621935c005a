"""The customer's data on a case as everybody may see it, and who may see it in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import Text
from tickets.errors import not_found
from tickets.models import Case


@dataclass(frozen=True, slots=True)
class Masked:
    """A field of personal data: its code in the address of the reveal, label, masked text."""

    code: str
    label: Text
    text: str


Place = tuple[models.Model, str]
_FIELDS: Mapping[str, tuple[Text, Callable[[Case], Place | None], Callable[[str], str]]] = {
    "name": (_("Customer's name"), lambda case: (case.customer, "name"), masking.mask_name),
    "phone": (_("Phone number"), lambda case: (case, "caller_number"), masking.mask_phone),
    "email": (_("E-mail"), lambda case: (case.customer, "email"), masking.mask_email),
    "imei": ("IMEI", lambda case: (case.device, "imei") if case.device else None, masking.mask_imei),
}


def masked(case: Case) -> dict[str, Masked]:
    """The fields that the case has, masked, by code."""
    found = {}
    for code, (label, place, mask) in _FIELDS.items():
        stands = place(case)
        value = getattr(*stands) if stands else ""
        if value:
            found[code] = Masked(code, label, mask(value))
    return found


def place(case: Case, code: str) -> Place:
    """Record and field that hold a masked value in full; NotVisible for a field that this case does not have."""
    stands = _FIELDS[code][1](case) if code in _FIELDS else None
    if stands is None or not getattr(*stands):
        raise not_found()
    return stands


def reveal_mode(case: Any) -> str:
    """ "handler" (one click), "reason" (reason and quota) or "" (never), for a case from `queries.with_powers`."""
    if case.may_reveal_as_handler:
        return "handler"
    return "reason" if case.may_reveal else ""
