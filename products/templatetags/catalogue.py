"""Small parts of the pages of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.errors import Text
from core.models import AuditEvent
from core.templatetags.ui import badge, status_badge
from products.enums import Component, GuaranteeCategory
from products.models import FaultCode
from products.rules.marks import pieces

register = template.Library()

_VERBS: dict[str, Text] = {
    "added": gettext_lazy("added"),
    "corrected": gettext_lazy("corrected"),
    "retired": gettext_lazy("retired"),
    "restored": gettext_lazy("restored"),
    "deleted": gettext_lazy("deleted"),
    "copied": gettext_lazy("parts copied"),
    "causes_set": gettext_lazy("causes linked"),
    "remedies_set": gettext_lazy("remedies linked"),
}
_FIELDS: dict[str, Text] = {
    "code": pgettext_lazy("catalogue", "Code"),
    "name": gettext_lazy("Name in Chinese"),
    "name_en": gettext_lazy("Name in English"),
    "hotline": gettext_lazy("Hotline"),
    "maker": gettext_lazy("Manufacturer"),
    "category": gettext_lazy("Guarantee category"),
    "tacs": gettext_lazy("Type allocation codes"),
    "colours": gettext_lazy("Colours"),
    "launched_on": gettext_lazy("On the market since"),
    "component": gettext_lazy("Component"),
    "parent": gettext_lazy("Kind of fault"),
    "faults": gettext_lazy("Faults"),
    "causes": gettext_lazy("Causes"),
    "remedies": gettext_lazy("Remedies"),
    "source": gettext_lazy("From the model"),
    "parts": gettext_lazy("Parts"),
}
_WORDS = dict([*GuaranteeCategory.choices, *Component.choices])


@register.filter
def marked(text: str, wanted: Sequence[str]) -> SafeString | str:
    """`text` with what a search meant put into <mark>; pinyin and initials mark the characters that they spell."""
    if not wanted:
        return text
    cut = pieces(str(text), wanted)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if hit else part,) for part, hit in cut)
    )


@register.simple_tag
def life_badge(row: Any) -> SafeString | str:
    """ "Retired", in colour and word; nothing for what is in use."""
    return "" if row.is_active else status_badge(_("Retired"), "secondary")


@register.simple_tag
def source_badge(fault: FaultCode) -> SafeString:
    """Whether a fault is of the official list or our own, in colour, picture and word."""
    return badge(_("official"), "blue", "gavel") if fault.is_official else badge(_("own"), "purple", "edit")


@register.filter
def event_verb(event: AuditEvent) -> str:
    """What was done to an entry, in words."""
    verb = event.action.rpartition(".")[2]
    return str(_VERBS.get(verb, verb))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(_WORDS.get(value, value))


@register.filter
def event_changes(event: AuditEvent) -> list[tuple[str, str, str]]:
    """(field, old, new) of an event about an entry, in words; what the reader need not know is left out."""
    return [
        (str(_FIELDS[name]), _said(change[0]), _said(change[1]))
        for name, change in event.changes.items()
        if name in _FIELDS and isinstance(change, list) and len(change) == 2
    ]
