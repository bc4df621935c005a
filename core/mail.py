"""Sending one e-mail for one effect, under a Message-ID that stays the same over retries."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from core.models import Effect
from core.outbox.registry import TryLater

_AWAY = (OSError, smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPServerDisconnected)


def message_id(effect: Effect) -> str:
    """The Message-ID header of an effect: its own id at the sender's domain."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{effect.message_id}@{domain}>"


def send(effect: Effect, subject: str, body: str, to: Sequence[str]) -> None:
    """Send a plain-text mail. Raises TryLater when the server is away or asks to wait (4xx); else SMTP's error.

    A line that breaks while the mail is under way leaves open whether it was taken; TryLater then says so.
    """
    with _opened() as connection:
        headers = {"Message-ID": message_id(effect), "Auto-Submitted": "auto-generated"}
        mail = EmailMessage(_one_line(subject), body, None, list(to), connection=connection, headers=headers)
        try:
            mail.send()
        except smtplib.SMTPResponseException as error:
            if not 400 <= error.smtp_code < 500:
                raise
            raise TryLater(f"the mail server says {error.smtp_code}") from error
        except _AWAY as error:
            raise TryLater(f"{type(error).__name__} from the mail server", perhaps_sent=True) from error


@contextmanager
def _opened() -> Iterator[Any]:
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        raise
    except (*_AWAY, smtplib.SMTPResponseException) as error:
        raise TryLater(f"{type(error).__name__} from the mail server") from error
    try:
        yield connection
    finally:
        connection.close()


def _one_line(text: str) -> str:
    return " ".join(text.split())
