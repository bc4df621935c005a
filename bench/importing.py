"""Bring in 100,000 customers and say how that compares with `bulk_create` of the same objects; then take them out.

    DATA_DIR=/tmp/bench python -m bench.importing --rows 100000

The file goes through the whole flow: upload, dry run, load. Load step and `bulk_create` are measured in one run on the
same parsed rows, each with its readings of names and its commit, turn by turn so that what disturbs the machine
disturbs both. Memory is that of this process, which plays web and worker.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂梅林雪晨宇欣怡子涵梓轩浩然"
STREETS = ("天河路", "中山大道", "人民南路", "解放北路", "建设一路", "滨江东路")
HEAD = ["姓名", "电话", "电话2", "客户类型", "邮箱", "省份", "地址", "首选联系方式", "偏好"]


def rows(count: int, seed: int = 1) -> Iterator[list[str]]:
    """Invented customers; a third has a second number, half an address."""
    chance = Random(seed)
    for number in range(count):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        second = f"020{chance.randrange(20_000_000, 90_000_000)}" if number % 3 == 0 else ""
        address = f"{chance.choice(STREETS)}{chance.randrange(1, 900)}号" if number % 2 else ""
        kind = "企业" if number % 50 == 0 else ""
        phone = f"1{3_000_000_000 + seed * 1_000_000_000 + number * 7}"
        yield [name, phone, second, kind, "", "广东", address, "电话", ""]


def write(path: Path, count: int, seed: int = 1) -> None:
    """The list as CSV in GBK, as Excel writes it."""
    with path.open("w", encoding="gbk", newline="") as file:
        made = csv.writer(file)
        made.writerow(HEAD)
        made.writerows(rows(count, seed))


def peak() -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Timer:
    """Seconds by name, added up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def measure(self, name: str, function: Any, *args: Any, **more: Any) -> Any:
        """Run and add its time."""
        begun = time.perf_counter()
        answer = function(*args, **more)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    os.environ.setdefault("DATA_DIR", "var/bench-import")
    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings.test"
    from core import embedded

    folder = embedded.data_dir()
    embedded.ensure_services(folder, throwaway=True)
    try:
        _with_database(given.rows)
    finally:
        embedded.release(folder)


def _with_database(count: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings.IMPORT_DIR = settings.EXPORT_DIR = Path(folder)
            _run(count, Path(folder))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _run(count: int, folder: Path) -> None:
    from django.db import connection

    from orgchart.tests.factories import make_organisation, person_with

    organisation = make_organisation()
    leader = person_with("info_lead", organisation.near.info)
    write(folder / "small.csv", 2_000, seed=2)
    write(folder / "large.csv", count)
    # A process of its own, as a worker is: making the test database leaves much memory behind.
    name = connection.settings_dict["NAME"]
    worker = get_context("spawn").Process(target=_worker, args=(count, folder, name, leader.pk))
    worker.start()
    worker.join()
    if worker.exitcode:
        sys.exit("the flow failed")
    compare(leader, folder, min(count, 40_000))


def _worker(count: int, folder: Path, name: str, leader_pk: int) -> None:
    """The flow, and its memory."""
    import django

    django.setup()
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = name
    settings.IMPORT_DIR = settings.EXPORT_DIR = folder
    from customers.models import Customer
    from orgchart.models import Person

    leader = Person.objects.get(pk=leader_pk)
    bare = peak()
    _flow(leader, folder / "small.csv")
    warm = peak()
    begun = time.perf_counter()
    timer = _flow(leader, folder / "large.csv")
    whole = time.perf_counter() - begun
    print(f"flow of {count} rows: {whole:.1f} s, {count / whole:,.0f} rows/s; " + _said(timer, count))
    print(f"memory: {bare:.0f} MiB at the start, {warm:.0f} after 2,000 rows (dictionary of readings loaded), "
          f"peak {peak():.0f}, growth {peak() - warm:.0f} MiB", flush=True)  # fmt: skip
    again = _flow(leader, folder / "large.csv", loads=False)
    print(f"again: {Customer.objects.count()} files, {_said(again, count)}", flush=True)
    _export(leader, count)


def _said(timer: Timer, count: int) -> str:
    return ", ".join(
        f"{name} {spent:.1f} s ({count / spent:,.0f}/s)" for name, spent in timer.seconds.items()
    )


def _flow(leader: Any, path: Path, *, loads: bool = True) -> Timer:
    from core.actors import person_actor
    from core.imports import running, services
    from core.models import ImportFile

    timer, actor = Timer(), person_actor(leader)
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(65_536), b"")
        row = timer.measure(
            "upload", services.upload, actor=actor, kind="customers", file_name=path.name, chunks=chunks
        )
    services.start_check(
        actor=actor, import_file=row, fields={place: key for key, place in row.mapping.items()}
    )
    timer.measure("dry run", running.run_check, row.pk)
    row = ImportFile.objects.get(pk=row.pk)
    if not loads:
        assert (row.added, row.changed, row.bad) == (0, 0, 0), row.__dict__
        return timer
    assert not row.bad, list(row.problems.values()[:3])
    services.start_load(actor=actor, import_file=row, good_only=False)
    timer.measure("load", running.run_load, row.pk)
    row.refresh_from_db()
    assert row.state == "loaded", row.error
    return timer


