"""Refusals. Every anticipated "no" is a DomainError; page, API, import and task all show the same sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


class DomainError(Exception):
    """An anticipated refusal.

    `code` is stable and machine-readable, `message` a translated sentence that says what to do,
    `field` the input it belongs to (None: the whole request), `status` the HTTP status for both page and API.
    """

    status = 422

    def __init__(
        self, code: str, message: Text, *, field: str | None = None, context: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.context = dict(context or {})

    def as_json(self) -> dict[str, Any]:
        """The API's body for this refusal: {"code", "message", "fields"}."""
        text = str(self.message)
        return {"code": self.code, "message": text, "fields": {self.field: [text]} if self.field else {}}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Invalid(DomainError):
    """What was given cannot be used; the field says which part."""


class Refused(DomainError):
    """The person sees the object but may not do this to it."""

    status = 403


class NotVisible(DomainError):
    """The object does not exist for this person; same answer as for one that does not exist at all."""

    status = 404


class Conflict(DomainError):
    """The object is in a state in which this cannot be done (any more)."""

    status = 409


class StaleVersion(Conflict):
    """Somebody changed the object since the person read it; `context["current"]` holds what is there now."""
