"""What the page of a customer file shows: masked values, states in words, the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import masking
from core.errors import Text
from core.personal import Part
from customers import personal
from customers.enums import CareKind, CareResult, ContactChannel, CustomerKind, Purpose
from customers.filedata import MOST, CareRow, ChangeRow, ConsentRow, PromiseRow, read_file
from customers.models import Customer, CustomerAddress, CustomerPhone
from customers.rules import parse_phone
from customers.rules.regions import region_label
from orgchart.models import Person
from orgchart.scope import today

TONES = {"reached": "green", "not_reached": "orange", "call_later": "azure", "declined": "red"}


@dataclass(frozen=True, slots=True)
class Line:
    """A number or address with the part that shows it masked."""

    row: Any
    part: Part | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A promise or call with its state in words and colour."""

    row: PromiseRow | CareRow
    label: Text
    tone: str
    kind: Text = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the customer agreed to for one purpose; `row` None: never asked or never agreed."""

    purpose: str
    label: Text
    row: ConsentRow | None
    is_old: bool
    past: tuple[ConsentRow, ...]

    @property
    def in_force(self) -> bool:
        """Whether it holds today."""
        return self.row is not None


@dataclass(frozen=True, slots=True)
class Changed:
    """One correction with both values masked."""

    label: Text
    old: Text
    new: Text
    by: str
    at: Any


@dataclass(frozen=True, slots=True)
class FilePage:
    """All that the page shows, without the panels of other apps."""

    customer: Customer
    parts: dict[str, Part]
    phones: list[Line]
    addresses: list[Line]
    agreements: list[Agreement]
    promises: list[Due]
    care: list[Due]
    history: list[Changed]
    may_write: bool
    may_agree: bool

    @property
    def next_call(self) -> Due | None:
        """The call that is due first."""
        return next((one for one in self.care if not getattr(one.row, "made_at", None)), None)

    @property
    def is_cut(self) -> bool:
        """Whether older changes are left out."""
        return len(self.history) == MOST


def read(person: Person, pk: int) -> FilePage:
    """The page of a visible file; NotVisible else. One statement."""
    customer: Any = read_file(person, pk)
    parts = personal.parts_of(person, customer)
    living = not customer.erased_at and not customer.merged_into_id
    return FilePage(
        customer=customer,
        parts=parts,
        phones=[_phone(phone, parts) for phone in customer.phones.all()],
        addresses=[_address(address, parts) for address in customer.addresses.all()],
        agreements=_agreements(customer.consent_rows, customer.notice_version),
        promises=[_promise(row) for row in customer.promise_rows],
        care=[_care(row) for row in customer.care_rows],
        history=[_changed(row) for row in customer.change_rows],
        may_write=customer.may_edit and living,
        may_agree=customer.notice_version is not None,
    )


def _phone(row: CustomerPhone, parts: dict[str, Part]) -> Line:
    return Line(row, parts.get(f"phone-{row.pk}"))


def _address(row: CustomerAddress, parts: dict[str, Part]) -> Line:
    return Line(row, parts.get(f"address-{row.pk}"), region_label(row.region_code))


def due_state(due_on: date, day: date) -> tuple[Text, str]:
    """(word, tone) of something that is due and not done."""
    if due_on < day:
        return _("overdue"), "red"
    return (_("today"), "orange") if due_on == day else (_("planned"), "blue")


def _promise(row: PromiseRow) -> Due:
    if row.kept_at:
        return Due(row, _("kept"), "green")
    return Due(row, *due_state(row.due_on, today()))


def _care(row: CareRow) -> Due:
    kind = CareKind(row.kind).label
    if row.result:
        return Due(row, CareResult(row.result).label, TONES[row.result], kind)
    return Due(row, *due_state(row.due_on, today()), kind)


def _agreements(rows: list[ConsentRow], newest: int | None) -> list[Agreement]:
    found = []
    for purpose in Purpose:
        mine = [row for row in rows if row.purpose == purpose]
        row = next((row for row in mine if row.withdrawn_at is None), None)
        past = tuple(one for one in mine if one is not row)
        found.append(Agreement(purpose.value, purpose.label, row, bool(row and row.version != newest), past))
    return found


# -- history -----------------------------------------------------------------------------------------------------------


def mask_written_phone(text: str) -> str:
    """A number as the history keeps it, masked; the extension goes too."""
    found = parse_phone(text)
    return masking.mask_phone(found.digits) if found else masking.STARS


def _choice(choices: Any) -> Callable[[str], Text]:
    words = dict(choices)
    return lambda value: words.get(value, value)


_WORDS: dict[str, tuple[Text, Callable[[str], Text]]] = {
    "name": (gettext_lazy("Name"), masking.mask_name),
    "kind": (gettext_lazy("Kind"), _choice(CustomerKind.choices)),
    "email": (gettext_lazy("E-mail"), masking.mask_email),
    "language": (gettext_lazy("Language"), _choice(settings.LANGUAGES)),
    "province_code": (gettext_lazy("Province"), region_label),
    "preferred_channel": (gettext_lazy("Preferred channel"), _choice(ContactChannel.choices)),
    "preference_note": (gettext_lazy("Preferences"), str),
    "phone": (gettext_lazy("Phone number"), mask_written_phone),
    "phone_relation": (gettext_lazy("Whose number"), str),
    "phone_main": (gettext_lazy("Main number"), mask_written_phone),
    "phone_retired": (gettext_lazy("Number in use"), mask_written_phone),
    "address": (gettext_lazy("Address"), masking.mask_address),
    "address_main": (gettext_lazy("Main address"), masking.mask_address),
}


def _changed(row: ChangeRow) -> Changed:
    label, mask = _WORDS.get(row.field, (row.field, lambda text: masking.STARS))
    old, new = (mask(text) if text else "–" for text in (row.old, row.new))
    return Changed(label, old or "–", new or "–", row.by, row.at)
