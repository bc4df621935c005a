"""One's own account: password, sessions, language."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.actors import person_actor
from core.errors import DomainError
from orgchart import duties, queries, services
from orgchart.descriptions.queries import to_sign
from orgchart.forms import PasswordForm
from orgchart.models import Person
from orgchart.policies import needs_second_factor
from orgchart.views.entrance import locked_out


def signed_in(request: HttpRequest) -> Person:
    """The person of this request; views behind the log-in only."""
    assert isinstance(request.user, Person)
    return request.user


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """My account: posts, superior, password, second factor, sessions, language."""
    person = signed_in(request)
    context = {
        "page_title": _("My account"),
        "page": queries.person_page(person, person),
        "superiors": queries.superiors_of(person),
        "to_sign": to_sign(person),
        "second_factor_required": settings.MFA_REQUIRED and needs_second_factor(person),
        "languages": settings.LANGUAGES,
    }
    return render(request, "orgchart/profile.html", context)


@require_http_methods(["GET", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; one or all other sessions can be ended."""
    person = signed_in(request)
    if request.method == "POST":
        _end_own(request, person)
        messages.success(request, _("Signed out there."))
        return redirect("orgchart:sessions")
    rows = queries.sessions_of(person)
    context = {"page_title": _("My sessions"), "rows": rows, "current": request.session.session_key}
    return render(request, "orgchart/sessions.html", context)


def _end_own(request: HttpRequest, person: Person) -> None:
    """End the session with the posted id, or all but the present one."""
    rows = UserSession.objects.filter(user_id=person.pk).exclude(session_key=request.session.session_key)
    wanted = request.POST.get("session", "")
    if wanted.isdigit():
        rows = rows.filter(pk=int(wanted[:18]))
    for row in rows:
        row.end()


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose a new password; forced at the first log-in and after a reset. Guessing the present one is limited."""
    person = signed_in(request)
    if request.method == "POST" and not AxesProxyHandler.is_allowed(request, {"username": person.username}):
        return locked_out(request, None, {"username": person.username})
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid() and _save_password(request, person, form):
        messages.success(request, _("The password is changed. All other sessions have ended."))
        return redirect("orgchart:profile")
    if "old_password" in form.errors:
        user_login_failed.send(sender=__name__, credentials={"username": person.username}, request=request)
    context = {
        "page_title": _("Change password"),
        "form": form,
        "forced": duties.open_duty(request) == duties.PASSWORD,
    }
    return render(request, "account/password_change.html", context, status=422 if form.errors else 200)


def _save_password(request: HttpRequest, person: Person, form: PasswordForm) -> bool:
    try:
        services.change_own_password(
            actor=person_actor(person),
            person=person,
            new=form.cleaned_data["new_password1"],
        )
    except DomainError as error:
        form.add_error(error.field, str(error.message))
        return False
    update_session_auth_hash(request, person)
    UserSession.objects.create_from_request(request)
    return True


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language; kept with the person, or in a cookie before the log-in."""
    wanted, back = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = resolve_url(settings.LOGIN_REDIRECT_URL)
    response = HttpResponseRedirect(back)
    if not translation.check_for_language(wanted) or wanted not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, Person):
        services.set_language(person=request.user, language=wanted)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=365 * 86_400,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response
