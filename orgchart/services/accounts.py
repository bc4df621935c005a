"""What is done to an account: passwords, second factor, sessions, language."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused
from orgchart.authority import decision
from orgchart.enums import Power
from orgchart.models import Person
from orgchart.passwords import one_time_password
from orgchart.policies import APPOINT, granted_in_place_of, may
from orgchart.scope import scope_of


def require(actor: Actor, action: str, person: Person) -> Actor:
    """The actor as the trail records it. The system may; a person needs the policy, a deputy acts for the holder.

    Refuses with "may_not_manage_account".
    """
    if actor.person is not None and not may(actor.person, action, person):
        raise Refused(
            "may_not_manage_account",
            _("Only a superior of this person or a technical administrator may do that."),
        )
    return actor.in_place_of(_holder(actor.person, person))


def _holder(actor: Person | None, person: Person) -> Person | None:
    """In whose place a deputy administers `person`, or enters staff; None for everybody else."""
    if actor is None or not scope_of(actor).is_deputy:
        return None
    answer = decision(actor, Power.ADMINISTER, person)
    if answer.allowed:
        return Person.objects.get(pk=answer.acting_for) if answer.acting_for else None
    return granted_in_place_of(actor, APPOINT, person)


def _lock(person: Person) -> Person:
    locked: Person = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    return locked


def drop_sessions(person: Person) -> None:
    """Delete the listed sessions."""
    rows = UserSession.objects.filter(user_id=person.pk)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()


@transaction.atomic
def reset_password(*, actor: Actor, person: Person) -> str:
    """Give a one-time password, which is returned here and nowhere else, and end all sessions.

    A second factor stays in force. Refuses with "may_not_manage_account" or "account_closed".
    """
    actor = require(actor, "reset_password", person)
    locked = _lock(person)
    given = one_time_password()
    locked.set_password(given)
    locked.must_change_password = True
    locked.password_changed_at = locked.sessions_valid_from = timezone.now()
    locked.save(
        update_fields=["password", "must_change_password", "password_changed_at", "sessions_valid_from"]
    )
    drop_sessions(locked)
    record(actor=actor, action="account.password_reset", subject=locked, subject_label=locked.username)
    return given


@transaction.atomic
def reset_second_factor(*, actor: Actor, person: Person) -> None:
    """Remove authenticator app and recovery codes after a lost device, and end all sessions.

    Where a second factor is required, the next log-in leads to setting up a new one.
    """
    actor = require(actor, "reset_second_factor", person)
    locked = _lock(person)
    removed, _rows = Authenticator.objects.filter(user_id=locked.pk).delete()
    _invalidate_sessions(locked)
    record(
        actor=actor, action="account.second_factor_reset", subject=locked, subject_label=locked.username,
        changes={"authenticators": [removed, 0]},
    )  # fmt: skip


def _invalidate_sessions(person: Person) -> None:
    person.sessions_valid_from = timezone.now()
    person.save(update_fields=["sessions_valid_from"])
    drop_sessions(person)


@transaction.atomic
def end_sessions(*, actor: Actor, person: Person) -> None:
    """End every session of `person` at once, also those that are not listed."""
    actor = require(actor, "end_sessions", person)
    locked = _lock(person)
    _invalidate_sessions(locked)
    record(actor=actor, action="account.sessions_ended", subject=locked, subject_label=locked.username)


@transaction.atomic
def change_own_password(*, actor: Actor, person: Person, new: str) -> None:
    """Set the password that the person chose and end all sessions. The form has checked old and new password.

    The page begins a new session for the person who typed it. Refuses with "same_password".
    """
    if person.check_password(new):
        raise Invalid(
            "same_password", _("Choose a password that differs from the present one."), field="new_password1"
        )
    person.set_password(new)
    person.must_change_password = False
    person.password_changed_at = timezone.now()
    person.save(update_fields=["password", "must_change_password", "password_changed_at"])
    drop_sessions(person)
    record(actor=actor, action="account.password_changed", subject=person, subject_label=person.username)


def set_language(*, person: Person, language: str) -> None:
    """Remember the language of the pages. Refuses with "unknown_language"."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid("unknown_language", _("This language is not offered."), field="language")
    person.language = language
    person.save(update_fields=["language"])
