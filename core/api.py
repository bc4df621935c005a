"""What every API operation shares: careful input, one shape of refusal, capped pages. JSON in, JSON out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from rest_framework import exceptions, serializers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from core.errors import DomainError, StaleVersion, Text

MAX_BODY = 256 * 1024
"""Bytes of a request body; the longest legitimate one is a few texts of 4,000 characters."""
MAX_DEPTH = 10
"""Levels of nesting in a body."""
DEFAULT_LIMIT, MAX_LIMIT = 25, 100
"""Rows on a page, unless asked for otherwise and at the most."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"[0-9]{1,4}", re.ASCII)


class BadRequest(DomainError):
    """A request that cannot be read: the client's program has to change, not what somebody typed."""

    status: int = status.HTTP_400_BAD_REQUEST

    def as_json(self) -> dict[str, Any]:
        """As every refusal; several fields and the names that are allowed, when the context has them."""
        return {
            **super().as_json(),
            **{name: self.context[name] for name in ("fields", "allowed") if name in self.context},
        }


class BodyTooLarge(BadRequest):
    """More bytes than MAX_BODY."""

    status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class PreconditionRequired(BadRequest):
    """A write without the version that it is based on."""

    status = status.HTTP_428_PRECONDITION_REQUIRED


class SessionLogin(SessionAuthentication):
    """Session and CSRF token as on the pages; an anonymous caller gets 401 and never a redirect."""

    def authenticate_header(self, request: Any) -> str:
        """The scheme named in the 401."""
        return "Session"


class SessionLoginScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """How the published schema names the log-in."""

    target_class = "core.api.SessionLogin"


class CarefulJSONParser(JSONParser):
    """JSON of at most MAX_BODY bytes and MAX_DEPTH levels, without text that a database cannot hold.

    Refuses NaN and infinities, a name given twice in one object, NUL and lone surrogates.
    """

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python data; raises BadRequest."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge("body_too_large", _("The request body is too large."))
        try:
            data = json.loads(
                body.decode("utf-8"),
                parse_constant=_refuse_constant,
                object_pairs_hook=_object_without_repeats,
            )
        except (ValueError, RecursionError) as error:
            raise BadRequest("malformed", _("The request body is not valid JSON.")) from error
        check_data(data)
        return data


class StrictSerializer(serializers.Serializer[Any]):
    """Input whose every name is known; a misspelt or forbidden field is an error and never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; raises ValidationError, also for names that are no writable field."""
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(_printable(name) for name in data if name not in known)
            if unknown:
                message = _("There is no such field.")
                raise serializers.ValidationError({name: [message] for name in unknown[:20]})
        return super().to_internal_value(data)


