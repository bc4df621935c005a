"""Fill a database of its own with customers, phones and devices, and measure finding them and opening their files.

    python -m bench.customers --customers 1000000     # into var/bench-customers-1000000; BENCH_DIR moves the folder

Names repeat as they do in life: a few hundred surnames by frequency and two-character given names, so that the most
frequent name is borne by thousands. Grams and readings come from the same functions as the application's. One case for
ten customers, so that what is seen through cases costs what it costs. Limits are multiples of the bare view at one
connection in the same run.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from bench import corpus, drive
from bench import load as loading
from bench.client import Client, Unexpected, expect
from bench.requests import AGENT, DEPARTMENT, Ask

DEVICES_PER_CUSTOMER, CUSTOMERS_PER_CASE = 0.3, 10
SEARCH, LIST, DETAIL = 50, 40, 35
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉红梅春兰建国志文海波斌宇浩鹏飞雪婷慧雅晨曦子涵梓轩思源"
)
FREQUENT, RARE, RARE_PINYIN = "张伟", "闾丘明月", "lvqiuming"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30, help="of each request, at one connection")
    parser.add_argument(
        "--rounds-at-8", type=int, default=3, help="of each request, for each of 8 connections"
    )
    parser.add_argument("--seconds", type=float, default=240, help="at most, for each of the two parts")
    parser.add_argument("--only", default="", help="requests whose name contains this")
    given = parser.parse_args()
    os.environ["DATA_DIR"] = str(loading.folder_for(f"customers-{given.customers}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    from core import embedded

    folder = embedded.data_dir()
    embedded.ensure_services(folder)
    try:
        loading.prepare()
        _load(given.customers)
        report = _measure(given)
    finally:
        embedded.release(folder)
    drive.write(report, f"customers-{given.customers}")


# -- the corpus ----------------------------------------------------------------------------------------------------


def name_of(pk: int) -> str:
    """The name of a customer: surnames by frequency, every eighth given name of one character."""
    if pk % 100_000 == 77:
        return RARE
    random = Random(pk)
    surname = _SURNAMES[int(len(_SURNAMES) * random.random() ** 2)]
    given = _GIVEN[int(len(_GIVEN) * random.random() ** 2)]
    if random.random() < 0.125:
        return surname + given
    return surname + given + random.choice(_GIVEN)


def invoice_of(device: int) -> str:
    """The number of a digital invoice, 20 digits."""
    return f"2433{device:016d}"


def _customers(count: int, centres: list[Any], provinces: list[str]) -> Iterator[tuple[Any, ...]]:
    for pk in range(1, count + 1):
        kind = "company" if pk % 33 == 0 else "dealer" if pk % 34 == 0 else "person"
        yield corpus.customer(pk, name_of(pk), kind, "", centres, provinces)


def _devices(count: int, owners: int, models: list[int]) -> Iterator[tuple[Any, ...]]:
    random = Random(2)
    for pk in range(1, count + 1):
        sold = date(2024, 1, 1) + timedelta(days=random.randrange(700))
        second = corpus.imei_of(90_000_000 + pk) if pk % 2 else ""
        yield (
            pk, corpus.imei_of(pk), second, random.choice(models), "", "", corpus.owner_of(pk, owners), sold, "", "",
            invoice_of(pk) if pk % 3 else "", "t", 1,
        )  # fmt: skip


def _load(count: int) -> None:
    from customers.models import Customer

    if Customer.objects.exists():
        print(f"{Customer.objects.count():,} customers are there already")
        return
    started = time.monotonic()
    with loading.superuser() as connection:
        cursor = connection.cursor()
        _fill(cursor, count)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    print(f"{count:,} customers, {size}, {time.monotonic() - started:.0f} s")


def _fill(cursor: Any, count: int) -> None:
    from products.models import FaultCode, ProductModel

    centres, provinces = loading.organisation()
    faults = dict(FaultCode.objects.values_list("code", "pk"))
    models = list(ProductModel.objects.values_list("pk", flat=True))
    devices = int(count * DEVICES_PER_CUSTOMER)
    cursor.execute("SET session_replication_role = replica")  # keys are right by construction
    indexes = loading.drop_indexes(cursor)
    loading.copy(cursor, "customers_customer", corpus.CUSTOMER_COLUMNS, _customers(count, centres, provinces))
    phones = ((pk, corpus.phone_of(pk), *corpus.PHONE_REST) for pk in range(1, count + 1))
    loading.copy(cursor, "customers_customerphone", corpus.PHONE_COLUMNS, phones)
    loading.copy(cursor, "products_device", corpus.DEVICE_COLUMNS, _devices(devices, count, models))
    loading.copy(cursor, "products_ownership", corpus.OWNERSHIP_COLUMNS, corpus.ownerships(devices, count))
    maker = corpus.Cases(count // CUSTOMERS_PER_CASE, centres, faults, datetime.now(UTC), events=1)
    maker.owners, maker.devices = count, devices
    for batch in maker.batches(loading.BATCH):
        loading.copy(cursor, "tickets_case", corpus.CASE_COLUMNS, batch.cases)
    for statement in indexes:
        cursor.execute(statement)
    loading.set_sequences(cursor, count)


# -- the requests --------------------------------------------------------------------------------------------------


class World:
    """What the requests need to know: how many customers and devices there are, and which are of the agent's centre."""

    def __init__(self, customers: int, own: list[int]) -> None:
        self.customers, self.own = customers, own
        self.devices = int(customers * DEVICES_PER_CUSTOMER)


