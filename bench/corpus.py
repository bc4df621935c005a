"""The rows of the benchmark, made from a seed: the same number of cases gives the same corpus on the same day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from core.grams import grams
from core.pinyin import reading
from products.rules import luhn_digit
from tickets.demo import texts
from tickets.rules.numbers import case_number

FIRST_SEQUENCE = 10_000_001
DAYS = 730
CUSTOMERS_PER_CASE, DEVICES_PER_CASE = 0.5, 0.6
_KINDS = {"repair": "tech", "inquiry": "info"}
_SURNAMES = texts.read("people")["surnames"]
_GIVEN = texts.read("people")["given"]


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre with the ids of its two groups and of those who work in them."""

    pk: int
    groups: dict[str, int]
    people: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """Rows of each table, as tuples in the order of COLUMNS."""

    cases: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[tuple[Any, ...]] = field(default_factory=list)
    segments: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)


CASE_COLUMNS = (
    "id", "number", "kind", "status", "priority", "channel", "customer_id", "caller_number", "device_id", "fault_id",
    "description", "unit_id", "centre_id", "logged_unit_id", "assignee_id", "logged_by_id", "logged_at", "changed_at",
    "response_due_at", "due_at", "due_is_provisional", "responded_at", "resolved_at", "closed_at", "resolved_on_call",
    "resolution", "wait_reason", "wait_until", "cancel_reason", "reopened_count", "reader_ids", "is_demo", "version",
    "caller_name", "caller_relation",
)  # fmt: skip
NOTE_COLUMNS = ("case_id", "author_id", "text", "created_at")
SEGMENT_COLUMNS = ("case_id", "starts_at", "ends_at", "is_running", "reason")
EVENT_COLUMNS = (
    "at", "actor_kind", "actor_id", "actor_label", "action", "subject_type", "subject_id", "subject_label", "changes",
    "reason", "request_id", "prev_hash", "hash",
)  # fmt: skip


def phone_of(customer: int) -> str:
    """The number of a customer: 11 digits, beginning with 154, which no operator gives out."""
    return f"154{customer:08d}"


def imei_of(device: int) -> str:
    """The IMEI of a device: a TAC of test equipment and the right check digit."""
    body = f"001{device:011d}"
    return body + str(luhn_digit(body))


CUSTOMER_COLUMNS = (
    "id", "name", "name_grams", "pinyin", "initials", "kind", "email", "language", "province_code",
    "preferred_channel", "preference_note", "centre_id", "is_demo", "created_at", "version",
)  # fmt: skip
PHONE_COLUMNS = ("customer_id", "number", "extension", "kind", "relation", "is_main", "is_active")
PHONE_REST = ("", "mobile", "", "t", "t")
DEVICE_COLUMNS = (
    "id", "imei", "imei2", "model_id", "colour", "variant", "owner_id", "sold_on", "seller", "invoice_code",
    "invoice_number", "is_demo", "version",
)  # fmt: skip
OWNERSHIP_COLUMNS = ("device_id", "owner_id", "starts_on", "reason", "recorded_at")
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=200_000)
def findable(name: str) -> tuple[str, str, str]:
    """The columns name_grams (as COPY reads an array), pinyin and initials of a name."""
    pinyin, initials = reading(name, is_name=True)
    return "{" + ",".join(f'"{gram}"' for gram in grams(name)) + "}", pinyin, initials


