"""Exports: neutral cells, a file that is whole or absent, and nobody else's."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from core import outbox
from core.errors import Conflict, Invalid, NotVisible
from core.exports import (
    Column,
    Table,
    expire,
    exporter,
    in_chunks,
    neutral,
    path_of,
    registry,
    request_export,
    run_export,
    write_csv,
)
from core.exports.tabular import cell
from core.models import AuditEvent, ExportFile, JobRun, Notification
from core.tests.people import make_person
from core.tests.threads import at_once

COLUMNS = [
    Column("job", "Job", lambda row: row["job"]),
    Column("slot", "Slot", lambda row: row["slot"], "moment"),
]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EXPORT_DIR = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture
def runs() -> Iterator[str]:
    """An exporter of job runs; the query may ask it to refuse or to break."""

    @exporter("test.runs", "运行记录")
    def make(person: Any, query: Mapping[str, Any]) -> Table:
        if query.get("refuse"):
            raise Invalid("no", "Not like this.")
        if query.get("crash"):
            raise RuntimeError("crash")
        return Table(COLUMNS, in_chunks(JobRun.objects.values("id", "job", "slot"), size=2))

    yield "test.runs"
    registry._exporters.pop("test.runs")


def make_runs(*names: str) -> None:
    slot = datetime(2026, 11, 24, 1, tzinfo=UTC)
    for number, name in enumerate(names):
        JobRun.objects.create(job=name, slot=slot + timedelta(hours=number), claimed_at=slot)


def content(export: ExportFile) -> list[list[str]]:
    with path_of(export).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def finished(export: ExportFile) -> ExportFile:
    run_export(export.pk)
    return ExportFile.objects.get(pk=export.pk)


# --- cells


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800138000", "'+8613800138000"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠A1", "'＠A1"),
        ("  =1+1", "'  =1+1"),
        ("\x00=1+1", "'=1+1"),
        ("-5", "-5"),
        ("-5.20", "-5.20"),
        ("-1e5", "'-1e5"),
        ("-５", "'-５"),
        ("a=1", "a=1"),
        ("主板冒烟", "主板冒烟"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised(text: str, written: str) -> None:
    assert neutral(text) == written


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (None, "text", ""),
        (None, "yes_no", ""),
        (-5, "number", "-5"),
        (Decimal("-1234567.50"), "number", "-1234567.50"),
        (Decimal("1E+3"), "number", "1000"),
        ("=1", "number", "'=1"),
        (date(2026, 11, 24), "date", "2026-11-24"),
        (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "moment", "2026-11-25 00:30:00"),
        (True, "yes_no", "是"),
        (0, "yes_no", "否"),
    ],
)
def test_cells(value: Any, kind: Any, written: str) -> None:
    assert cell(value, kind) == written


def test_the_file_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    columns = [Column("a", "=名称", lambda row: row), Column("b", "B", lambda row: 'x,\n"y"')]
    assert write_csv(path, Table(columns, iter(["=1", "\ud800"]))) == 2
    data = path.read_bytes()
    assert data == '\ufeff\'=名称,B\r\n\'=1,"x,\n""y"""\r\n?,"x,\n""y"""\r\n'.encode()


# --- making one


@pytest.mark.django_db
def test_asked_for_made_in_the_background_and_announced(runs: str) -> None:
    make_runs("a", "=1+1", "c", "d", "e")
    person = make_person()
    export = request_export(person, runs, {"token": "abc", "empty": ""}, "zh-hans")
    assert (export.state, export.filename[:5]) == ("queued", "运行记录-")
    assert outbox.drain() == 1
    export.refresh_from_db()
    assert (export.state, export.rows, Notification.objects.get(recipient=person).code) == (
        "ready",
        5,
        "core.export_ready",
    )
    assert content(export) == [
        ["Job", "Slot"],
        ["a", "2026-11-24 09:00:00"],
        ["'=1+1", "2026-11-24 10:00:00"],
        ["c", "2026-11-24 11:00:00"],
        ["d", "2026-11-24 12:00:00"],
        ["e", "2026-11-24 13:00:00"],
    ]


@pytest.mark.django_db
def test_the_trail_names_the_filters_without_their_values(runs: str) -> None:
    person = make_person()
    request_export(person, runs, {"phone": "13800138000", "empty": ""}, "zh-hans")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_id, event.changes) == (
        "export.requested",
        person.pk,
        {"filters": [None, ["phone"]]},
    )


@pytest.mark.django_db
def test_a_second_delivery_makes_no_second_file(runs: str, folder: Path) -> None:
    export = finished(request_export(make_person(), runs, {}, "en"))
    assert finished(export).stored_name == export.stored_name
    assert [path.name for path in folder.iterdir()] == [export.stored_name]


@pytest.mark.django_db
def test_a_refusal_ends_it_with_its_sentence(runs: str, folder: Path) -> None:
    export = finished(request_export(make_person(), runs, {"refuse": 1}, "en"))
    assert (export.state, export.error, list(folder.iterdir())) == ("failed", "Not like this.", [])


