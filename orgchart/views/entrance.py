"""What can be reached without being signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any

from allauth.mfa.models import Authenticator
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from orgchart import login, sessions
from orgchart.models import Person
from orgchart.second_factor import spend_code


@login_not_required
@require_safe
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Says whom to ask; it is the same for everybody and tells nothing about accounts."""
    return render(request, "account/forgotten.html", {"page_title": _("Password forgotten or device lost")})


def _minutes_left(request: HttpRequest, credentials: Mapping[str, Any] | None) -> int:
    """Whole minutes until the next attempt is allowed."""
    cool_off: timedelta = get_cool_off(request) or timedelta()
    last = (
        AccessAttempt.objects.filter(
            username=get_client_username(request, dict(credentials or {})),
            ip_address=login.client_ip(request),
        )
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    left = (last + cool_off - timezone.now()) if last else cool_off
    return max(1, ceil(left.total_seconds() / 60))


def locked_out(request: HttpRequest, response: Any, credentials: Mapping[str, Any] | None) -> HttpResponse:
    """The answer while log-in name and address together are locked; the same for unknown names."""
    context: dict[str, Any] = {
        "page_title": _("Too many failed attempts"),
        "minutes": _minutes_left(request, credentials),
        "limit": settings.AXES_FAILURE_LIMIT,
    }
    if request.path_info == reverse("orgchart:session_renew"):
        known = login.last_person(request)
        context["form"] = login.RenewForm(known=known, with_code=_has_app(known))
    template = "account/locked_fragment.html" if sessions.wants_no_page(request) else "account/locked.html"
    return render(request, template, context, status=429)


def _has_app(person: Person | None) -> bool:
    return (
        person is not None
        and Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists()
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def session_renew(request: HttpRequest) -> HttpResponse:
    """Log-in over an open page after the session has ended, so that nothing typed is lost.

    GET: the form as a fragment, or 204 while the session is alive.
    POST: 200 with a fresh CSRF token, 422 with the form.
    """
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponse(status=204)
    known = login.last_person(request)
    form = login.RenewForm(request.POST or None, known=known, with_code=_has_app(known))
    if form.is_valid() and (person := _authenticate(request, form)) is not None:
        auth.login(request, person)
        answer = {"csrf": get_token(request), **({} if person == known else {"other": True})}
        return JsonResponse(answer)
    status = 422 if request.method == "POST" else 200
    return render(request, "account/renew.html", {"form": form, "known": known}, status=status)


def _authenticate(request: HttpRequest, form: login.RenewForm) -> Person | None:
    """The person when password and, where one is set up, the code are right; else None and a form error."""
    person = auth.authenticate(
        request, username=form.cleaned_data["username"], password=form.cleaned_data["password"]
    )
    if not isinstance(person, Person):
        form.add_error(None, _("Log-in name or password is not right."))
        return None
    if not _has_app(person):
        return person
    code = form.cleaned_data.get("code", "")
    if not code:
        form.add_error(None, _("Sign in on the log-in page, because a code is needed too."))
        return None
    try:
        spend_code(person, code)
    except ValidationError as error:
        form.add_error("code", error)
        return None
    return person