def _find(path: str, text: Any) -> Any:
    """Send the form and open the page that it leads to."""

    def send(client: Client, world: Any, random: Random) -> None:
        response, content = client.form(path, q=text(world, random))
        if response.status != 302:
            raise Unexpected(f"search: {response.status} {content[:200]!r}")
        expect(client.send("GET", response.headers["Location"]), 200)

    return send


def _phone(world: World, random: Random) -> str:
    return corpus.phone_of(random.choice(world.own))


def _tail(world: World, random: Random) -> str:
    return _phone(world, random)[-4:]


def _device(world: World, random: Random) -> int:
    return 1 + random.randrange(world.devices)


def _name(world: World, random: Random) -> str:
    return name_of(random.choice(world.own))[-2:]


def _file(client: Client, world: Any, random: Random) -> None:
    expect(client.send("GET", f"/customers/{random.choice(world.own)}/"), 200)


def _get(path: str) -> Any:
    return lambda client, world, random: expect(client.send("GET", path), 200)


def _texts() -> tuple[tuple[str, Any], ...]:
    return (
        ("complete number", _phone),
        ("last four digits", _tail),
        ("frequent name", lambda world, random: FREQUENT),
        ("rare name", lambda world, random: RARE),
        ("two characters of a name", _name),
        ("pinyin, frequent", lambda world, random: "zhangwei"),
        ("pinyin, rare", lambda world, random: RARE_PINYIN),
        ("initials", lambda world, random: "zwj"),
        ("characters and letters", lambda world, random: "张wj"),
        ("last digits of an IMEI", lambda world, random: corpus.imei_of(_device(world, random))[-5:]),
        ("invoice number", lambda world, random: invoice_of(_device(world, random))),
    )


ASKS = (
    *(Ask(f"search box: {name}", AGENT, _find("/search/", text), SEARCH) for name, text in _texts()),
    *(Ask(f"customers: {name}", AGENT, _find("/customers/", text), SEARCH) for name, text in _texts()[:9]),
    Ask(
        "customers: frequent name, department",
        DEPARTMENT,
        _find("/customers/", lambda *_given: FREQUENT),
        SEARCH,
    ),
    Ask("customers: list, agent", AGENT, _get("/customers/"), LIST),
    Ask("customers: list of companies, agent", AGENT, _get("/customers/?kind=company"), LIST),
    Ask("customers: list, department", DEPARTMENT, _get("/customers/"), LIST),
    Ask("customers: file page, agent", AGENT, _file, DETAIL),
    Ask("customers: likely duplicates, agent", AGENT, _get("/customers/duplicates/")),
)


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    from customers.models import Customer
    from orgchart.models import Unit

    centre = Unit.objects.get(code=loading.MAIN_CENTRE)
    own = list(
        islice(Customer.objects.filter(centre=centre).order_by("pk").values_list("pk", flat=True), 0, None, 7)
    )
    asks = [ask for ask in ASKS if given.only in ask.name]
    report = drive.measure(given, World(given.customers, own[:5000]), asks)
    return {"customers": given.customers, **report}


if __name__ == "__main__":
    main()