@pytest.mark.django_db
def test_a_crash_leaves_no_file_and_can_be_tried_again(runs: str, folder: Path) -> None:
    export = request_export(make_person(), runs, {"crash": 1}, "en")
    with pytest.raises(RuntimeError):
        run_export(export.pk)
    export.refresh_from_db()
    assert (export.state, list(folder.iterdir())) == ("failed", [])
    ExportFile.objects.filter(pk=export.pk).update(query={})
    assert finished(export).state == "ready"


@pytest.mark.django_db
def test_three_under_way_are_enough(runs: str) -> None:
    person = make_person()
    for _ in range(3):
        request_export(person, runs, {}, "en")
    with pytest.raises(Conflict, match="too_many_exports"):
        request_export(person, runs, {}, "en")
    outbox.drain()
    assert request_export(person, runs, {}, "en").state == "queued"


@pytest.mark.django_db(transaction=True)
def test_three_are_enough_for_eight_at_once(runs: str) -> None:
    person = make_person()
    answers = at_once(8, lambda _: request_export(person, runs, {}, "en"))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert ExportFile.objects.count() == 3


@pytest.mark.django_db
def test_an_unknown_kind_is_a_programming_error() -> None:
    with pytest.raises(LookupError):
        request_export(make_person(), "nothing", {}, "en")


@pytest.mark.django_db
def test_rows_are_read_in_chunks_by_position(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_runs(*"abcdefg")
    with django_assert_num_queries(3):
        rows = list(in_chunks(JobRun.objects.values("id", "job"), size=3))
    assert "".join(row["job"] for row in rows) == "abcdefg"


# --- fetching and throwing away


@pytest.mark.django_db
def test_files_go_after_their_time(runs: str, folder: Path) -> None:
    export = finished(request_export(make_person(), runs, {}, "en"))
    assert expire(export.expires_at - timedelta(seconds=1)) == 0
    assert expire(export.expires_at) == 1
    export.refresh_from_db()
    assert (export.state, export.stored_name, list(folder.iterdir())) == ("expired", "", [])


@pytest.mark.django_db
def test_leftovers_of_a_killed_worker_are_swept(runs: str, folder: Path) -> None:
    export = finished(request_export(make_person(), runs, {}, "en"))
    (folder / "dead.csv.part").write_text("half")
    expire(timezone.now() + timedelta(hours=23))
    assert len(list(folder.iterdir())) == 2
    expire(timezone.now() + timedelta(hours=25))
    assert [path.name for path in folder.iterdir()] == [export.stored_name]


@pytest.mark.django_db
def test_before_and_after_there_is_nothing_to_fetch(runs: str) -> None:
    export = request_export(make_person(), runs, {}, "en")
    with pytest.raises(NotVisible):
        path_of(export)
    export = finished(export)
    with pytest.raises(NotVisible):
        path_of(export, export.expires_at)


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_the_owner_fetches_the_file(client: Client, runs: str) -> None:
    person = make_person()
    export = finished(request_export(person, runs, {}, "zh-hans"))
    response = signed_in(client, person).get(reverse("core:export_download", args=[export.pk]))
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert body == "\ufeffJob,Slot\r\n".encode()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%BF%90%E8%A1%8C")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.latest("id").action == "export.downloaded"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["export", "export_download"])
def test_another_persons_export_does_not_exist(client: Client, runs: str, name: str) -> None:
    export = finished(request_export(make_person(), runs, {}, "en"))
    signed_in(client, make_person())
    assert client.get(reverse(f"core:{name}", args=[export.pk])).status_code == 404
    assert client.get(reverse(f"core:{name}", args=[10**9])).status_code == 404
    assert export.filename not in client.get(reverse("core:exports")).content.decode()


@pytest.mark.django_db
def test_the_page_lists_them_and_asks_again_while_one_is_made(client: Client, runs: str) -> None:
    person = make_person()
    export = request_export(person, runs, {}, "en")
    page = signed_in(client, person).get(reverse("core:exports")).content.decode()
    assert f'hx-get="{reverse("core:export", args=[export.pk])}"' in page
    finished(export)
    row = client.get(
        reverse("core:export", args=[export.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert reverse("core:export_download", args=[export.pk]) in row
    assert "hx-get" not in row
    assert "<html" not in row


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_for_any_number(
    client: Client, runs: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = make_person()
    now = timezone.now()
    for number in range(count):
        ExportFile.objects.create(
            owner=person,
            kind=runs,
            filename=f"{number}.csv",
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    signed_in(client, person)
    with django_assert_max_num_queries(8):
        client.get(reverse("core:exports"))


# --- memory

STREAM = """
import sys
from pathlib import Path
import django
django.setup()
from core.exports.tabular import Column, Table, write_csv
columns = [Column(f"c{n}", f"Column {n}", lambda row, n=n: row[n]) for n in range(12)]
rows = (tuple(f"{number}-{n} 手机无法开机" for n in range(12)) for number in range(200_000))
count = write_csv(Path(sys.argv[1]), Table(columns, rows))
peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
print(count, int(peak) // 1024)
"""


def test_200_000_rows_take_less_than_100_mb(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STREAM, str(tmp_path / "big.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    count, megabytes = (int(word) for word in done.stdout.split())
    assert count == 200_000
    assert megabytes < 100
