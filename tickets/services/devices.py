"""The device of a case: registered already, or registered now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Invalid
from customers.models import Customer
from products.models import Device, ProductModel
from products.services import register_device, require_imei
from tickets import queries


def device_for(
    *, actor: Actor, imei: str, model_id: int | None, owner: Customer, field: str = "imei"
) -> Device:
    """The device with `imei`; a new one needs its model. Refuses "imei_…" and "model_missing"."""
    digits = require_imei(imei, field=field)
    known = queries.device_by_imei(digits)
    if known:
        return known
    model = ProductModel.objects.filter(pk=model_id, is_active=True).first() if model_id else None
    if model is None:
        raise Invalid(
            "model_missing", _("This IMEI is new: choose the model of the phone."), field="model_id"
        )
    return register_device(actor=actor, imei=digits, model=model, owner=owner)
