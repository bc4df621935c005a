"""Imports: nothing before the load, all or nothing, good rows in steps, once and only once, nobody else's."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from core import outbox
from core.actors import person_actor
from core.errors import Conflict, Invalid, Refused
from core.imports import cells, progress, registry, running, services, store
from core.imports.registry import ADD, UNCHANGED, Field, Kind, Row
from core.models import AuditEvent, Effect, ImportFile, ImportProblem, JobRun, Notification
from core.tests.people import make_person
from core.tests.threads import at_once

pytestmark = pytest.mark.django_db
SLOT = datetime(2026, 11, 24, 1, tzinfo=UTC)
Hook = Callable[[int], None]


class Runs:
    """A loader of job runs, which belong to no trade; `hook` is called before a batch is written."""

    hook: Hook | None = None
    batches = 0

    def __init__(self, person: Any) -> None:
        del person

    def plan(self, rows: Sequence[Row]) -> None:
        """A job that is there is unchanged; "taken" is bad."""
        names = [row.values["job"] for row in rows]
        there = dict(JobRun.objects.filter(job__in=names).values_list("job", "pk"))
        for row in rows:
            row.pk = there.get(row.values["job"])
            row.verdict = UNCHANGED if row.pk else ADD
            if row.values["job"] == "taken" and not row.pk:
                row.no("job", "missing")

    def apply(self, rows: Sequence[Row]) -> None:
        """One statement."""
        Runs.batches += 1
        if Runs.hook is not None:
            Runs.hook(Runs.batches)
        made = JobRun.objects.bulk_create(
            [JobRun(job=row.values["job"], slot=SLOT, claimed_at=SLOT) for row in rows]
        )
        for row, one in zip(rows, made, strict=True):
            row.pk = one.pk


def require(person: Any) -> None:
    if person.username.startswith("stranger"):
        raise Refused("may_not_runs", "您不能导入。")


FIELDS = (
    Field("job", "Job", cells.text(20), required=True, aliases=("任务",)),
    Field("count", "Count", cells.whole(0, 9)),
)
KIND = Kind(
    "test-runs", "运行", "upload", FIELDS, may=lambda person: not person.username.startswith("stranger"),
    require=require, start=Runs, keys=lambda values: [("job", values["job"])],
)  # fmt: skip


@pytest.fixture(autouse=True)
def runs(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORT_DIR = tmp_path / "imports"
    Runs.hook, Runs.batches = None, 0
    registry.register(KIND)
    yield
    registry._kinds.pop(KIND.kind)


@pytest.fixture
def person(db: None) -> Any:
    return make_person()


def listed(*jobs: str) -> bytes:
    return ("任务,Count\r\n" + "".join(f"{job},1\r\n" for job in jobs)).encode()


def many(count: int) -> bytes:
    return listed(*[f"job-{number}" for number in range(count)])


def uploaded(person: Any, data: bytes) -> ImportFile:
    return services.upload(
        actor=person_actor(person), kind=KIND.kind, file_name="runs.csv", chunks=[data], language="zh-hans"
    )


def given(row: ImportFile) -> dict[int, str]:
    return {place: key for key, place in row.mapping.items()}


def checked(person: Any, data: bytes) -> ImportFile:
    row = uploaded(person, data)
    services.start_check(actor=person_actor(person), import_file=row, fields=given(row))
    running.run_check(row.pk)
    row.refresh_from_db()
    return row


def started(person: Any, data: bytes, *, good_only: bool = False) -> ImportFile:
    row = checked(person, data)
    return services.start_load(actor=person_actor(person), import_file=row, good_only=good_only)


def loaded(person: Any, data: bytes, *, good_only: bool = False) -> ImportFile:
    row = started(person, data, good_only=good_only)
    outbox.deliver(Effect.objects.get(kind=store.LOAD, key=str(row.pk)).pk)
    row.refresh_from_db()
    return row


def counts(row: ImportFile) -> tuple[int, int, int, int]:
    row.refresh_from_db()
    return row.added, row.changed, row.unchanged, row.bad


# -- the flow -----------------------------------------------------------------------------------------------


def test_the_dry_run_writes_nothing(person: Any) -> None:
    row = checked(person, listed("a", "b", "a", ""))
    assert (row.state, row.rows, counts(row)) == ("checked", 4, (2, 0, 0, 2))
    found = row.problems.values_list("row", "column", "value", "code", "message")
    with translation.override("zh-hans"):
        told = [(*one[:4], cells.unpack(*one[3:])) for one in found]
    assert told == [
        (4, "任务", "a", "twice_in_file", "第 2 行是同一条记录。"),
        (5, "任务", "", "missing", "此处为空，请填写。"),
    ]
    assert not JobRun.objects.exists()


def test_loaded_and_brought_in_again(person: Any) -> None:
    row = loaded(person, listed("a", "b"))
    assert (row.state, row.done, counts(row)) == ("loaded", 2, (2, 0, 0, 0))
    again = checked(person, listed("a", "b"))
    assert counts(again) == (0, 0, 2, 0)
    with pytest.raises(Invalid, match="nothing_to_load"):
        services.start_load(actor=person_actor(person), import_file=again, good_only=False)
    assert JobRun.objects.count() == 2


def test_all_or_nothing_refuses_bad_rows_and_good_only_takes_the_rest(person: Any) -> None:
    row = checked(person, listed("a", "", "c"))
    with pytest.raises(Invalid, match="bad_rows"):
        services.start_load(actor=person_actor(person), import_file=row, good_only=False)
    services.start_load(actor=person_actor(person), import_file=row, good_only=True)
    running.run_load(row.pk)
    assert (counts(row), row.state) == ((2, 0, 0, 1), "loaded")
    assert set(JobRun.objects.values_list("job", flat=True)) == {"a", "c"}


def test_nothing_is_left_when_a_row_went_bad_since_the_dry_run(person: Any) -> None:
    JobRun.objects.create(job="taken", slot=SLOT, claimed_at=SLOT)
    row = started(person, listed("a", "taken"))
    JobRun.objects.all().delete()
    running.run_load(row.pk)
    assert (counts(row), row.state) == ((0, 0, 0, 1), "failed")
    assert "未写入任何数据" in row.error
    assert [problem.row for problem in row.problems.all()] == [3]
    assert not JobRun.objects.exists()


def test_the_result_names_rows_and_ids(person: Any) -> None:
    row = loaded(person, listed("a", "", "c"), good_only=True)
    sheet = openpyxl.load_workbook(store.result_path(row)).active
    ids = dict(JobRun.objects.values_list("job", "pk"))
    assert [tuple(cell.value for cell in line) for line in sheet.iter_rows(min_row=2)] == [
        (2, "新增", ids["a"], None),
        (3, "未导入", None, "任务: 此处为空，请填写。"),
        (4, "新增", ids["c"], None),
    ]
    rung = Notification.objects.filter(recipient_id=person.pk, code=store.DONE_NOTICE)
    assert [note.path for note in rung] == [f"/imports/{row.pk}/"]


def test_the_trail_holds_counts_and_ids_but_no_data(person: Any) -> None:
    row = loaded(person, listed("secret-a", "secret-b"))
    events = AuditEvent.objects.filter(subject_type="core.importfile", subject_id=row.pk).order_by("id")
    assert [event.action for event in events] == [
        "import.uploaded", "import.checking", "import.checked", "import.started", "import.test-runs", "import.loaded",
    ]  # fmt: skip
    pks = sorted(JobRun.objects.values_list("pk", flat=True))
    assert events[4].changes == {"added": [None, [f"{pks[0]}-{pks[1]}"]]}
    assert not any("secret" in str(event.changes) + event.subject_label for event in events)


# -- once and only once -------------------------------------------------------------------------------------


def test_the_same_file_uploaded_twice_is_one(person: Any) -> None:
    first, second = uploaded(person, listed("a")), uploaded(person, listed("a"))
    assert first.pk == second.pk
    assert len(list(store.folder().iterdir())) == 1


def test_a_load_started_twice_is_refused(person: Any) -> None:
    row = started(person, listed("a"))
    with pytest.raises(Conflict, match="import_not_open"):
        services.start_load(actor=person_actor(person), import_file=row, good_only=False)
    assert Effect.objects.filter(kind=store.LOAD).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("good_only", [False, True])
def test_two_workers_load_once(person: Any, good_only: bool) -> None:
    row = started(person, many(1_500), good_only=good_only)
    answers = at_once(2, lambda number: running.run_load(row.pk))
    assert not [one for one in answers if isinstance(one, BaseException)]
    assert counts(row) == (1_500, 0, 0, 0)
    assert JobRun.objects.count() == 1_500
    assert Notification.objects.filter(code=store.DONE_NOTICE).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("good_only", "left"), [(False, 0), (True, 1_000)])
def test_killed_in_the_middle_and_run_again(person: Any, good_only: bool, left: int) -> None:
    row = started(person, many(2_500), good_only=good_only)
    connections.close_all()  # a forked process must not touch what its parent speaks through
    pid = os.fork()
    if not pid:
        Runs.hook = lambda batch: os.kill(os.getpid(), signal.SIGKILL) if batch == 2 else None
        running.run_load(row.pk)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert JobRun.objects.count() == left
    row.refresh_from_db()
    assert (row.state, row.done) == ("loading", left)
    running.run_load(row.pk)
    assert counts(row) == (2_500, 0, 0, 0)
    assert JobRun.objects.count() == 2_500
    sheet = openpyxl.load_workbook(store.result_path(row), read_only=True).active
    assert [line[0] for line in sheet.iter_rows(min_row=2, values_only=True)] == list(range(2, 2_502))


def test_somebody_was_quicker_with_a_row(person: Any) -> None:
    row = started(person, listed("a", "secret-b"))

    def quicker(batch: int) -> None:
        if batch == 1:
            JobRun.objects.create(job="secret-b", slot=SLOT, claimed_at=SLOT)

    Runs.hook = quicker
    effect = Effect.objects.get(kind=store.LOAD)
    assert outbox.deliver(effect.pk) == "later"
    effect.refresh_from_db()
    assert effect.last_error == "RuntimeError: the database refused rows: IntegrityError"
    assert (counts(row), JobRun.objects.count()) == ((0, 0, 0, 0), 0)
    running.run_load(row.pk)
    assert counts(row) == (2, 0, 0, 0)


# -- cancelling ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("good_only", "left"), [(False, 0), (True, 1_000)])
def test_cancelled_in_the_middle(person: Any, good_only: bool, left: int) -> None:
    row = started(person, many(2_500), good_only=good_only)

    def cancel(_number: int) -> None:
        services.cancel(actor=person_actor(person), import_file=row)

    Runs.hook = lambda batch: at_once(1, cancel) and None if batch == 2 else None
    running.run_load(row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, row.added) == ("cancelled", left, left)
    assert JobRun.objects.count() == left
    assert bool(row.result_name) is good_only


def test_a_check_stops_when_it_is_cancelled(person: Any) -> None:
    row = uploaded(person, listed("a"))
    services.start_check(actor=person_actor(person), import_file=row, fields=given(row))
    services.cancel(actor=person_actor(person), import_file=row)
    running.run_check(row.pk)
    assert (counts(row), row.state) == ((0, 0, 0, 0), "cancelled")


def test_a_dropped_file_is_forgotten(person: Any) -> None:
    row = checked(person, listed("a", ""))
    services.cancel(actor=person_actor(person), import_file=row)
    row.refresh_from_db()
    assert (row.state, row.stored_as, row.sample) == ("cancelled", "", [])
    assert not list(store.folder().iterdir())
    assert not row.problems.exists()


def test_progress_grows_from_batch_to_batch(person: Any) -> None:
    row, seen = started(person, many(2_500)), list[int]()
    progress.note(store.PROGRESS, row.pk, 0)
    Runs.hook = lambda batch: seen.append(progress.read(store.PROGRESS, row.pk))
    running.run_load(row.pk)
    assert seen == [0, 1_000, 2_000]


def test_files_go_after_a_week(person: Any) -> None:
    row = loaded(person, listed("a", ""), good_only=True)
    assert services.expire(timezone.now()) == 0
    assert services.expire(timezone.now() + timedelta(days=7, minutes=1)) == 1
    row.refresh_from_db()
    assert (row.stored_as, row.result_name, row.sample, row.state) == ("", "", [], "loaded")
    assert (row.added, row.problems.count()) == (1, 0)
    assert not list(store.folder().iterdir())


def test_whoever_lost_the_right_loads_nothing(person: Any) -> None:
    row = started(person, listed("a"))
    type(person).objects.filter(pk=person.pk).update(username="stranger")
    running.run_load(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "您不能导入。")
    assert not JobRun.objects.exists()


# -- pages --------------------------------------------------------------------------------------------------


@pytest.fixture
def client(person: Any) -> Client:
    made = Client()
    made.force_login(person)
    return made


def upload(client: Client, data: bytes, name: str = "runs.csv") -> Any:
    return client.post("/imports/", {"kind": KIND.kind, "file": SimpleUploadedFile(name, data)})


def test_reasons_come_in_the_readers_language(client: Client, person: Any) -> None:
    row = checked(person, listed("a", "a"))
    pages = []
    for language in ("zh-hans", "en"):
        type(person).objects.filter(pk=person.pk).update(language=language)
        pages.append(client.get(f"/imports/{row.pk}/").content.decode())
    assert "第 2 行是同一条记录。" in pages[0]
    assert "Row 2 is about the same entry." in pages[1]


def test_from_upload_to_result_on_pages(client: Client) -> None:
    answer = upload(client, listed("a", ""))
    row = ImportFile.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/imports/{row.pk}/")
    page = client.get(f"/imports/{row.pk}/").content.decode()
    assert re.search(r'<option value="job" selected>', page)
    answer = client.post(
        f"/imports/{row.pk}/columns/", {"action": "check", "column-0": "job", "column-1": ""}
    )
    assert answer.status_code == 302
    assert 'hx-trigger="every 1s"' in client.get(f"/imports/{row.pk}/").content.decode()
    running.run_check(row.pk)
    page = client.get(f"/imports/{row.pk}/").content.decode()
    assert "此处为空，请填写。" in page
    assert client.post(f"/imports/{row.pk}/load/", {"mode": "good_only"}).status_code == 302
    assert client.post(f"/imports/{row.pk}/load/", {"mode": "good_only"}).status_code == 302
    running.run_load(row.pk)
    assert client.get(f"/imports/{row.pk}/result/").status_code == 200
    assert JobRun.objects.count() == 1


def test_bad_rows_come_back_to_be_mended(client: Client, person: Any) -> None:
    row = checked(person, listed("a", "", "=b"))
    answer = client.get(f"/imports/{row.pk}/bad-rows/?as=csv")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines == [
        ["任务", "Count", "行", "问题"],
        ["", "1", "3", "任务: 此处为空，请填写。"],
        ["'=b", "1", "4", "任务: 此单元格是公式，请粘贴为数值。"],
    ]
    answer = client.get(f"/imports/{row.pk}/bad-rows/")
    data = b"".join(answer.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[3]] == ["'=b", "1", "4", "任务: 此单元格是公式，请粘贴为数值。"]
    again = checked(person, data)
    assert counts(again) == (1, 0, 0, 1)  # the ' made a text of the formula


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"column-0": "job", "column-1": "job"}, "column-1", "两列选了同一个字段"),
        ({"column-0": "count"}, "", "必填字段没有对应的列：Job"),
        ({"column-0": "job", "column-1": "nonsense"}, "column-1", "请选择名单中的字段"),
    ],
)
def test_columns_that_do_not_fit_are_shown_where_they_are(
    client: Client, person: Any, fields: dict[str, str], place: str, words: str
) -> None:
    row = uploaded(person, listed("a"))
    answer = client.post(f"/imports/{row.pk}/columns/", {"action": "check", **fields})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    shown = {column["name"]: column["error"] for column in answer.context["columns"]}
    assert [name for name, error in shown.items() if error] == ([place] if place else [])
    row.refresh_from_db()
    assert row.state == "uploaded"


def test_another_encoding_is_read_again(client: Client, person: Any) -> None:
    row = uploaded(person, listed("甲乙").decode().encode("gbk"))
    assert (row.encoding, row.columns[0]) == ("gb18030", "任务")
    client.post(f"/imports/{row.pk}/columns/", {"action": "read", "encoding": "big5"})
    row.refresh_from_db()
    assert (row.encoding, row.columns[0] != "任务") == ("big5", True)
    answer = client.post(f"/imports/{row.pk}/columns/", {"action": "read", "encoding": "klingon"})
    assert answer.status_code == 422


ADDRESSES = ["", "columns/", "load/", "cancel/", "bad-rows/", "result/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_elses(address: str, person: Any) -> None:
    row = checked(person, listed("a", ""))
    other = Client()
    other.force_login(make_person())
    ask = other.post if address in ("columns/", "load/", "cancel/") else other.get
    assert ask(f"/imports/{row.pk}/{address}").status_code == 404
    row.refresh_from_db()
    assert row.state == "checked"


def test_a_position_that_brings_in_nothing_is_told(db: None) -> None:
    stranger = Client()
    stranger.force_login(make_person(username="stranger"))
    answer = stranger.get("/imports/")
    assert (answer.status_code, "您的岗位不能导入名单" in answer.content.decode()) == (403, True)
    assert upload(stranger, listed("a")).status_code == 403
    assert stranger.get(f"/imports/template/{KIND.kind}/").status_code == 404


def test_what_has_ended_cannot_be_cancelled(client: Client, person: Any) -> None:
    row = loaded(person, listed("a"))
    assert client.post(f"/imports/{row.pk}/cancel/").status_code == 409


def test_the_template_comes_back_as_it_is(client: Client, person: Any) -> None:
    data = b"".join(client.get(f"/imports/template/{KIND.kind}/").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == ["Job*", "Count"]


@pytest.mark.parametrize("size", [1, 20])
def test_budget_of_the_list(client: Client, person: Any, size: int) -> None:
    for number in range(size):
        uploaded(person, listed(f"a{number}"))
    client.get("/imports/")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get("/imports/").status_code == 200
    assert len(seen) == LIST_STATEMENTS


@pytest.mark.parametrize("size", [1, 60])
def test_budget_of_the_page(client: Client, person: Any, size: int) -> None:
    row = checked(person, listed("a", *[""] * size, "b"))
    assert ImportProblem.objects.filter(file=row).count() == size
    client.get(f"/imports/{row.pk}/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/imports/{row.pk}/").status_code == 200
    assert len(seen) == DETAIL_STATEMENTS


LIST_STATEMENTS, DETAIL_STATEMENTS = 5, 6
