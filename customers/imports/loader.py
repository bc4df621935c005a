"""Customer lists against the files that are there: found by number, or by name and main phone; written set-wise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.imports.copying import copy_in, draw_ids
from core.imports.registry import ADD, CHANGE, UNCHANGED, Row
from core.imports.words import plain
from customers.enums import ContactChannel, CustomerKind
from customers.models import Customer, CustomerAddress, CustomerChange, CustomerPhone
from customers.policies import centres_with, home_centre
from customers.rules import PhoneNumber, grants
from customers.services import findable
from orgchart.models import Person, Unit

_COLUMNS = {
    "name": "name", "kind": "kind", "email": "email", "language": "language", "province": "province_code",
    "channel": "preferred_channel", "preferences": "preference_note",
}  # fmt: skip
"""Field of the list -> column of the file."""
_PHONES = ("phone", "phone2", "phone3")
_DEFAULTS = {
    "kind": CustomerKind.PERSON.value, "email": "", "language": "zh-hans", "province": "",
    "channel": ContactChannel.ANY.value, "preferences": "",
}  # fmt: skip


@dataclass(slots=True)
class Found:
    """A file that is there, with what the row would change of it: {column: value}, phones, address."""

    customer: Customer
    phones: list[CustomerPhone] = field(default_factory=list)
    address: CustomerAddress | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    new_phones: list[PhoneNumber] = field(default_factory=list)
    main_phone: PhoneNumber | None = None
    new_address: str | None = None


class CustomerLoader:
    """One run for one person: reaches the files of the centres for which the person's posts import."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.reach = centres_with(person, grants.IMPORT)
        own = home_centre(person)
        only = next(iter(self.reach)) if len(self.reach) == 1 else None
        self.centre = own if own in self.reach else only
        centres = Unit.objects.filter(pk__in=self.reach).only("pk", "code", "name", "name_en")
        self.centres = {
            plain(word): unit.pk for unit in centres for word in (unit.code, unit.name, unit.name_en)
        }

    # -- plan ----------------------------------------------------------------------------------------------

    def plan(self, rows: Sequence[Row]) -> None:
        """Four statements: numbers, files, their phones, their addresses."""
        rows = [row for row in rows if self._centre_known(row)]
        by_key = self._by_name_and_phone(rows)
        wanted = {row.values["id"] for row in rows if "id" in row.values}
        wanted.update(pk for pks in by_key.values() for pk in pks)
        files = self._files(wanted)
        for row in rows:
            self._plan(row, files, by_key)

    def _centre_known(self, row: Row) -> bool:
        word = row.values.get("centre")
        if word is None:
            return True
        row.values["centre"] = self.centres.get(plain(word))
        if row.values["centre"] is None:
            row.no("centre", "unknown_centre")
        return row.values["centre"] is not None

    def _by_name_and_phone(self, rows: Iterable[Row]) -> dict[tuple[str, str], list[int]]:
        numbers = {row.values["phone"].digits for row in rows if "id" not in row.values}
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        if not numbers:
            return found
        there = CustomerPhone.objects.filter(
            number__in=numbers, customer__centre_id__in=self.reach,
            customer__merged_into__isnull=True, customer__erased_at__isnull=True,
        )  # fmt: skip
        for name, number, pk in there.values_list("customer__name", "number", "customer_id"):
            found[name, number].append(pk)
        return found

    def _files(self, wanted: set[int]) -> dict[int, Found]:
        if not wanted:
            return {}
        rows = Customer.objects.filter(
            pk__in=wanted, centre_id__in=self.reach, merged_into__isnull=True, erased_at__isnull=True
        ).order_by("pk")
        if connection.in_atomic_block:
            rows = rows.select_for_update(no_key=True)
        files = {customer.pk: Found(customer) for customer in rows.defer("name_grams", "pinyin", "initials")}
        for phone in CustomerPhone.objects.filter(customer_id__in=files, is_active=True):
            files[phone.customer_id].phones.append(phone)
        for address in CustomerAddress.objects.filter(customer_id__in=files, is_main=True).order_by("-id"):
            files[address.customer_id].address = address
        return files

    def _plan(
        self, row: Row, files: Mapping[int, Found], by_key: Mapping[tuple[str, str], list[int]]
    ) -> None:
        values = row.values
        if "id" in values:
            found = files.get(values["id"])
            if found is None:
                row.no("id", "unknown_file")
                return
        else:
            pks = by_key.get((values["name"], values["phone"].digits), [])
            there = [files[pk] for pk in pks if pk in files]
            if values.get("centre"):
                there = [one for one in there if one.customer.centre_id == values["centre"]]
            if len(there) > 1:
                row.no("phone", "several_files")
                return
            found = there[0] if there else None
        if found is None:
            self._plan_new(row)
        else:
            _compare(row, found)

    def _plan_new(self, row: Row) -> None:
        if not row.values.get("centre"):
            row.values["centre"] = self.centre
        if row.values["centre"] is None:
            row.no("centre", "centre_missing")
            return
        row.verdict = ADD

    # -- apply ---------------------------------------------------------------------------------------------

    def apply(self, rows: Sequence[Row]) -> None:
        """Files, phones and addresses by COPY; corrections with their history."""
        added = [row for row in rows if row.verdict == ADD]
        if added:
            self._add(added)
        changed = [row for row in rows if row.verdict == CHANGE]
        if changed:
            self._change(changed)

    def _add(self, rows: Sequence[Row]) -> None:
        for row, pk in zip(rows, draw_ids(Customer, len(rows)), strict=True):
            row.pk = pk
        copy_in(Customer, CUSTOMER_COLUMNS, (self._customer(row) for row in rows))
        copy_in(CustomerPhone, PHONE_COLUMNS, (line for row in rows for line in _phone_lines(row)))
        copy_in(
            CustomerAddress,
            ("customer_id", "text", "is_main"),
            ((row.pk, row.values["address"], True) for row in rows if "address" in row.values),
        )

    def _customer(self, row: Row) -> tuple[Any, ...]:
        get, found = row.values.get, findable(row.values["name"])
        return (
            row.pk, row.values["name"], found["name_grams"], found["pinyin"], found["initials"],
            *(get(name, default) for name, default in _DEFAULTS.items()), row.values["centre"], self.person.pk,
        )  # fmt: skip

    def _change(self, rows: Sequence[Row]) -> None:
        history: list[tuple[Any, ...]] = []
        for row in rows:
            found: Found = row.found
            history += [(found.customer.pk, *line, self.person.pk) for line in _history(found)]
            for column, value in found.changes.items():
                setattr(found.customer, column, value)
            if "name" in found.changes:
                vars(found.customer).update(findable(found.customer.name))
            found.customer.version += 1
        _save([row.found for row in rows])
        copy_in(CustomerChange, ("customer_id", "field", "old", "new", "changed_by_id"), history)


