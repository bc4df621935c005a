"""The trail: one statement, chained in the database, closed to the application's role."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core import audit, requestid
from core.actors import system_actor
from core.models import AuditEvent, WorkCalendar
from core.tests.threads import at_once

ACTOR = system_actor("test")


def write(count: int) -> list[AuditEvent]:
    return [audit.record(actor=ACTOR, action="test.done", changes={"n": [None, n]}) for n in range(count)]


@contextmanager
def guard_off() -> Iterator[None]:
    """What only the owner of the table can do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER core_audit_refuse")
        yield
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER core_audit_refuse")


def tamper(statement: str) -> None:
    with guard_off(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_event_costs_one_statement_and_knows_its_number(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = write(1)[0]
    with django_assert_num_queries(1):
        event = audit.record(actor=ACTOR, action="test.done")
    assert event.pk == first.pk + 1
    assert AuditEvent.objects.get(pk=event.pk).action == "test.done"


@pytest.mark.django_db
def test_what_is_written() -> None:
    subject = WorkCalendar.objects.create(code="one", name="One")
    with requestid.bound("request-1234"):
        pk = audit.record(
            actor=ACTOR, action="test.done", subject=subject, subject_label="x" * 200, reason="a\x00\ud800b"
        ).pk
    event = AuditEvent.objects.get(pk=pk)
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("system", None, "test")
    assert (event.subject_type, event.subject_id, event.subject_label) == (
        "core.workcalendar",
        subject.pk,
        "x" * 100,
    )
    assert (event.reason, event.request_id) == ("a\ufffd\ufffdb", "request-1234")


@pytest.mark.django_db
def test_a_number_given_by_hand_is_not_taken() -> None:
    last = write(1)[0].pk
    event = AuditEvent(
        id=10**9, at=timezone.now(), actor_kind="system", actor_label="t", action="a", hash="f" * 64
    )
    event.save(force_insert=True)
    assert AuditEvent.objects.order_by("-id").values_list("id", flat=True)[0] == last + 1
    assert audit.verify_chain().ok


@pytest.mark.django_db
def test_bulk_insert_is_chained() -> None:
    rows = [
        AuditEvent(at=timezone.now(), actor_kind="system", actor_label="t", action=f"a{n}", subject_type="")
        for n in range(500)
    ]
    AuditEvent.objects.bulk_create(rows)
    verdict = audit.verify_chain()
    assert (verdict.ok, verdict.events) == (True, AuditEvent.objects.count())


def test_diff_keeps_what_differs_as_plain_json() -> None:
    old = {"a": 1, "b": Decimal("1.10"), "c": date(2026, 1, 2), "gone": "x"}
    new = {"a": 1, "b": Decimal("2.5"), "c": datetime(2026, 1, 2, tzinfo=UTC), "new": [Decimal(1)]}
    assert audit.diff(old, new) == {
        "b": ["1.10", "2.5"],
        "c": ["2026-01-02", "2026-01-02T00:00:00+00:00"],
        "gone": ["x", None],
        "new": [None, ["1"]],
    }


# --- the chain


@pytest.mark.django_db
def test_an_empty_trail_is_whole() -> None:
    assert audit.verify_chain() == audit.Verdict(0, 0, "")


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", [1, 3, 20, 1000])
def test_a_whole_chain_in_chunks(chunk: int) -> None:
    last = write(20)[-1]
    verdict = audit.verify_chain(chunk=chunk)
    assert (verdict.ok, verdict.events, verdict.head) == (True, 20, last.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "row", "problem"),
    [
        ("UPDATE core_auditevent SET action = 'other' WHERE id = 7", 7, "altered"),
        ("UPDATE core_auditevent SET changes = '{\"n\": [null, 9]}' WHERE id = 1", 1, "altered"),
        ("UPDATE core_auditevent SET at = at + interval '1 microsecond' WHERE id = 20", 20, "altered"),
        ("DELETE FROM core_auditevent WHERE id = 7", 8, "missing"),
        ("DELETE FROM core_auditevent WHERE id < 4", 4, "missing"),
        (
            "UPDATE core_auditevent e SET actor_label = 'me', hash = core_audit_digest("
            'jsonb_populate_record(e, \'{"actor_label": "me"}\')) WHERE id = 7',
            8,
            "unlinked",
        ),
    ],
)
@pytest.mark.parametrize("chunk", [4, 1000])
def test_tampering_is_found_at_the_right_row(statement: str, row: int, problem: str, chunk: int) -> None:
    write(20)
    tamper(statement)
    verdict = audit.verify_chain(chunk=chunk)
    assert (verdict.broken_at, verdict.problem) == (row, problem)


@pytest.mark.django_db
def test_a_cut_tail_is_found_by_the_head_that_was_kept() -> None:
    head = write(5)[-1]
    kept = (head.pk, AuditEvent.objects.get(pk=head.pk).hash)
    tamper("DELETE FROM core_auditevent WHERE id > 3")
    assert audit.verify_chain().ok
    verdict = audit.verify_chain(expected_head=kept)
    assert (verdict.broken_at, verdict.problem) == (4, "cut")


@pytest.mark.django_db
def test_a_tail_cut_and_written_anew_is_found_by_the_head() -> None:
    kept = (5, AuditEvent.objects.get(pk=write(5)[-1].pk).hash)
    tamper("DELETE FROM core_auditevent WHERE id > 3")
    write(4)
    verdict = audit.verify_chain(expected_head=kept)
    assert (verdict.broken_at, verdict.problem) == (5, "replaced")


@pytest.mark.django_db
def test_checking_from_a_row_leaves_out_what_is_before() -> None:
    write(9)
    tamper("UPDATE core_auditevent SET action = 'other' WHERE id = 2")
    assert audit.verify_chain(start=4).ok
    assert audit.verify_chain(start=4).events == 6
    assert audit.verify_chain(start=2).broken_at == 2


@pytest.mark.django_db
def test_the_command_prints_the_head_and_takes_it_back() -> None:
    write(3)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    head = out.getvalue().split("head ")[1].strip()
    assert head.startswith("3:")
    write(2)
    call_command("verify_audit", f"--expect-head={head}", stdout=out)


@pytest.mark.django_db
def test_the_command_fails_at_the_row() -> None:
    write(3)
    tamper("UPDATE core_auditevent SET reason = 'x' WHERE id = 2")
    with pytest.raises(CommandError, match="row 2 was edited") as failure:
        call_command("verify_audit", stdout=StringIO())
    assert failure.value.returncode == 1


# --- who may do what to the table


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET action = 'x'",
        "DELETE FROM core_auditevent",
        "UPDATE core_auditevent SET action = 'x' WHERE id = -1",
    ],
)
def test_the_owner_is_refused_by_trigger(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@contextmanager
def as_application() -> Iterator[Any]:
    """A plain connection with the role that the application runs under."""
    config = settings.APP_DB_CONFIG
    opened = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        user=config["USER"],
        password=config["PASSWORD"] or None,
        host=config["HOST"] or None,
        port=config["PORT"] or None,
    )
    try:
        yield opened
    finally:
        opened.close()


