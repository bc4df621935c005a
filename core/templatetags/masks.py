"""Filters that show personal data masked: {{ customer.name|mask_name }}."""

from __future__ import annotations

from django import template

from core import masking

register = template.Library()

for _function in (
    masking.mask_phone,
    masking.mask_name,
    masking.mask_imei,
    masking.mask_address,
    masking.mask_email,
    masking.mask_invoice,
    masking.mask_id_card,
    masking.mask_bank,
    masking.mask_plate,
):
    register.filter(_function.__name__, _function)
