"""The customer's data on a case as everybody may see it, and who may see it in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import Text
from core.personal import Part, mode_of
from tickets.errors import not_found
from tickets.models import Case

Place = tuple[models.Model, str]
_FIELDS: Mapping[str, tuple[Text, Callable[[Case], Place | None], Callable[[str], str]]] = {
    "name": (_("Customer's name"), lambda case: (case.customer, "name"), masking.mask_name),
    "phone": (_("Phone number"), lambda case: (case, "caller_number"), masking.mask_phone),
    "email": (_("E-mail"), lambda case: (case.customer, "email"), masking.mask_email),
    "imei": ("IMEI", lambda case: (case.device, "imei") if case.device else None, masking.mask_imei),
}


def parts_of(case: Case) -> dict[str, Part]:
    """The fields that the case has, masked, by code, for a case from `queries.with_powers`."""
    found, mode = {}, mode_of(case)
    for code, (label, place, mask) in _FIELDS.items():
        stands = place(case)
        value = getattr(*stands) if stands else ""
        if value:
            found[code] = Part(
                code, label, mask(value), reverse("tickets:reveal", args=[case.number, code]), mode
            )
    return found


def place(case: Case, code: str) -> Place:
    """Record and field that hold a masked value in full; NotVisible for a field that this case does not have."""
    stands = _FIELDS[code][1](case) if code in _FIELDS else None
    if stands is None or not getattr(*stands):
        raise not_found()
    return stands