CUSTOMER_COLUMNS = (
    "id", "name", "name_grams", "pinyin", "initials", *(_COLUMNS[name] for name in _DEFAULTS), "centre_id",
    "created_by_id",
)  # fmt: skip
PHONE_COLUMNS = ("customer_id", "number", "extension", "kind", "is_main")


def _phone_lines(row: Row) -> Iterator[tuple[Any, ...]]:
    for place, phone in enumerate(_numbers(row)):
        yield row.pk, phone.digits, phone.extension, phone.kind.value, place == 0


def _numbers(row: Row) -> list[PhoneNumber]:
    """The phones of a row, each once, the main one first."""
    phones = [row.values[name] for name in _PHONES if name in row.values]
    return list({phone.digits: phone for phone in phones}.values())


def _compare(row: Row, found: Found) -> None:
    """What the row changes of the file. An empty cell leaves things as they are; no phone is taken away."""
    customer, values = found.customer, row.values
    row.pk, row.found = customer.pk, found
    for name, column in _COLUMNS.items():
        if name in values and values[name] != getattr(customer, column):
            found.changes[column] = values[name]
    if "centre" in values and values["centre"] != customer.centre_id:
        found.changes["centre_id"] = values["centre"]
    if "address" in values and (found.address is None or found.address.text != values["address"]):
        found.new_address = values["address"]
    _compare_phones(row, found)
    same = not (found.changes or found.new_phones or found.main_phone or found.new_address is not None)
    row.verdict = UNCHANGED if same else CHANGE


def _compare_phones(row: Row, found: Found) -> None:
    """A main phone that differs corrects the one that is there; further numbers are added."""
    known = {phone.number for phone in found.phones}
    main = next((phone for phone in found.phones if phone.is_main), None)
    given = row.values.get("phone")
    if given is not None and given.digits not in known:
        if main is not None:
            found.main_phone = given
        else:
            found.new_phones.append(given)
        known.add(given.digits)
    found.new_phones += [phone for phone in _numbers(row) if phone.digits not in known]


def _history(found: Found) -> Iterator[tuple[str, str, str]]:
    """(field, old, new) of everything that changes."""
    for column, value in found.changes.items():
        yield column.removesuffix("_id"), str(getattr(found.customer, column) or ""), str(value)
    if found.main_phone is not None:
        old = next(phone.number for phone in found.phones if phone.is_main)
        yield "phone", old, found.main_phone.digits
    for phone in found.new_phones:
        yield "phone", "", phone.digits
    if found.new_address is not None:
        yield "address", found.address.text if found.address else "", found.new_address


def _save(files: Sequence[Found]) -> None:
    """Customers, phones and addresses in a handful of statements."""
    columns = sorted({column for found in files for column in found.changes} | {"version"})
    plain_columns = [column.removesuffix("_id") if column == "centre_id" else column for column in columns]
    if "name" in columns:
        plain_columns += ["name_grams", "pinyin", "initials"]
        _with_readings([found.customer for found in files if "name" not in found.changes])
    Customer.objects.bulk_update([found.customer for found in files], plain_columns)
    mains, added, addresses, new_addresses = [], [], [], []
    for found in files:
        if found.main_phone is not None:
            main = next(phone for phone in found.phones if phone.is_main)
            main.number, main.kind = found.main_phone.digits, found.main_phone.kind
            main.extension = found.main_phone.extension
            mains.append(main)
        has_main = any(phone.is_main for phone in found.phones)
        for place, phone in enumerate(found.new_phones):
            is_main = place == 0 and not has_main
            added.append((found.customer.pk, phone.digits, phone.extension, phone.kind.value, is_main))
        if found.new_address is not None and found.address is not None:
            found.address.text = found.new_address
            addresses.append(found.address)
        elif found.new_address is not None:
            new_addresses.append((found.customer.pk, found.new_address, True))
    CustomerPhone.objects.bulk_update(mains, ["number", "extension", "kind"])
    CustomerAddress.objects.bulk_update(addresses, ["text"])
    copy_in(CustomerPhone, PHONE_COLUMNS, added)
    copy_in(CustomerAddress, ("customer_id", "text", "is_main"), new_addresses)


def _with_readings(customers: Sequence[Customer]) -> None:
    """The deferred columns of files whose name stays, since one statement writes them all."""
    for customer in customers:
        vars(customer).update(findable(customer.name))
