"""Log-in: by name and password, with allauth's stages for the second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgchart import sessions
from orgchart.backends import client_ip
from orgchart.models import Person

# Names the account that was signed in last on this browser: an ended session is renewed for the same person.
LAST_PERSON = "last_person"
_SALT = "orgchart.last_person"
_LAST_PERSON_DAYS = 7


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, one sentence for every failed log-in, and the address as our own proxies saw it."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Log-in name or password is not right."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the personnel group."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """See `backends.client_ip`."""
        return client_ip(request)


class LoginForm(BaseLoginForm):  # type: ignore[misc]
    """Log-in name and password; names are compared without regard to case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["login"], self.fields["password"]
        name.label, password.label = _("Log-in name"), _("Password")
        name.max_length = 150
        password.help_text = ""
        for field in (name, password):
            field.widget.attrs.pop("placeholder", None)
        name.widget.attrs.update(autocapitalize="none", spellcheck="false", autofocus=True)

    def clean_login(self) -> str:
        return str(super().clean_login()).lower()


class RenewForm(forms.Form):
    """Log-in over an open page. The name is fixed when the browser knows whose page it is."""

    username = forms.CharField(label=_("Log-in name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label=_("Code from the authenticator app"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, known: Person | None, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.fields["username"].initial = known.username
            self.fields["username"].disabled = True
        if not with_code:
            del self.fields["code"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


def last_person(request: HttpRequest) -> Person | None:
    """The account that was signed in last on this browser; None when unknown or forged."""
    try:
        pk = signing.loads(
            request.COOKIES.get(LAST_PERSON, ""), salt=_SALT, max_age=_LAST_PERSON_DAYS * 86_400
        )
    except signing.BadSignature:
        return None
    found: Person | None = Person.objects.filter(pk=pk, is_active=True).first()
    return found


def remember_person(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Set the cookie that `last_person` reads; it opens nothing by itself."""
    response.set_cookie(
        LAST_PERSON,
        signing.dumps(person.pk, salt=_SALT),
        max_age=_LAST_PERSON_DAYS * 86_400,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def begin_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Start the clocks of a new session and list it among the person's sessions."""
    sessions.begin(request.session)
    if request.META.get("REMOTE_ADDR"):
        UserSession.objects.create_from_request(request)


def connect() -> None:
    """Called once when the app is ready."""
    user_logged_in.connect(begin_session, dispatch_uid="orgchart.begin_session")


def note_activity(request: HttpRequest) -> None:
    """Write "last seen" of the listed session as seldom as the session itself."""
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
