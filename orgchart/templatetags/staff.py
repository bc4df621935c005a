"""Small parts of the pages of staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags import ui
from orgchart.models import Appointment
from orgchart.rules.staffing import Span
from orgchart.scope import today

register = template.Library()


@register.simple_tag
def post_state(post: Appointment) -> str:
    """ "coming", "now" or "past", as of today."""
    day = today()
    if post.starts_on > day:
        return "coming"
    return "past" if post.ends_on is not None and post.ends_on < day else "now"


@register.filter
def days(row: object) -> str:
    """The days of a leave or deputyship: "2026-12-01 – 2026-12-05", or until further notice."""
    return span((row.starts_on, row.ends_on))  # type: ignore[attr-defined]


def span(pair: Span) -> str:
    """Two days as words."""
    first, last = pair
    if last is None:
        return _("from %(from)s until further notice") % {"from": first.isoformat()}
    if first == last:
        return first.isoformat()
    return _("%(from)s to %(to)s") % {"from": first.isoformat(), "to": last.isoformat()}


@register.filter
def spans(pairs: Iterable[Span]) -> str:
    """Several spans of days in a row."""
    return _(", ").join(span(pair) for pair in pairs)


@register.filter
def until(day: date | None) -> str:
    """The last day of something that is under way."""
    return day.isoformat() if day else _("further notice")


@register.simple_tag
def met_badge(met: bool) -> SafeString:
    """Whether a requirement is proven, in colour and in words."""
    return ui.status_badge(_("Met"), "green") if met else ui.status_badge(_("Not proven"), "orange")
