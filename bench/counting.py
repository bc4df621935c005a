"""How many statements an answer took, and how long the database was at it, in headers."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASK = "X-Count-Statements"
STATEMENTS, SECONDS = "X-Statements", "X-Database-Seconds"


class StatementCountMiddleware:
    """Costs a look at one header unless the request asks to be counted.

    With BENCH_STATEMENTS naming a file, the statements of such a request are appended there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ASK not in request.headers:
            return self.get_response(request)
        seen: list[tuple[float, str]] = []

        def watch(
            execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
        ) -> Any:
            started = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                seen.append((time.perf_counter() - started, sql))

        with connection.execute_wrapper(watch):
            response = self.get_response(request)
        response[STATEMENTS] = str(len(seen))
        response[SECONDS] = f"{sum(seconds for seconds, _ in seen):.6f}"
        _keep(request, seen)
        return response


def _keep(request: HttpRequest, seen: list[tuple[float, str]]) -> None:
    if not (name := os.environ.get("BENCH_STATEMENTS")):
        return
    with open(name, "a", encoding="utf-8") as file:
        rows = [[round(seconds * 1000, 2), sql] for seconds, sql in seen]
        file.write(json.dumps({"path": f"{request.method} {request.path}", "statements": rows}) + "\n")
