"""A canary among the phone numbers: put in by every door, it must be found in the tables of customers and nowhere else.

Not in log lines (those of requests and of the web server too), addresses, Redis, error mails, the audit trail, the
outbox, sessions or bells. Searches may keep it in their own table on the server, where it is deleted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import pre_save
from django.test import Client, RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import ExceptionReporter
from gunicorn.config import Config
from gunicorn.glogging import Logger as AccessLogger

from core import audit
from core.imports.running import run_check, run_load
from core.logs import ACCESS_FORMAT, JsonLines, configuration
from core.models import AuditEvent, Effect, IdempotencyKey, ImportFile, Notification, StoredSearch
from customers.models import Customer, CustomerPhone, PrivacyRequest
from orgchart.models import Person
from tickets.models import Case
from tickets.tests import factories
from tickets.tests.world import World

pytestmark = pytest.mark.django_db
CANARY = "13666006660"
WRITTEN = ("13666006660", "136 6600 6660", "+86 136-6600-6660")
NAME = "金丝雀甲"
_DIGITS = re.compile(r"1\D?3\D?6\D?6\D?6\D?0\D?0\D?6\D?6\D?6\D?0")


class Lines(logging.Handler):
    """Every record of every logger, at DEBUG: as it is written, and as it was handed over."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines("%(levelname)s %(name)s %(message)s", json_ensure_ascii=False))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep both."""
        self.lines += [self.format(record), record.getMessage(), str(record.exc_info or "")]


@contextmanager
def listening() -> Iterator[Lines]:
    """Listen at the root, with the loggers turned up as far as an installation can (LOG_LEVEL=DEBUG)."""
    lines, root = Lines(), logging.getLogger()
    wanted = {"": "DEBUG"} | {
        name: given["level"] for name, given in configuration("DEBUG")["loggers"].items()
    }
    known = {name: logging.getLogger(name) for name in wanted}
    levels = [(item, item.level) for item in known.values()]
    root.addHandler(lines)
    for name, item in known.items():
        item.setLevel(wanted[name])
    try:
        yield lines
    finally:
        root.removeHandler(lines)
        for item, level in levels:
            item.setLevel(level)


class Street:
    """A browser whose every address and answer's header is remembered, as a proxy and the web server see them."""

    def __init__(self, person: Person) -> None:
        self.client = Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
        self.client.force_login(person)
        self.seen: list[str] = []

    def post(self, path: str, data: Any, **options: Any) -> Any:
        """Send and follow where it leads."""
        answer = self._kept(self.client.post(path, data, **options))
        if answer.status_code == 302:
            self.get(answer["Location"])
        return answer

    def get(self, path: str) -> Any:
        """Open an address."""
        return self._kept(self.client.get(path))

    def _kept(self, answer: Any) -> Any:
        self.seen += [answer.wsgi_request.get_full_path(), str(dict(answer.headers)), access_line(answer)]
        return answer


