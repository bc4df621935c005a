"""Small parts of every page. Tags for table cells only format a string: no template is loaded per cell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.errors import Text

register = template.Library()

TONE_ICONS = {
    "success": "circle-check",
    "warning": "alert-triangle",
    "error": "alert-circle",
    "danger": "alert-circle",
    "info": "info-circle",
}
_WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    # Django puts these classes on the group's frame as well, so groups are dressed by the frame around them.
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
)
SOON = timedelta(hours=2)


@lru_cache(maxsize=512)
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A picture that repeats what a word beside it says, so screen readers skip it; see tools/icons.txt."""
    return _icon(name, extra)


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """The picture that goes with a tone (success, warning, error, info)."""
    return _icon(TONE_ICONS.get(tone, "info-circle"), "")


@register.simple_tag
def status_badge(label: Text, tone: str = "secondary") -> SafeString:
    """A status in colour and in words. Tones: blue, azure, green, yellow, orange, red, purple, secondary."""
    return format_html('<span class="state state-{}">{}</span>', tone, label)


@register.simple_tag
def badge(label: Text, tone: str = "secondary", icon_name: str = "") -> SafeString:
    """A quiet mark such as a kind or a priority."""
    return format_html(
        '<span class="mark mark-{}">{}{}</span>', tone, _icon(icon_name, "") if icon_name else "", label
    )


@lru_cache(maxsize=2048)
def _avatar(name: str) -> SafeString:
    # Chinese given names stand last and are what colleagues use; Latin names go by their initials.
    initials = "".join(word[0] for word in name.split()[:2]).upper()
    letters = initials if name.isascii() else name[-2:]
    return format_html(
        '<span class="face face-{}" aria-hidden="true">{}</span>', sum(map(ord, name)) % 6, letters or "?"
    )


@register.simple_tag
def avatar(person: Any) -> SafeString:
    """Initials on a coloured disc; the name itself has to stand beside it."""
    return _avatar(str(person) if person else "")


@register.simple_tag
def person_chip(person: Any, note: Text = "") -> SafeString:
    """A colleague: initials, name and, small, a post or unit. Nobody yields a dash in words."""
    if not person:
        return format_html('<span class="nobody">{}</span>', _("nobody yet"))
    small = format_html("<small>{}</small>", note) if note else ""
    return format_html(
        '<span class="person">{}<span class="person-text">{}{}</span></span>',
        _avatar(str(person)),
        person,
        small,
    )


# -- time --------------------------------------------------------------------------------------------------


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def short_moment(value: datetime, now: datetime | None = None) -> str:
    """ "14:05" today, "11-24 14:05" this year, "2025-11-24 14:05" before; Asia/Shanghai."""
    local, today = _local(value), _local(now or timezone.now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """Date and time in full: 2026-11-24 14:05. An empty value gives an empty string."""
    return f"{_local(value):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as people here write it: 2026-11-24. An empty value gives an empty string."""
    if isinstance(value, datetime):
        value = _local(value)
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def long_day(value: date | datetime | None) -> str:
    """A date in words: 2026年11月24日 星期二, or Tue 24 Nov 2026."""
    from django.utils.formats import date_format

    if isinstance(value, datetime):
        value = _local(value)
    # Translators: a date format of Django: day of the week, day, month, year
    return date_format(value, _("D j M Y")) if value else ""


@register.simple_tag
def when(value: datetime | None, now: datetime | None = None) -> SafeString:
    """A moment, short for tables; the full moment shows on hover and stands in `datetime`."""
    if value is None:
        return mark_safe('<span class="none">–</span>')
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), moment(value), short_moment(value, now)
    )


def span_text(span: timedelta) -> str:
    """A length of time in its largest one unit, rounded down: "3 days", "5 hours", "20 minutes"."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes >= 48 * 60:
        days = minutes // 1440
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, roughly: "5 minutes ago"."""
    if value is None:
        return ""
    span = timezone.now() - value
    return _("just now") if span < timedelta(minutes=1) else _("%(span)s ago") % {"span": span_text(span)}


