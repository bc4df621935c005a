"""Rules for passwords by OWASP ASVS 6.2: length and refused words instead of composition and rotation."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from orgchart.models import Person

# Without look-alikes such as 0/O and 1/l: a one-time password is read out on the phone.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_DAYS = 7
MAX_LENGTH = 128


class ContextWordsValidator:
    """Refuses passwords that are built around the company, the brand, this service or the person."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when too few characters are left without the known words."""
        rest = password.lower()
        for word in self._words(user):
            rest = rest.replace(word, "")
        if rest != password.lower() and len(rest) < settings.PASSWORD_MIN_LENGTH:
            raise ValidationError(
                _("Do not build the password from the company, the service or your own name."),
                code="password_context",
            )

    def get_help_text(self) -> str:
        """One line for the form."""
        return _("Not built from the company, the service or your own name.")

    def _words(self, user: Any) -> list[str]:
        own = [getattr(user, name, "") or "" for name in ("username", "name", "employee_no")]
        words = {word.lower() for word in (*settings.PASSWORD_CONTEXT_WORDS, *own) if len(word) >= 2}
        return sorted(words, key=len, reverse=True)


class LengthValidator:
    """At least PASSWORD_MIN_LENGTH characters; long sentences are welcome up to 128."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError outside the limits."""
        if len(password) < settings.PASSWORD_MIN_LENGTH:
            text = _("Use at least %(low)d characters.") % {"low": settings.PASSWORD_MIN_LENGTH}
            raise ValidationError(text, code="password_too_short")
        if len(password) > MAX_LENGTH:
            text = _("Use at most %(high)d characters.") % {"high": MAX_LENGTH}
            raise ValidationError(text, code="password_too_long")

    def get_help_text(self) -> str:
        """One line for the form."""
        return _("At least %(low)d characters; a short sentence is good.") % {
            "low": settings.PASSWORD_MIN_LENGTH
        }


class CompositionValidator:
    """Three of four kinds of characters, only where PASSWORD_COMPLEXITY is on (see docs/decisions)."""

    KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the setting is on and fewer than three kinds are there."""
        if settings.PASSWORD_COMPLEXITY and sum(bool(re.search(kind, password)) for kind in self.KINDS) < 3:
            raise ValidationError(
                _("Use three of these: small letters, capitals, digits, other characters."),
                code="password_too_simple",
            )

    def get_help_text(self) -> str:
        """One line for the form, empty when the rule is off."""
        return (
            _("Three of: small letters, capitals, digits, other characters.")
            if settings.PASSWORD_COMPLEXITY
            else ""
        )


def one_time_password() -> str:
    """Three groups of four, about 59 bits; valid for a week and for one log-in."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def one_time_is_stale(person: Person) -> bool:
    """Whether a given password was not used in time."""
    given = person.password_changed_at
    return (
        person.must_change_password
        and given is not None
        and timezone.now() - given > timedelta(days=ONE_TIME_DAYS)
    )


def is_too_old(person: Person) -> bool:
    """Whether rotation is on (PASSWORD_MAX_AGE_DAYS) and the password is older."""
    limit, given = settings.PASSWORD_MAX_AGE_DAYS, person.password_changed_at
    return bool(limit) and given is not None and timezone.now() - given > timedelta(days=limit)
