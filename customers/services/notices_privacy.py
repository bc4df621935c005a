"""Versions of the text that says who uses which data for what and how long (PIPL art. 17)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from customers import policies
from customers.models import PrivacyNotice
from customers.rules import grants
from orgchart.scope import today

FIRST_FILE = Path(__file__).resolve().parents[1] / "data" / "privacy_notice_v1.json"
SHORTEST = 40
_LOCK_CLASS = 7301005


@transaction.atomic
def publish_notice(*, actor: Actor, text: str, text_en: str, in_force_from: date) -> PrivacyNotice:
    """Publish the next version; it is never changed afterwards. Writes "privacy.notice_published".

    Refusals: "may_not_publish_notice", "notice_too_short" (fields "text", "text_en"), "notice_unchanged" ("text"),
    "notice_in_the_past" and "notice_before_last" (field "in_force_from").
    """
    policies.require_notice_publisher(actor.person)
    _one_at_a_time()
    last = PrivacyNotice.objects.order_by("-version").first()
    given = {"text": _tidy(text), "text_en": _tidy(text_en)}
    for name, value in given.items():
        if len(value) < SHORTEST:
            raise Invalid("notice_too_short", _("Write the whole notice in this language."), field=name)
    if last and (last.text, last.text_en) == (given["text"], given["text_en"]):
        raise Invalid("notice_unchanged", _("This is the text of the last version."), field="text")
    if in_force_from < today():
        raise Invalid(
            "notice_in_the_past", _("A notice comes into force today or later."), field="in_force_from"
        )
    if last and in_force_from < last.in_force_from:
        raise Invalid(
            "notice_before_last",
            _("The last version comes into force later than that. Choose a later day."),
            field="in_force_from",
        )
    return _write(actor, given["text"], given["text_en"], in_force_from)


@transaction.atomic
def load_first_notice(*, actor: Actor) -> int:
    """Give an installation without any notice the first one; returns how many were added."""
    _one_at_a_time()
    if PrivacyNotice.objects.exists():
        return 0
    data = json.loads(FIRST_FILE.read_text(encoding="utf-8"))
    _write(actor, "\n\n".join(data["zh"]), "\n\n".join(data["en"]), date.fromisoformat(data["in_force_from"]))
    return 1


def _write(actor: Actor, text: str, text_en: str, in_force_from: date) -> PrivacyNotice:
    last = PrivacyNotice.objects.aggregate(last=Max("version"))["last"] or 0
    notice: PrivacyNotice = PrivacyNotice.objects.create(
        version=last + 1, text=text, text_en=text_en, in_force_from=in_force_from, created_by=actor.person
    )
    holder = policies.acting_for(actor.person, grants.PRIVACY) if actor.person else None
    audit.record(
        actor=actor.in_place_of(holder),
        action="privacy.notice_published",
        subject=notice,
        subject_label=f"v{notice.version}",
        changes={"version": [last or None, notice.version], "in_force_from": [None, in_force_from]},
    )
    return notice


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().replace("\r\n", "\n").split("\n"))


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_CLASS])
