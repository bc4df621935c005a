"""Who hears of a step: colleagues by the bell, the customer by a notice through the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from core import notifications, outbox
from core.actors import Actor
from tickets import queries
from tickets.enums import Action
from tickets.models import Case, Notice
from tickets.rules.numbers import spoken


def ring(case: Case, code: str, recipients: Iterable[int], actor: Actor) -> None:
    """Ring the bell of `recipients`, never of the person who acts."""
    others = sorted({pk for pk in recipients if pk != actor.id})
    if others:
        notifications.notify(
            others, f"tickets.{code}", {"number": spoken(case.number)}, case.get_absolute_url(), subject=case
        )


def ring_leaders(case: Case, code: str, actor: Actor) -> None:
    """Ring the bell of whoever leads the unit that answers for the case; a vacant leader means the next one up."""
    ring(case, code, queries.leaders_of(case.unit_id), actor)


def tell_customer(case: Case, code: str, now: datetime) -> Notice | None:
    """Write the notice in the customer's language and put it into the outbox; None without an e-mail address."""
    customer = case.customer
    if not customer.email:
        return None
    with translation.override(customer.language):
        subject, body = _text(code, case)
    notice: Notice = Notice.objects.create(
        case=case,
        code=code,
        language=customer.language,
        address=customer.email,
        subject=subject,
        body=body,
        created_at=now,
    )
    notice.effect = outbox.publish("tickets.notice", f"notice-{notice.pk}", {"notice": notice.pk})
    notice.save(update_fields=["effect"])
    return notice


def preview(case: Case, action: str) -> Notice | None:
    """The notice that `action` would send, unsaved, for the person who is about to take the step."""
    customer = case.customer
    if action != Action.CLOSE or not customer.email:
        return None
    with translation.override(customer.language):
        subject, body = _text("case_closed", case)
    return Notice(case=case, code="case_closed", language=customer.language, subject=subject, body=body)


def _text(code: str, case: Case) -> tuple[str, str]:
    number = spoken(case.number)
    texts = {
        "case_closed": (
            _("Your service case %(number)s is closed"),
            _(
                "Dear customer,\n\nyour service case %(number)s is closed. Result: %(resolution)s\n\n"
                "If the problem comes back, call us and give this number.\n\nAfter-sales service"
            ),
        ),
    }
    subject, body = texts[code]
    facts = {"number": number, "resolution": case.resolution}
    return subject % facts, body % facts
