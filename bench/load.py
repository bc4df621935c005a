"""Fill a database of its own with 100,000, 1,000,000 or any number of cases.

    python -m bench.load --cases 100000          # into var/bench-100000

The server is the embedded one of that folder; the rows come by COPY as its superuser, the audit trail through its
trigger, so that the chain holds. Running it again on a filled folder changes nothing.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

BATCH = 20_000
HEAVY_TABLES = (
    "tickets_case", "tickets_casenote", "tickets_clocksegment", "core_auditevent", "customers_customer",
    "customers_customerphone", "products_device", "products_ownership",
)  # fmt: skip
STAFF_PER_CENTRE = {
    "centre_manager": 1, "tech_support": 1, "info_lead": 1, "service_agent": 24, "tech_lead": 1, "repair_engineer": 22,
    "exchange_engineer": 4, "finance_lead": 1, "accountant": 1, "storekeeper": 2,
}  # fmt: skip
SUFFIX = {"info": "-INFO", "tech": "-TECH", "finance": "-FIN"}
MAIN_CENTRE = "C330000"
LOG_INS = 9


def folder_for(cases: int | str) -> Path:
    """Where a corpus of this size, or of this name, lies."""
    return Path(os.environ.get("BENCH_DIR", "var")).resolve() / f"bench-{cases}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=3, help="audit events of a case")
    parser.add_argument("--end", type=date.fromisoformat, help="the last day (default: today)")
    given = parser.parse_args()
    os.environ["DATA_DIR"] = str(folder_for(given.cases))
    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings.trial"
    from core import embedded

    folder = embedded.data_dir()
    embedded.ensure_services(folder)
    try:
        prepare()
        _load(given.cases, given.events, given.end)
    finally:
        embedded.release(folder)


def prepare() -> None:
    """Set Django up and bring the tables of the folder's database to the present state."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0, interactive=False, skip_checks=True)


def _load(cases: int, events: int, end: date | None) -> None:
    from tickets.models import Case

    if Case.objects.exists():
        print(f"{Case.objects.count():,} cases are there already")
        return
    started = time.monotonic()
    last = datetime.combine(end, datetime.min.time(), UTC) if end else datetime.now(UTC)
    with superuser() as connection:
        cursor = connection.cursor()
        _fill(cursor, cases, events, last)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    print(f"{cases:,} cases, {size}, {time.monotonic() - started:.0f} s")


@contextmanager
def superuser() -> Iterator[Any]:
    """A connection as the embedded server's superuser, over its socket."""
    import psycopg2

    from core import embedded

    parts = urlsplit(embedded.urls(embedded.data_dir()).database_url)
    connection = psycopg2.connect(host=unquote(parts.hostname or ""), user="postgres", dbname=parts.path[1:])
    try:
        yield connection
    finally:
        connection.close()


def _fill(cursor: Any, cases: int, events: int, last: datetime) -> None:
    from bench import corpus
    from products.models import FaultCode, ProductModel

    centres, provinces = organisation()
    faults = dict(FaultCode.objects.values_list("code", "pk"))
    models = list(ProductModel.objects.values_list("pk", flat=True))
    maker = corpus.Cases(cases, centres, faults, last, events)
    # Keys are right by construction; checking each of them again would take longer than all the rest.
    cursor.execute("SET session_replication_role = replica")
    indexes = drop_indexes(cursor)
    _customers_and_devices(cursor, maker, centres, provinces, models)
    for batch in maker.batches(BATCH):
        copy(cursor, "tickets_case", corpus.CASE_COLUMNS, batch.cases)
        copy(cursor, "tickets_casenote", corpus.NOTE_COLUMNS, batch.notes)
        copy(cursor, "tickets_clocksegment", corpus.SEGMENT_COLUMNS, batch.segments)
        cursor.execute("SET session_replication_role = origin")
        copy(cursor, "core_auditevent", corpus.EVENT_COLUMNS, batch.events)
        cursor.execute("SET session_replication_role = replica")
    for statement in indexes:
        cursor.execute(statement)
    set_sequences(cursor, cases)


def _customers_and_devices(
    cursor: Any, maker: Any, centres: list[Any], provinces: list[str], models: list[int]
) -> None:
    from bench import corpus

    rows = corpus.customers(maker.owners, centres, provinces)
    copy(cursor, "customers_customer", corpus.CUSTOMER_COLUMNS, rows)
    phones = ((pk, corpus.phone_of(pk), *corpus.PHONE_REST) for pk in range(1, maker.owners + 1))
    copy(cursor, "customers_customerphone", corpus.PHONE_COLUMNS, phones)
    copy(
        cursor, "products_device", corpus.DEVICE_COLUMNS, corpus.devices(maker.devices, maker.owners, models)
    )
    owned = corpus.ownerships(maker.devices, maker.owners)
    copy(cursor, "products_ownership", corpus.OWNERSHIP_COLUMNS, owned)


