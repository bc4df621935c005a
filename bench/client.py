"""A small HTTP client for loopback: one connection, cookies, log-in by form."""

from __future__ import annotations

import http.client
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.counting import ASK

_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Unexpected(Exception):
    """An answer that a measurement must not count."""


@dataclass
class Client:
    """A keep-alive connection with the cookies of one person."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    counting: bool = False

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request; the answer is read whole."""
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **(headers or {}),
        }
        if self.counting:
            sent[ASK] = "1"
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        self._keep_cookies(response)
        return response, content

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name.strip()] = rest.split(";", 1)[0]

    def form(self, path: str, **fields: Any) -> tuple[http.client.HTTPResponse, bytes]:
        """POST a form as a browser does."""
        values = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        return self.send(
            "POST", path, urlencode(values), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def post_json(self, path: str, **fields: Any) -> tuple[http.client.HTTPResponse, bytes]:
        """POST JSON as a client of the API does."""
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Idempotency-Key": secrets.token_hex(12),
        }
        return self.send("POST", path, json.dumps(fields), headers)

    def log_in(self, username: str, password: str) -> None:
        """Sign in by the page; raises Unexpected when that fails."""
        _, page = self.send("GET", "/accounts/login/")
        token = _CSRF.search(page)
        self.cookies.setdefault("csrftoken", token.group(1).decode() if token else "")
        response, _ = self.form("/accounts/login/", login=username, password=password)
        if response.status != 302 or "sessionid" not in self.cookies:
            raise Unexpected(f"{username} could not log in: {response.status}")
        self.send("GET", "/search/")


def expect(answer: tuple[http.client.HTTPResponse, bytes], *statuses: int) -> bytes:
    """The content of an answer with one of these statuses; raises Unexpected for any other."""
    response, content = answer
    if response.status not in statuses:
        text = re.sub(r"<[^>]+>|\s+", " ", content.decode(errors="replace"))[:600]
        raise Unexpected(f"{response.status} instead of {statuses}: {text}")
    return content
