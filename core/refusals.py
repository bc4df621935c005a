"""A DomainError that no view caught becomes a page with its sentence."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError

_TEMPLATES = {403: "403.html", 404: "404.html", 409: "409.html"}


class RefusalMiddleware:
    """Render refusals with their status; everything unanticipated goes on as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a refusal, None for any other exception."""
        if not isinstance(error, DomainError):
            return None
        template = _TEMPLATES.get(error.status, "400.html")
        return render(
            request, template, {"refusal": error, "exception": str(error.message)}, status=error.status
        )
