"""Log lines: one line each, one id through everything, nothing personal."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core import outbox, requestid
from core.logs import JsonLines, configuration, mask
from core.middleware import RequestIdMiddleware
from core.outbox import registry

FORMATTER = JsonLines("%(levelname)s %(name)s %(message)s", json_ensure_ascii=False)


def _line(message: str, *args: Any, **extra: Any) -> str:
    record = logging.getLogger("test").makeRecord(
        "test", logging.INFO, "f", 1, message, args, None, extra=extra
    )
    return FORMATTER.format(record)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("+86 138 1234 5678", "+86 138****5678"),
        ("8613812345678", "86138****5678"),
        ("IMEI 356938035643809", "IMEI 3569*******3809"),
        ("010-62345678", "010-****5678"),
        ("to li.ming@example.cn", "to l***@example.cn"),
        ("case 202611240019", "case 202611240019"),
        ("took 0.0582165409996378 s", "took 0.0582165409996378 s"),
        ("2026-11-24T08:00:30", "2026-11-24T08:00:30"),
    ],
)
def test_personal_numbers_are_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize("payload", ["a\r\nb", "a\x1b[31mb", "a\u2028b", "a\x85b", "a\x9b31mb", "a\u202eb"])
def test_control_codes_stay_on_one_line(payload: str) -> None:
    line = _line("given: %s", payload, given=payload)
    assert len(line.splitlines()) == 1
    assert not any(ord(letter) < 0x20 or letter in "\x9b\x85\u2028\u202e" for letter in line)
    assert json.loads(line)["given"] == payload


def test_extra_values_are_masked_too() -> None:
    line = _line("x", phone="13812345678", numbers=[13812345678], nested={"imei": "356938035643809"})
    assert "1234" not in line.replace("138****5678", "")
    assert json.loads(line)["nested"] == {"imei": "3569*******3809"}


def test_the_request_object_is_not_written() -> None:
    assert "request" not in json.loads(_line("x", request=HttpRequest()))


def test_a_traceback_is_one_line_and_masked() -> None:
    try:
        raise ValueError("13812345678\nsecond")
    except ValueError as error:
        record = logging.getLogger("test").makeRecord(
            "test", logging.ERROR, "f", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    line = FORMATTER.format(record)
    assert len(line.splitlines()) == 1
    assert "13812345678" not in line


def test_context_stands_in_every_line() -> None:
    with requestid.bound("request-0001", actor="person:7"):
        fields = json.loads(_line("x"))
    assert (fields["request_id"], fields["actor"], fields["time"][-6:]) == (
        "request-0001",
        "person:7",
        "+00:00",
    )


def test_configuration_is_valid() -> None:
    import logging.config

    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        logging.config.dictConfig(configuration())
    finally:
        root.handlers[:], root.level = before[0], before[1]


def _through(header: str | None) -> tuple[str, str]:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(requestid.current())
        return HttpResponse()

    headers = {"X-Request-ID": header} if header is not None else {}
    response = RequestIdMiddleware(view)(RequestFactory().get("/", headers=headers))
    return seen[0], response["X-Request-ID"]


def test_a_good_id_is_taken_over() -> None:
    assert _through("abcdef-12345_X") == ("abcdef-12345_X", "abcdef-12345_X")


@pytest.mark.parametrize(
    "header", [None, "", "short", "x" * 65, "with space here", "inject\r\nSet-Cookie", "号码12345678"]
)
def test_a_bad_id_is_replaced(header: str | None) -> None:
    inside, outside = _through(header)
    assert inside == outside != header
    assert len(inside) == 32


def test_no_id_is_left_behind() -> None:
    _through("abcdef-12345")
    assert requestid.current() == ""


@pytest.mark.django_db(transaction=True)
def test_one_id_from_page_through_outbox_to_task(caplog: Any) -> None:
    """The id of the request stands in the effect's row, in the broker's message and in the task's log line."""
    from core import operations
    from core.tasks import deliver_effect

    registry.unregister("test.id")
    outbox.handler("test.id")(lambda effect: logging.getLogger("test").info("delivering"))
    try:
        client = operations._client()
        client.delete("default")
        with requestid.bound("page-request-1"), transaction.atomic():
            effect = outbox.publish("test.id", "1", {})
        message = json.loads(client.lpop("default"))
        assert effect.request_id == message["headers"]["request_id"] == "page-request-1"
        seen: list[str] = []
        caplog.handler.addFilter(lambda record: seen.append(requestid.current()) or True)
        with caplog.at_level(logging.INFO):
            deliver_effect.apply((effect.pk,), headers={"request_id": message["headers"]["request_id"]})
        assert set(seen) == {"page-request-1"}
        assert requestid.current() == ""
    finally:
        registry.unregister("test.id")
