"""What the outbox does for the case desk."""

from __future__ import annotations

from core import mail, outbox
from core.models import Effect
from tickets.models import Notice


@outbox.handler("tickets.notice", external=True)
def send_notice(effect: Effect) -> None:
    """Send a notice to the customer by e-mail; the message id is the effect's, the same at every retry."""
    notice = Notice.objects.get(pk=effect.payload["notice"])
    mail.send(effect, notice.subject, notice.body, to=[notice.address])