def customers(count: int, centres: list[Centre], provinces: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of CUSTOMER_COLUMNS."""
    random = Random(1)
    for pk in range(1, count + 1):
        name = random.choice(_SURNAMES) + random.choice(_GIVEN)
        kind = random.choices(["person", "company", "dealer"], [94, 3, 3])[0]
        email = f"c{pk}@example.com" if random.random() < 0.5 else ""
        yield customer(pk, name, kind, email, centres, provinces)


def customer(
    pk: int, name: str, kind: str, email: str, centres: list[Centre], provinces: list[str]
) -> tuple[Any, ...]:
    """One row of CUSTOMER_COLUMNS; the centres take turns."""
    place = pk % len(centres)
    return (
        pk, name, *findable(name), kind, email, "zh-hans", provinces[place], "any", "", centres[place].pk, "t",
        _FIRST + timedelta(minutes=pk), 1,
    )  # fmt: skip


def owner_of(device: int, owners: int) -> int:
    """Whose the device is."""
    return 1 + device % owners


def devices(count: int, owners: int, models: list[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of DEVICE_COLUMNS."""
    random = Random(2)
    for pk in range(1, count + 1):
        sold = date(2024, 1, 1) + timedelta(days=random.randrange(700))
        owner = owner_of(pk, owners)
        yield pk, imei_of(pk), "", random.choice(models), "", "", owner, sold, "", "", "", "t", 1


def ownerships(count: int, owners: int) -> Iterator[tuple[Any, ...]]:
    """Rows of OWNERSHIP_COLUMNS: the open one of each device."""
    for pk in range(1, count + 1):
        yield pk, owner_of(pk, owners), date(2024, 1, 1), "", _FIRST


class Cases:
    """All cases in order of time, in batches."""

    def __init__(
        self, count: int, centres: list[Centre], faults: dict[str, int], end: datetime, events: int = 3
    ) -> None:
        self.count, self.centres, self.faults, self.end, self.events = count, centres, faults, end, events
        self.owners = max(1, int(count * CUSTOMERS_PER_CASE))
        self.devices = max(1, int(count * DEVICES_PER_CASE))
        self.random = Random(3)
        self.stories = {"repair": texts.repairs(), "inquiry": texts.answered()}
        self.notes = texts.read("words")["notes_repair"]

    def batches(self, size: int) -> Iterator[Batch]:
        """Batches of `size` cases."""
        for first in range(1, self.count + 1, size):
            batch = Batch()
            for pk in range(first, min(first + size, self.count + 1)):
                self._add(pk, batch)
            yield batch

    def _add(self, pk: int, batch: Batch) -> None:
        random = self.random
        logged = (
            self.end - timedelta(days=DAYS) * (1 - pk / self.count) - timedelta(minutes=random.randrange(60))
        )
        kind = "repair" if random.random() < 0.6 else "inquiry"
        centre = self.centres[int(len(self.centres) * random.random() ** 1.5)]
        agent = random.choice(centre.people["info"])
        handler = random.choice(centre.people[_KINDS[kind]])
        status = self._status(logged)
        device = 1 + random.randrange(self.devices)
        batch.cases.append(self._case(pk, kind, status, centre, agent, handler, device, logged))
        self._around(pk, status, agent, handler, logged, batch)

    def _status(self, logged: datetime) -> str:
        """Nearly all that is older than ten days is over."""
        chance = self.random.random()
        if (self.end - logged).days >= 10 and chance > 0.002:
            return "cancelled" if chance < 0.03 else "closed"
        words = ["logged", "assigned", "in_progress", "waiting", "resolved", "closed", "cancelled"]
        return self.random.choices(words, [8, 10, 22, 15, 15, 27, 3])[0]

    def _case(
        self,
        pk: int,
        kind: str,
        status: str,
        centre: Centre,
        agent: int,
        handler: int,
        device: int,
        logged: datetime,
    ) -> tuple[Any, ...]:
        random = self.random
        story = random.choice(self.stories[kind])
        done = status in ("resolved", "closed")
        resolved = logged + timedelta(hours=random.uniform(1, 90)) if done else None
        closed = resolved + timedelta(hours=3) if resolved and status == "closed" else None
        customer = 1 + device % self.owners
        assignee = None if status in ("logged", "cancelled") else handler
        wait = random.choice(["customer", "testing", "parts"]) if status == "waiting" else ""
        return (
            pk, case_number(FIRST_SEQUENCE + pk), kind, status, random.choices([1, 2, 3, 4], [4, 14, 70, 12])[0],
            "phone", customer, phone_of(customer), device if kind == "repair" else None,
            self.faults[story.fault] if kind == "repair" else None, f"{story.says}（{pk}）",
            centre.groups[_KINDS[kind]], centre.pk, centre.groups["info"], assignee, agent, logged,
            closed or resolved or logged + timedelta(hours=2), logged + timedelta(hours=20), logged + timedelta(days=4),
            "f", resolved or (logged + timedelta(hours=2) if assignee else None), resolved, closed, "f",
            story.done if done else "", wait, None, "重复登记" if status == "cancelled" else "",
            1 if random.random() < 0.04 else 0, f"{{{agent},{handler}}}", "t", 4, "", "",
        )  # fmt: skip

    def _around(self, pk: int, status: str, agent: int, handler: int, logged: datetime, batch: Batch) -> None:
        """Notes (two on average), one or two clock segments, audit events."""
        random = self.random
        for _ in range(random.choice([0, 1, 2, 2, 3, 4])):
            batch.notes.append(
                (pk, handler, random.choice(self.notes), logged + timedelta(hours=random.randrange(1, 40)))
            )
        over = (
            None
            if status in ("logged", "assigned", "in_progress", "waiting")
            else logged + timedelta(hours=30)
        )
        if random.random() < 0.2:
            middle = logged + timedelta(hours=12)
            batch.segments.append((pk, logged, middle, "t", ""))
            batch.segments.append((pk, middle, over, "f", "customer"))
        else:
            batch.segments.append((pk, logged, over, "t", ""))
        number = str(case_number(FIRST_SEQUENCE + pk))
        for step, action in enumerate(
            ["case.logged", "case.assigned", f"case.{status}", "case.noted"][: self.events]
        ):
            at, actor = logged + timedelta(hours=step), handler if step else agent
            changes = json.dumps({"status": ["logged", status]})
            batch.events.append(
                (
                    at,
                    "person",
                    actor,
                    f"p{actor}",
                    action,
                    "tickets.case",
                    pk,
                    number,
                    changes,
                    "",
                    "",
                    "",
                    "",
                )
            )
