"""What an account has to do before anything else: change a password, set up a required second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgchart import sessions
from orgchart.models import Person
from orgchart.passwords import is_too_old
from orgchart.policies import needs_second_factor

PASSWORD = "password"  # noqa: S105
SECOND_FACTOR = "second_factor"
SENTENCE = {
    PASSWORD: _("Log in to the pages and choose your own password first."),
    SECOND_FACTOR: _("Log in to the pages and set up the second factor first."),
}
PAGE = {PASSWORD: "account_change_password", SECOND_FACTOR: "mfa_activate_totp"}


def has_second_factor(person: Person) -> bool:
    """Whether an authenticator app is set up. One statement."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists())


def _second_factor_missing(request: HttpRequest, person: Person) -> bool:
    if not settings.MFA_REQUIRED or request.session.get(sessions.SECOND_FACTOR_SEEN):
        return False
    if not needs_second_factor(person):
        return False
    if has_second_factor(person):
        request.session[sessions.SECOND_FACTOR_SEEN] = True
        return False
    return True


def open_duty(request: HttpRequest) -> str | None:
    """The duty that comes first for the signed-in person, None when there is none."""
    person = request.user
    assert isinstance(person, Person)
    if person.must_change_password or is_too_old(person):
        return PASSWORD
    return SECOND_FACTOR if _second_factor_missing(request, person) else None