def _due_words(due_at: datetime, now: datetime, state: str) -> tuple[str, str]:
    if state == "met":
        return "green", pgettext("deadline", "met")
    if state == "paused":
        return "secondary", pgettext("deadline", "paused")
    if due_at <= now:
        return "red", _("overdue %(span)s") % {"span": span_text(now - due_at)}
    tone = "orange" if state == "soon" or (not state and due_at - now <= SOON) else "secondary"
    return tone, _("%(span)s left") % {"span": span_text(due_at - now)}


@register.simple_tag
def due_badge(due_at: datetime | None, now: datetime | None = None, state: str = "") -> SafeString:
    """How a deadline stands.

    `state`: "met", "paused", "soon" (the warning time is reached) or "" (worked out from the clock). Colour
    is never alone: the words say it too; the moment itself shows on hover.
    """
    if due_at is None:
        return mark_safe('<span class="none">–</span>')
    tone, words = _due_words(due_at, now or timezone.now(), state)
    return format_html(
        '<time class="due due-{}" datetime="{}" title="{}">{}</time>',
        tone,
        due_at.isoformat(),
        moment(due_at),
        words,
    )


# -- page parts --------------------------------------------------------------------------------------------


def _url(name: str) -> str:
    if not name or name.startswith(("/", "?")):
        return name
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _crumb(label: Text, url: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, label) if url else format_html("<span>{}</span>", label)


@register.simple_tag
def breadcrumbs(*parts: Any) -> SafeString:
    """`{% breadcrumbs label url … label %}`: a url is a path or a name without arguments."""
    urls = [_url(str(url)) for url in parts[1::2]] + [""]
    crumbs = zip(parts[::2], urls, strict=False)
    items = format_html_join("", "<li>{}</li>", ((_crumb(label, url),) for label, url in crumbs))
    return format_html('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("Breadcrumbs"), items)


def _widget_class(widget: forms.Widget) -> str:
    return next((name for kind, name in _WIDGET_CLASSES if isinstance(widget, kind)), "form-control")


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: Text = "", extra: str = "", hint: Text = "") -> dict[str, Any]:
    """One input with label, help and errors. `extra`: classes of the frame, `hint`: text after the label."""
    widget = bound.field.widget
    css = " ".join(
        filter(None, [widget.attrs.get("class"), _widget_class(widget), "is-invalid" if bound.errors else ""])
    )
    return {
        "bound": bound,
        "control": bound.as_widget(attrs={"class": css}),
        "label": label or bound.label,
        "hint": hint,
        "extra": extra,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "is_hidden": bound.is_hidden,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with the whole form, on top of it: general errors, and a link to each wrong field."""
    wrong = [
        {"id": bound.id_for_label, "label": bound.label, "text": " ".join(map(str, bound.errors))}
        for bound in form
        if bound.errors
    ]
    return {"general": form.non_field_errors(), "wrong": wrong}


@register.simple_tag
def sort_header(label: Text, key: str, current: str, url: str) -> SafeString:
    """A column heading that sorts. `url` ends where the key belongs ("?sort="); "-key" turns it round."""
    down = current == f"-{key}"
    state = "ascending" if current == key else "descending" if down else "none"
    target = f"{url}-{key}" if current == key else f"{url}{key}"
    mark = {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, "selector")
    return format_html(
        '<th scope="col" aria-sort="{}"><a class="sorter" href="{}">{}{}</a></th>',
        state,
        target,
        label,
        _icon(mark, ""),
    )


@register.simple_tag
def masked(text: Text, reveal_url: str = "", label: Text = "") -> SafeString:
    """A value partly hidden. `reveal_url` leads to the page that shows it and logs that it was shown."""
    if not reveal_url:
        return format_html('<span class="masked">{}</span>', text)
    return format_html(
        '<span class="masked">{} '
        '<a class="masked-show" href="{}" data-dialog aria-label="{}">{}{}</a></span>',
        text,
        reveal_url,
        _("Show %(what)s in full; this is logged") % {"what": label or _("the value")},
        _icon("eye", ""),
        _("Show"),
    )
