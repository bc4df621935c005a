"""The bell. Apps register a sentence per code in `<app>/notices.py`; a row keeps the code and what fills it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Text
from core.models import Notification

_sentences: dict[str, Text] = {}


def sentence(code: str, text: Text) -> None:
    """Register the (lazily translated) sentence of `code`, with %(name)s where `params` fill it in."""
    _sentences[code] = text


def codes() -> tuple[str, ...]:
    """All codes that have a sentence."""
    return tuple(sorted(_sentences))


def text_of(code: str, params: Mapping[str, Any]) -> str:
    """The sentence in the language in force. A row written by an older version may lack a value; it is still shown."""
    template = _sentences.get(code)
    if template is None:
        return _("Something new for you")
    try:
        return str(template) % dict(params)
    except (KeyError, TypeError, ValueError):
        return str(template)


def notify(
    recipient_ids: Iterable[int],
    code: str,
    params: Mapping[str, Any],
    path: str,
    subject: models.Model | None = None,
) -> int:
    """Ring the bell of each recipient once, in the caller's transaction; returns how many.

    `params` holds case numbers and names of colleagues, never data of customers. Raises LookupError for a code
    without a sentence.
    """
    if code not in _sentences:
        raise LookupError(f"no sentence for the notification {code!r}")
    now = timezone.now()
    rows = [_row(pk, code, params, path, subject, now) for pk in dict.fromkeys(recipient_ids)]
    Notification.objects.bulk_create(rows)
    return len(rows)


def _row(
    pk: int, code: str, params: Mapping[str, Any], path: str, subject: models.Model | None, now: Any
) -> Notification:
    return Notification(
        recipient_id=pk,
        code=code,
        params=dict(params),
        path=path,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        created_at=now,
    )


def mark_read(person: Any, ids: Iterable[int] | None = None) -> int:
    """Note that `person` saw these rings of their own bell, all of them without `ids`; returns how many were new."""
    unread = Notification.objects.permitted(person).filter(read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return int(unread.update(read_at=timezone.now()))