def compare(leader: Any, folder: Path, count: int) -> None:
    """The load step against bulk_create, batch by batch in turns, on rows that were read and planned before."""
    from django.db import transaction

    from core.imports import registry
    from core.imports.judging import Judge, in_batches
    from core.imports.mapping import propose
    from core.imports.readers import read_rows

    write(folder / "compared.csv", count, seed=3)
    kind = registry.find("customers")
    timer, loader = Timer(), kind.start(leader)
    judge = Judge(kind, len(HEAD), propose(kind, HEAD), loader)
    with transaction.atomic():
        for place, batch in enumerate(in_batches(read_rows(folder / "compared.csv", "gb18030"))):
            rows_ = timer.measure("read and judge", judge.judge, batch)
            assert all(row.verdict == "add" for row in rows_), [
                row.problems for row in rows_ if row.problems
            ][:3]
            runs = [("load step", loader.apply), ("bulk_create", lambda found: _bulk_create(leader, found))]
            for name, run in runs if place % 2 else runs[::-1]:
                timer.measure(name, run, rows_)
    ours, theirs = timer.seconds["load step"], timer.seconds["bulk_create"]
    print(
        f"load step {count / ours:,.0f} rows/s, bulk_create {count / theirs:,.0f} rows/s: {theirs / ours:.2f} x"
    )
    print(f"read and judge {count / timer.seconds['read and judge']:,.0f} rows/s")


def _bulk_create(leader: Any, found: list[Any]) -> None:
    """What one would write without COPY: the same objects with the same columns."""
    from customers.imports.loader import _COLUMNS, _DEFAULTS, _numbers
    from customers.models import Customer, CustomerAddress, CustomerPhone
    from customers.services import findable

    customers = Customer.objects.bulk_create(
        [
            Customer(
                name=row.values["name"], **findable(row.values["name"]), centre_id=row.values["centre"],
                created_by_id=leader.pk,
                **{_COLUMNS[name]: row.values.get(name, default) for name, default in _DEFAULTS.items()},
            )
            for row in found
        ]
    )  # fmt: skip
    CustomerPhone.objects.bulk_create(
        [
            CustomerPhone(customer=customer, number=phone.digits, kind=phone.kind, is_main=place == 0)
            for customer, row in zip(customers, found, strict=True)
            for place, phone in enumerate(_numbers(row))
        ]
    )
    CustomerAddress.objects.bulk_create(
        [
            CustomerAddress(customer=customer, text=row.values["address"])
            for customer, row in zip(customers, found, strict=True)
            if "address" in row.values
        ]
    )


def _raw(path: Path, cells: list[list[Any]], count: int) -> float:
    """Seconds of XlsxWriter alone for as many rows of the same cells."""
    from xlsxwriter import Workbook

    begun = time.perf_counter()
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number in range(count):
        for place, cell in enumerate(cells[number % len(cells)]):
            sheet.write(number, place, cell)
    book.close()
    return time.perf_counter() - begun


def _export(leader: Any, count: int) -> None:
    from core.exports import path_of, run_export
    from core.imports.taking import request_list
    from customers.exports import shown

    table = shown(leader, {})
    some = [
        [column.value(row) for column in table.columns]
        for row, _n in zip(table.rows, range(500), strict=False)
    ]

    before = peak()
    for form in ("csv", "xlsx"):
        made = request_list(person=leader, kind="customers", form=form, language="zh-hans")
        begun = time.perf_counter()
        run_export(made.pk)
        made.refresh_from_db()
        spent = time.perf_counter() - begun
        print(f"export {form}: {count / spent:,.0f} rows/s, peak {peak():.0f} MiB (before {before:.0f})")
    bare = _raw(path_of(made).with_suffix(".raw"), some, count)
    print(f"XlsxWriter alone, the same cells: {count / bare:,.0f} rows/s")


if __name__ == "__main__":
    sys.exit(main())