class RefusalOut(serializers.Serializer[Any]):
    """Every "no": a stable code, a sentence that says what to do, and the fields that it is about."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def check_data(data: Any) -> None:
    """Refuse parsed JSON that is too deep or holds text that a database cannot; works without recursion."""
    level = [data]
    for _depth in range(MAX_DEPTH + 1):
        following: list[Any] = []
        for value in level:
            following += _children(value)
        if not following:
            return
        level = following
    raise BadRequest("too_deep", _("The request body is nested too deeply."))


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        check_text(value)
    return ()


def check_text(value: str) -> None:
    """Refuse NUL and lone surrogates."""
    if _UNSTORABLE.search(value):
        raise BadRequest("bad_characters", _("The request holds characters that cannot be stored."))


def strict_parameters(query: QueryDict, allowed: Collection[str]) -> dict[str, str]:
    """The query string as name -> value; raises BadRequest naming unknown and repeated parameters."""
    unknown = sorted(name for name in query if name not in allowed)
    repeated = sorted(name for name in query if name in allowed and len(query.getlist(name)) > 1)
    if unknown or repeated:
        _refuse_parameters(unknown, repeated, allowed)
    found = {name: str(query.get(name, "")) for name in query}
    for value in found.values():
        check_text(value)
    return found


def _refuse_parameters(unknown: list[str], repeated: list[str], allowed: Collection[str]) -> NoReturn:
    fields = {_printable(name): [_("There is no such parameter.")] for name in unknown[:20]}
    fields |= {name: [_("Give this parameter once.")] for name in repeated[:20]}
    raise BadRequest(
        "bad_parameters",
        _("The query string has parameters that are not known or stand twice."),
        context={"fields": fields, "allowed": sorted(allowed)},
    )


def _printable(name: str) -> str:
    return _UNSTORABLE.sub("?", name)[:60]


def read_limit(parameters: Mapping[str, str]) -> int:
    """Rows asked for: 1..MAX_LIMIT, a larger number counts as MAX_LIMIT. Raises BadRequest for others."""
    text = parameters.get("limit", "") or str(DEFAULT_LIMIT)
    if text.isascii() and text.isdigit() and text.strip("0"):
        return min(int(text), MAX_LIMIT) if _DIGITS.fullmatch(text) else MAX_LIMIT
    raise BadRequest("bad_limit", _("The limit is a whole number from 1 to 100."), field="limit")


def page_links(
    request: HttpRequest, parameters: Mapping[str, str], next_: str | None, previous: str | None
) -> dict[str, Any]:
    """`next` and `previous` of a page as paths with the same parameters and an opaque cursor."""
    return {"next": _link(request, parameters, next_), "previous": _link(request, parameters, previous)}


def _link(request: HttpRequest, parameters: Mapping[str, str], cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = QueryDict(mutable=True)
    query.update({**parameters, "cursor": cursor})
    return f"{request.path}?{query.urlencode()}"


def refusal(code: str, message: Text, status_code: int, fields: Mapping[str, Any] | None = None) -> Response:
    """The one shape of a "no"."""
    return Response({"code": code, "message": str(message), "fields": dict(fields or {})}, status=status_code)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal as {"code", "message", "fields"}; None for what nobody anticipated.

    A stale version is 412, because the caller named it in If-Match; input that does not fit is 422.
    """
    if isinstance(error, DomainError):
        return domain_response(error)
    if isinstance(error, exceptions.ValidationError):
        return refusal("invalid", _("Some of the input cannot be used."), 422, flatten(error.detail))
    if isinstance(error, exceptions.APIException):
        return _framework_response(error)
    for kind, answer in _PLAIN.items():
        if isinstance(error, kind):
            code, message, status_code = answer()
            return refusal(code, message, status_code)
    return None


def domain_response(error: DomainError) -> Response:
    """A DomainError as the API shows it."""
    return Response(error.as_json(), status=412 if isinstance(error, StaleVersion) else error.status)


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested messages of a serializer as {"field" or "field.0.part": [sentence, …]}."""
    if isinstance(detail, dict):
        parts = [flatten(value, f"{path}.{name}" if path else str(name)) for name, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(value, dict | list) for value in detail):
        parts = [
            flatten(value, f"{path}.{index}" if path else str(index)) for index, value in enumerate(detail)
        ]
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {path or "non_field_errors": [str(text) for text in texts]}
    return {name: texts for part in parts for name, texts in part.items()}


def _framework_response(error: exceptions.APIException) -> Response:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    response = refusal(_CODES.get(code, code), str(error.detail), error.status_code)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


_CODES = {
    "parse_error": "malformed",
    "not_authenticated": "not_logged_in",
    "authentication_failed": "not_logged_in",
    "permission_denied": "forbidden",
    "unsupported_media_type": "json_only",
}
_PLAIN: dict[type[Exception], Callable[[], tuple[str, str, int]]] = {
    Http404: lambda: ("not_found", _("There is nothing at this address."), 404),
    PermissionDenied: lambda: ("forbidden", _("You may not do this."), 403),
    RequestDataTooBig: lambda: ("body_too_large", _("The request body is too large."), 413),
    SuspiciousOperation: lambda: ("malformed", _("The request cannot be read."), 400),
    MultiPartParserError: lambda: ("malformed", _("The request cannot be read."), 400),
}
