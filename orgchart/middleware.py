"""Limits of a session and duties of an account, checked on every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from orgchart import duties, login, sessions
from orgchart.models import Person

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Reachable while a duty is open: whatever fulfils it, leaving, and the language.
DUTY_PAGES = {
    duties.PASSWORD: frozenset({"account_change_password"}),
    duties.SECOND_FACTOR: frozenset(
        {
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
            "account_reauthenticate",
            "mfa_reauthenticate",
        }
    ),
}
API = "/api/"
ALWAYS = frozenset({"account_logout", "set_language", "orgchart:session_renew"})


class SessionLimitMiddleware:
    """Ends a session at its idle or absolute limit, speaks the person's language, keeps caches away."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request)
        before = request.user if request.user.is_authenticated else None
        if before is not None:
            translation.activate(before.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        self._mark(request, response, before)
        return response

    def _check(self, request: HttpRequest) -> None:
        assert isinstance(request.user, Person)
        if sessions.is_over(request.session, request.user.sessions_valid_from):
            auth.logout(request)
        elif not sessions.in_background(request) and sessions.touch(request.session):
            login.note_activity(request)

    def _mark(self, request: HttpRequest, response: HttpResponseBase, before: Person | None) -> None:
        """Headers of pages that belong to somebody, and of log-in and log-out."""
        now = request.user if request.user.is_authenticated else None
        if before is not None or now is not None:
            patch_cache_control(response, private=True, no_store=True)
        if before is None and isinstance(now, Person):
            login.remember_person(request, response, now)
        if before is not None and now is None and request.path_info == reverse("account_logout"):
            response.delete_cookie(login.LAST_PERSON)
            response["Clear-Site-Data"] = '"cache", "storage"'


class StaffOnlyMiddleware(LoginRequiredMiddleware):
    """Log-in everywhere; a request of an open page gets 401, so that the page itself asks for the password."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """401 for a fragment, else the log-in page."""
        if sessions.wants_no_page(request):
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


class AccountDutiesMiddleware:
    """Sends a person who has to change the password or to set up a second factor there first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated or request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        duty = duties.open_duty(request)
        if duty is None or resolve(request.path_info).view_name in ALWAYS | DUTY_PAGES[duty]:
            return self.get_response(request)
        if request.path_info.startswith(API):
            return JsonResponse(
                {"code": duty, "message": str(duties.SENTENCE[duty]), "fields": {}}, status=403
            )
        return self._refuse(request, reverse(duties.PAGE[duty]))

    def _refuse(self, request: HttpRequest, url: str) -> HttpResponseBase:
        if sessions.wants_no_page(request):
            return HttpResponse(status=403, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