def access_line(answer: Any) -> str:
    """The line that gunicorn writes about this answer, by our own format."""
    environ = answer.wsgi_request.environ
    sent = SimpleNamespace(status=f"{answer.status_code} OK", sent=1, headers=list(answer.headers.items()))
    asked = SimpleNamespace(
        headers=[(key, str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    )
    config = Config()
    config.set("access_log_format", ACCESS_FORMAT)
    environ = {"RAW_URI": answer.wsgi_request.get_full_path(), "SERVER_PROTOCOL": "HTTP/1.1", **environ}
    logger = AccessLogger(config)
    atoms = logger.atoms_wrapper_class(logger.atoms(sent, asked, environ, timedelta(milliseconds=3)))
    return str(ACCESS_FORMAT % atoms)


@pytest.fixture
def street(office: World, settings: Any, tmp_path: Any) -> Street:
    settings.MFA_REQUIRED = False
    settings.IMPORT_DIR, settings.EXPORT_DIR = tmp_path / "in", tmp_path / "out"
    factories.model()
    factories.fault()
    office.person("lead", "info_lead", "A-INFO")
    return Street(office.people["agent"])


@pytest.fixture
def office(db: None) -> World:
    return factories.office()


def typed(**values: Any) -> dict[str, Any]:
    """The inputs of the call page."""
    given = {"key": "k-1", "customer_name": NAME, "kind": "inquiry", "description": "充电后不开机"}
    return {**given, "next_step": "pass_on", "priority": "3", "channel": "phone", **values}


def by_page(street: Street) -> None:
    """Looking up, logging, finding, the warning while typing; refused and accepted."""
    call = typed(phone=WRITTEN[1])
    street.post("/calls/lookup/", call)
    street.post("/calls/lookup/", call, headers={"HX-Request": "true"})
    assert street.post("/calls/new/", {**call, "description": ""}).status_code == 422
    assert street.post("/calls/new/", call).status_code == 302
    for written in WRITTEN:
        street.post("/search/", {"q": written})
        street.post("/customers/", {"q": written})
        street.post("/customers/similar/", {"name": NAME, "phone": written})


def by_api(street: Street) -> None:
    """A case over the API, well-formed and not."""
    given = {"kind": "inquiry", "description": "如何设置", "phone": WRITTEN[2], "customer_name": NAME}
    options: dict[str, Any] = {"content_type": "application/json", "headers": {"Idempotency-Key": "canary-1"}}
    assert street.post("/api/v1/cases/", given, **options).status_code == 201
    assert street.post("/api/v1/cases/", {**given, "kind": "no"}, **options).status_code >= 400
    street.post("/api/v1/cases/", f'{{"phone": "{CANARY}", ', **options)


def by_import(street: Street, lead: Person) -> None:
    """A file of customers with the number in a good row and in a bad one."""
    door = Street(lead)
    text = f"姓名,电话\r\n金丝雀乙,{CANARY}\r\n金丝雀丙,{CANARY}0\r\n".encode()
    file = SimpleUploadedFile("customers.csv", text, content_type="text/csv")
    door.post("/imports/", {"kind": "customers", "file": file})
    for row in ImportFile.objects.all():
        mapping = {f"column-{place}": field for field, place in row.mapping.items()}
        door.post(f"/imports/{row.pk}/columns/", mapping)
        run_check(row.pk)
        door.get(f"/imports/{row.pk}/")
        door.post(f"/imports/{row.pk}/load/", {"mode": "good_only"})
        run_load(row.pk)
        door.get(f"/imports/{row.pk}/")
    street.seen += door.seen


def by_file(street: Street, manager: Person) -> None:
    """The customer's own pages: file, reveal, request, erasure's preview, as far as they are there."""
    door = Street(manager)
    for phone in CustomerPhone.objects.filter(number=CANARY):
        address = f"/customers/{phone.customer_id}/"
        door.get(address)
        door.post(f"{address}reveal/phone-{phone.pk}/", {"reason": "客户要求核对"})
        request = {"kind": "erasure", "identity_checked": f"call {CANARY}", "text": f"please erase {CANARY}"}
        door.post(f"{address}requests/new/", request)
        door.get("/privacy/")
    street.seen += door.seen


def found_in(texts: list[str]) -> list[str]:
    """Those that hold the number, however it is grouped."""
    return [text[:400] for text in texts if _DIGITS.search(text)]


def redis_texts() -> list[str]:
    """Names and values of everything in Redis."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    read = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": lambda key: client.xrange(key),
    }
    return [f"{key!r} {read[client.type(key)](key)!r}" for key in client.scan_iter(count=1000)]


def table_texts(*models: Any) -> list[str]:
    """All rows of tables in which it must not stand."""
    return [str(row) for model in models for row in model.objects.values()]


def test_the_canary_is_seen_in_the_customers_tables_alone(street: Street, office: World) -> None:
    with listening() as heard:
        by_page(street)
        by_api(street)
        by_import(street, office.people["lead"])
        by_file(street, office.people["manager"])
    assert CustomerPhone.objects.filter(number=CANARY).exists()
    assert found_in(table_texts(StoredSearch))
    assert ImportFile.objects.get().state == "loaded"
    assert PrivacyRequest.objects.exists()
    assert heard.lines
    assert len(street.seen) > 40
    assert found_in(heard.lines) == []
    assert found_in(street.seen) == []
    assert found_in(redis_texts()) == []
    assert found_in(table_texts(AuditEvent, Effect, Notification, IdempotencyKey)) == []
    assert found_in(session_texts()) == []
    assert audit.verify_chain().ok


def session_texts() -> list[str]:
    """What the sessions hold, decoded."""
    return [str(row.get_decoded()) for row in Session.objects.all()]


def test_an_error_mail_does_not_hold_it(street: Street, settings: Any) -> None:
    settings.ADMINS = [("Operator", "operator@example.com")]

    def broken_disk(**_unused: Any) -> None:
        raise OSError("no space left")

    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    pre_save.connect(broken_disk, sender=Customer)
    given = {"kind": "inquiry", "description": "不开机", "phone": CANARY, "customer_name": NAME}
    try:
        with listening() as heard:
            assert street.post("/calls/new/", typed(phone=CANARY, key="k-9")).status_code == 500
            answer = street.post(
                "/api/v1/cases/",
                given,
                content_type="application/json",
                headers={"Idempotency-Key": "canary-2"},
            )
            assert answer.status_code == 500
    finally:
        pre_save.disconnect(broken_disk, sender=Customer)
        logger.removeHandler(handler)
    assert len(mail.outbox) == 2
    letters = [str((letter.subject, letter.body, letter.alternatives)) for letter in mail.outbox]  # type: ignore[attr-defined]
    assert found_in(letters) == []
    assert not [text for text in letters if NAME in text]
    assert any("no space left" in line for line in heard.lines)
    assert found_in(heard.lines) == []
    assert found_in(street.seen) == []
    assert not Case.objects.filter(customer__name=NAME).exists()


def test_a_report_made_by_hand_does_not_hold_it() -> None:
    request = RequestFactory().post("/calls/new/", {"phone": CANARY})
    try:
        number = CANARY
        raise RuntimeError(len(number))
    except RuntimeError as error:
        report = ExceptionReporter(request, type(error), error, error.__traceback__)
        texts = [report.get_traceback_text(), report.get_traceback_html()]
    source = "".join(texts).replace(f'CANARY = "{CANARY}"', "")
    assert CANARY not in source
