"""Mail through a real SMTP server: one message id for all attempts, and an honest word on what may have been sent."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from core import mail, outbox
from core.models import Effect
from core.outbox import TryLater
from core.tests.mailbox import Mailbox, free_port

pytestmark = pytest.mark.django_db


class Moody(Mailbox):
    """Answers with `mood` instead of taking the mail."""

    mood = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the mail, and say what the test wants."""
        await super().handle_DATA(server, session, envelope)
        return self.mood


def _use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


@pytest.fixture
def box(settings: Any) -> Iterator[Moody]:
    server = Moody()
    _use(settings, server.port)
    yield server
    server.close()


@pytest.fixture
def effect() -> Effect:
    with transaction.atomic():
        return outbox.publish("test.mail", "1", {})


def _send(effect: Effect) -> None:
    mail.send(effect, "Subject\r\nBcc: all@example.test", "Text 文字", to=["a@example.test"])


def test_the_message_id_is_the_effects(box: Moody, effect: Effect) -> None:
    _send(effect)
    _send(effect)
    assert box.seen == {str(effect.message_id): 2}


def test_a_server_that_asks_to_wait_is_tried_later(box: Moody, effect: Effect) -> None:
    box.mood = "451 later"
    with pytest.raises(TryLater) as caught:
        _send(effect)
    assert not caught.value.perhaps_sent


def test_a_server_that_refuses_is_a_failure(box: Moody, effect: Effect) -> None:
    box.mood = "554 no"
    with pytest.raises(smtplib.SMTPDataError):
        _send(effect)


def test_a_server_that_is_away_is_tried_later(settings: Any, effect: Effect) -> None:
    _use(settings, free_port())
    with pytest.raises(TryLater) as caught:
        _send(effect)
    assert not caught.value.perhaps_sent
