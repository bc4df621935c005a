"""What the outbox does for the case desk."""

from __future__ import annotations

from core import mail, outbox
from core.actors import system_actor
from core.models import Effect
from tickets.models import Notice
from tickets.services import recompute_deadlines


@outbox.handler("tickets.notice", external=True)
def send_notice(effect: Effect) -> None:
    """Send a notice to the customer by e-mail; the message id is the effect's, the same at every retry."""
    notice = Notice.objects.get(pk=effect.payload["notice"])
    mail.send(effect, notice.subject, notice.body, to=[notice.address])


@outbox.handler("tickets.recompute", external=True, queue="slow")
def recompute(effect: Effect) -> None:
    """Compute deadlines again after a calendar changed; in chunks of their own, so it may run twice."""
    recompute_deadlines(actor=system_actor("calendar"), calendar=effect.payload["calendar"] or None)
