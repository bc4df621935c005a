"""A real SMTP server for tests, which counts what it takes."""

from __future__ import annotations

import logging
import socket
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """An SMTP server that counts mails by their message id."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook: one mail has come in."""
        head = envelope.content.decode("utf-8", "replace").splitlines()
        line = next(line for line in head if line.lower().startswith("message-id:"))
        found = line.split(":", 1)[1].strip().strip("<>").partition("@")[0]
        self.seen[found] = self.seen.get(found, 0) + 1
        return "250 OK"

    @property
    def url(self) -> str:
        """EMAIL_URL for this server."""
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop()