REFUSED = [
    "UPDATE core_auditevent SET action = 'x'",
    "DELETE FROM core_auditevent",
    "TRUNCATE core_auditevent",
    "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DROP TRIGGER core_audit_chain ON core_auditevent",
    "CREATE TABLE anything (id int)",
    "UPDATE django_migrations SET name = 'x'",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", REFUSED)
def test_the_application_role_is_refused(statement: str) -> None:
    with (
        as_application() as opened,
        opened.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute(statement)


INSERT = (
    "INSERT INTO public.core_auditevent (at, actor_kind, actor_label, action, subject_type, subject_label,"
    " changes, reason, request_id, prev_hash, hash)"
    " VALUES (now(), 'system', 't', 'a', '', '', '{}', '', '', 'mine', 'mine') RETURNING id, prev_hash, hash"
)


@pytest.mark.django_db
def test_the_application_role_adds_to_the_chain_whatever_it_sends() -> None:
    with as_application() as opened, opened.cursor() as cursor:
        cursor.execute(INSERT)
        number, before, own = cursor.fetchone()
        cursor.execute(INSERT)
        assert cursor.fetchone()[:2] == (number + 1, own)
    assert (before, len(own)) == ("", 64)


@pytest.mark.django_db
def test_a_temporary_table_cannot_stand_in_for_the_trail() -> None:
    with as_application() as opened, opened.cursor() as cursor:
        cursor.execute(INSERT)
        first = cursor.fetchone()
        cursor.execute("CREATE TEMP TABLE core_auditevent (id bigint, hash text)")
        cursor.execute(INSERT)
        assert cursor.fetchone()[:2] == (first[0] + 1, first[2])


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_leave_no_false_break() -> None:
    def work(number: int) -> None:
        for turn in range(12):
            with transaction.atomic():
                write(2)
                if turn % 5 == 4:
                    transaction.set_rollback(True)

    assert at_once(16, work) == [None] * 16
    verdict = audit.verify_chain(chunk=50)
    assert (verdict.broken_at, verdict.events) == (None, 16 * 10 * 2)


@contextmanager
def lock_off() -> Iterator[None]:
    """The same trigger without its lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('core_audit_chain'::regproc)")
        definition = cursor.fetchone()[0]
        without = definition.replace("PERFORM pg_advisory_xact_lock(7301001);", "")
        assert without != definition
        cursor.execute(without)
        yield
        cursor.execute(definition)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_writers_collide() -> None:
    def work(number: int) -> None:
        with transaction.atomic():
            write(1)
            time.sleep(0.1)

    with lock_off():
        answers = at_once(8, work)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 7
