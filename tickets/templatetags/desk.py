"""Small parts of the desk's pages: masked customer data, case numbers and states."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core import masking
from core.templatetags import ui
from tickets.columns import PRIORITY_TONES, STATUS_TONES
from tickets.models import Case
from tickets.rules.numbers import spoken

register = template.Library()


@register.simple_tag
def masked_name(name: str) -> str:
    """A customer's name as everybody may see it."""
    return masking.mask_name(name)


@register.simple_tag
def masked_phone(number: str) -> str:
    """A phone number as everybody may see it."""
    return masking.mask_phone(number)


@register.simple_tag
def masked_imei(imei: str) -> str:
    """An IMEI as everybody may see it."""
    return masking.mask_imei(imei)


@register.simple_tag
def case_number(number: int) -> str:
    """A case number in groups of three."""
    return spoken(number)


@register.simple_tag
def case_state(case: Case) -> SafeString:
    """Status in colour and word."""
    return ui.status_badge(case.get_status_display(), STATUS_TONES[case.status])


@register.filter
def month(value: datetime) -> str:
    """Year and month: 2026-11."""
    return f"{timezone.localtime(value):%Y-%m}"


@register.simple_tag
def priority_mark(case: Case) -> SafeString:
    """Priority in colour and word; nothing for a normal one."""
    tone = PRIORITY_TONES.get(case.priority)
    return ui.badge(case.get_priority_display(), tone) if tone else mark_safe("")
