"""Around every request: its id, and how long its answer took."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import metrics, requestid

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give each request one id, ours or the caller's when it is well-formed, and send it back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with requestid.bound(requestid.accept(request.headers.get(requestid.HEADER))) as given:
            request.request_id = given  # type: ignore[attr-defined]
            response = self.get_response(request)
            response[requestid.HEADER] = given
            return response


class MetricsMiddleware:
    """Count the answer by route, and note who asked for the log lines of this request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        metrics.observe(request, response.status_code, time.perf_counter() - started)
        return response

    def process_view(self, request: HttpRequest, *_unused: object) -> None:
        """The session is known by now, the person's row is not fetched for a log line."""
        session = getattr(request, "session", None)
        if session is not None and session.accessed:
            requestid.set_actor(f"person:{session.get('_auth_user_id', '')}".removesuffix("person:"))
