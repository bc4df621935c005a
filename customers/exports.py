"""Customer files taken out: masked as on pages, or in full for mending and bringing in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import Refused
from core.exports import Column, Table, exporter, in_chunks
from core.masking import mask_address, mask_email, mask_name, mask_phone
from customers.enums import ContactChannel, CustomerKind
from customers.imports import CUSTOMERS
from customers.imports.cells import province_names
from customers.imports.kind import FULL, SHOWN
from customers.models import Customer, CustomerAddress, CustomerPhone

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A file with its numbers, main one first, and its address."""

    customer: Customer
    phones: list[str]
    address: str

    def phone(self, place: int) -> str:
        """The number at a place, "" where there is none."""
        return self.phones[place] if place < len(self.phones) else ""


_READ: Mapping[str, Any] = {
    "id": lambda line: line.customer.pk,
    "name": lambda line: line.customer.name,
    "phone": lambda line: line.phone(0),
    "phone2": lambda line: line.phone(1),
    "phone3": lambda line: line.phone(2),
    "kind": lambda line: line.customer.kind,
    "email": lambda line: line.customer.email,
    "language": lambda line: line.customer.language,
    "province": lambda line: province_names().get(line.customer.province_code, ""),
    "address": lambda line: line.address,
    "channel": lambda line: line.customer.preferred_channel,
    "preferences": lambda line: line.customer.preference_note,
    "centre": lambda line: str(line.customer.centre or ""),
}


def _mask_phone(text: str) -> str:
    """The number is masked; an extension goes."""
    return mask_phone(text.split("转")[0])


_MASKS = {
    "name": mask_name, "phone": _mask_phone, "phone2": _mask_phone, "phone3": _mask_phone, "email": mask_email,
    "address": mask_address, "preferences": lambda text: "****" if text else "",
}  # fmt: skip


_WORDS: Mapping[str, Any] = {"kind": CustomerKind, "channel": ContactChannel}


def _columns(*, masked: bool) -> list[Column]:
    return [
        Column(
            field.key,
            field.label,
            _reader(field.key, masked=masked),
            "number" if field.key == "id" else "text",
        )
        for field in CUSTOMERS.fields
    ]


def _reader(key: str, *, masked: bool) -> Any:
    """Reads a cell; words are looked up once for the language of the file."""
    read, mask = _READ[key], _MASKS.get(key) if masked else None
    if key in _WORDS:
        words = {value: str(label) for value, label in _WORDS[key].choices}
        return lambda line: words.get(read(line), "")
    return read if mask is None else _masked(read, mask)


def _masked(read: Any, mask: Any) -> Any:
    return lambda line: mask(read(line))


def _lines(customers: Iterable[Customer]) -> Iterator[Line]:
    stream = iter(customers)
    while chunk := list(islice(stream, _CHUNK)):
        pks = [customer.pk for customer in chunk]
        phones: dict[int, list[str]] = {pk: [] for pk in pks}
        rows = CustomerPhone.objects.filter(customer_id__in=pks, is_active=True).order_by("-is_main", "id")
        for pk, number, extension in rows.values_list("customer_id", "number", "extension"):
            phones[pk].append(f"{number}转{extension}" if extension else number)
        addresses = CustomerAddress.objects.filter(customer_id__in=pks, is_main=True).order_by("-id")
        texts = dict(addresses.values_list("customer_id", "text"))
        for customer in chunk:
            yield Line(customer, phones[customer.pk], texts.get(customer.pk, ""))


def _rows(person: Any, *actions: str) -> Iterator[Line]:
    files = Customer.objects.filter(merged_into__isnull=True, erased_at__isnull=True).select_related("centre")
    files = files.permitted(person, "export")
    for action in actions:
        files = files.permitted(person, action)
    return _lines(in_chunks(files.defer("name_grams", "pinyin", "initials")))


@exporter(SHOWN, pgettext_lazy("list", "Customers"))
def shown(person: Any, query: Mapping[str, Any]) -> Table:
    """The files that a person may export, masked."""
    return Table(_columns(masked=True), _rows(person))


@exporter(FULL, _("Customers in full"))
def full(person: Any, query: Mapping[str, Any]) -> Table:
    """The files that a person may export and reveal, in full; bringing the file in again changes nothing."""
    exports = CUSTOMERS.exports
    if exports is None or not exports.may_full(person):
        raise Refused("may_not_customers", _("Your position does not show personal data in full."))
    return Table(_columns(masked=False), _rows(person, "reveal"))
