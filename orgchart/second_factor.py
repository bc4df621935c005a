"""The second factor: a code works once, failed codes count against the one limiter, secrets are encrypted."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

from orgchart.models import Person
from orgchart.policies import needs_second_factor


def _keys() -> MultiFernet:
    """Keys made from SECRET_KEY and, while it is being changed, from its predecessors."""

    def derive(secret: str | bytes) -> Fernet:
        key = HKDF(SHA256(), 32, salt=None, info=b"aftersales second factor").derive(force_bytes(secret))
        return Fernet(urlsafe_b64encode(key))

    return MultiFernet([derive(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypts secrets in the column and keeps a required second factor from being switched off."""

    def encrypt(self, text: str) -> str:
        """Ciphertext for the column."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Plain secret from the column."""
        return _keys().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not where it is required: then only a superior resets it."""
        return not (settings.MFA_REQUIRED and needs_second_factor(authenticator.user))

    def get_totp_label(self, user: Any) -> str:
        """What the authenticator app shows below the issuer."""
        return str(user.get_username())


def check_code(form: Any, person: Person, validate: Any) -> str:
    """Run `validate()` (allauth's check of `form`) so that a code works once even in parallel requests.

    Failed codes go to the same limiter as failed passwords, because six digits can be guessed.
    """
    request, credentials = context.request, {"username": person.username}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise forms.ValidationError(
            _("Too many failed attempts. Wait a quarter of an hour, then try again."), code="locked"
        )
    try:
        with transaction.atomic():
            list(Authenticator.objects.select_for_update().filter(user_id=person.pk))
            code: str = validate()
            _burn(form.authenticator)
            return code
    except forms.ValidationError:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        raise


def _burn(authenticator: Authenticator) -> None:
    """Remember the time step of an accepted app code; the same step is refused from then on (RFC 6238)."""
    if authenticator.type != Authenticator.Type.TOTP:
        return
    step = int(time.time()) // app_settings.TOTP_PERIOD
    if authenticator.data.get("last_step") == step:
        raise forms.ValidationError(_("This code was used already. Wait for the next one."), code="code_used")
    authenticator.data["last_step"] = step
    authenticator.save(update_fields=["data"])


def _label(form: forms.Form) -> None:
    field = form.fields["code"]
    field.label = _("Code")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(inputmode="numeric", autofocus=True)


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code, which proves that the app took the secret over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self)


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code at log-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self)

    def clean_code(self) -> str:
        return check_code(self, self.user, super().clean_code)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The code before a change of the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self)

    def clean_code(self) -> str:
        return check_code(self, self.user, super().clean_code)


def spend_code(person: Person, code: str) -> None:
    """Use a code outside the log-in page. Raises ValidationError when it is wrong, used up or locked."""
    form = CodeForm(data={"code": code}, user=person)
    if not form.is_valid():
        raise forms.ValidationError([error for errors in form.errors.as_data().values() for error in errors])
    form.save()