def drop_indexes(cursor: Any) -> list[str]:
    """Drop the indexes that hold no rule; returns the statements that make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname"
        " JOIN pg_index x ON x.indexrelid = c.oid WHERE tablename = ANY(%s) AND NOT x.indisunique",
        [list(HEAVY_TABLES)],
    )
    rows = cursor.fetchall()
    for name, _ in rows:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in rows]


def set_sequences(cursor: Any, cases: int) -> None:
    """Let every sequence go on after the rows that are there."""
    for table in HEAVY_TABLES:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )
    cursor.execute("SELECT setval('tickets_case_number', %s)", [10_000_001 + cases + 1])


class _Lines:
    """A file of rows in COPY's text format, made while it is read."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)

    def read(self, size: int = -1) -> str:
        lines, length = [], 0
        for row in self._rows:
            line = "\t".join(r"\N" if value is None else str(value) for value in row) + "\n"
            lines.append(line)
            length += len(line)
            if 0 <= size // 4 <= length:
                break
        return "".join(lines)


def copy(cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY the rows into the table, made while they are sent."""
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _Lines(rows), size=1 << 20)


def organisation() -> tuple[list[Any], list[str]]:
    """34 centres with their groups and about 2,000 people; returns the centres and their province codes."""
    from bench.corpus import Centre
    from core.actors import system_actor
    from orgchart.models import Appointment, Person, Position, Unit
    from products.loading import load_reference
    from products.models import ProductModel
    from tickets.demo import texts

    load_reference(system_actor("bench"))
    for model in texts.models():
        ProductModel.objects.create(
            code=model.code, name=model.name, name_en=model.name_en, manufacturer="演示牌"
        )
    units = {unit.code: unit for unit in Unit.objects.all()}
    positions = {position.code: position for position in Position.objects.all()}
    codes = sorted(
        (code for code, unit in units.items() if unit.kind == "centre"), key=lambda c: (c != MAIN_CENTRE, c)
    )
    posts: list[tuple[str, str, str]] = [("bench.department", "department_manager", "ASD")]
    for code in codes:
        posts += _posts(code, positions)
    day = date(2020, 1, 1)
    people = [
        Person(
            username=username, name=f"演示{index}", employee_no=f"B{index:05d}", password="!", must_change_password=False,
            is_demo=True,
        )
        for index, (username, _, _) in enumerate(posts)
    ]  # fmt: skip
    Person.objects.bulk_create(people)
    rows = zip(people, posts, strict=True)
    Appointment.objects.bulk_create(
        Appointment(person=person, position=positions[position], unit=units[unit], starts_on=day)
        for person, (_, position, unit) in rows
    )
    _give_passwords()
    return [_centre(Centre, code, units, people, posts) for code in codes], [code[1:] for code in codes]


def _posts(code: str, positions: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (_username(code, position, index), position, code + SUFFIX.get(positions[position].group_kind, ""))
        for position, count in STAFF_PER_CENTRE.items()
        for index in range(1, count + 1)
    ]


def _username(code: str, position: str, index: int) -> str:
    if code == MAIN_CENTRE and position == "service_agent" and index <= LOG_INS:
        return f"bench.agent{index}"
    if code == MAIN_CENTRE and position == "centre_manager":
        return "bench.manager"
    return f"bench.{code.lower()}.{position}{index}"


def _centre(
    kind: Any, code: str, units: dict[str, Any], people: list[Any], posts: list[tuple[str, str, str]]
) -> Any:
    wanted = {"info": ("service_agent",), "tech": ("repair_engineer", "exchange_engineer")}
    members = {
        group: [
            person.pk
            for person, (_, position, unit) in zip(people, posts, strict=True)
            if position in names and unit == code + SUFFIX[group]
        ]
        for group, names in wanted.items()
    }
    groups = {group: units[code + suffix].pk for group, suffix in SUFFIX.items()}
    return kind(units[code].pk, groups, members)


def password_file() -> Path:
    """Where the password of the log-ins stands, for its owner alone."""
    return Path(os.environ["DATA_DIR"]) / "bench-password"


def _give_passwords() -> None:
    from django.contrib.auth.hashers import make_password

    from orgchart.models import Person

    password = secrets.token_urlsafe(18)
    handle = os.open(password_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(password)
    names = [f"bench.agent{index}" for index in range(1, LOG_INS + 1)] + ["bench.manager", "bench.department"]
    from django.utils import timezone

    Person.objects.filter(username__in=names).update(
        password=make_password(password), password_changed_at=timezone.now()
    )


if __name__ == "__main__":
    main()
