"""Named reads of devices for pages and API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from core import masking
from core.errors import Text
from core.personal import Part, with_reveals
from core.policy import row_filter
from customers import finding
from customers.models import Customer
from customers.policies import centres_with
from customers.rules import parse_phone
from customers.rules.grants import VIEW
from orgchart.extensions import Panel
from orgchart.models import Person
from products import devicefacts, extensions
from products.devicefacts import Line
from products.extensions import HistoryEntry
from products.models import Device, DeviceChange, Ownership, ProductModel
from products.personal import not_found, parts_of
from products.rules import facts as rules
from products.rules.imei import tac_of
from products.services.owners import undoable

MOST_CHANGES = 50
_LINE = JSONObject(field="field", old="old", new="new", by="changed_by__name", at="changed_at")
MOST_OWNERS = 9
_CHAIN = (
    "exchanged_for__new__model",
    "exchanged_for__new__exchanged_for__new__model",
    "came_for__old__model",
    "came_for__old__came_for__old__model",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A phone in a chain of exchanges: the day it came for the one before (None for the first)."""

    device: Device
    came_on: date | None
    is_this: bool
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: the field in words, the value before and after, masked, who and when."""

    label: Text
    old: str
    new: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DevicePage:
    """All that the page of a device shows."""

    device: Any
    parts: dict[str, Part]
    facts: list[Line]
    notes: list[Text]
    owners: list[Any]
    chain: list[Link]
    changes: list[Change]
    history: list[HistoryEntry]
    panels: list[Panel]
    can_undo_owner: bool

    @property
    def serials(self) -> list[tuple[Any, Part]]:
        """Serial numbers, each with its masked part."""
        rows = ((row, self.parts.get(f"serial-{row.pk}")) for row in self.device.serials.all())
        return [(row, part) for row, part in rows if part is not None]

    @property
    def imeis(self) -> list[Part]:
        """One IMEI or two."""
        return [self.parts[code] for code in ("imei", "imei2") if code in self.parts]

    @property
    def may_edit(self) -> bool:
        """Whether the reader may correct it."""
        return bool(self.device.may_edit)


def _may(person: Person, action: str) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(row_filter(Device, action, person), output_field=BooleanField())


def device_for(person: Person, pk: int) -> Device:
    """The visible device with its model, owner, serial numbers and certificate and `may_edit`; NotVisible else."""
    rows = with_reveals(Device.objects.permitted(person).filter(pk=pk), person)
    rows = rows.annotate(may_edit=_may(person, "edit")).select_related("model__maker", "owner", "certificate")
    found: Device | None = rows.prefetch_related("serials").first()
    if found is None:
        raise not_found()
    return found


def device_page(person: Person, pk: int) -> DevicePage:
    """The device with its whole history. NotVisible when the person does not see it."""
    device = _whole(person, pk)
    history = extensions.history_of(person, device)
    seen = devicefacts.seen(device, (entry.at for entry in history))
    found = rules.facts(seen)
    owners = list(device.ownerships.all())
    return DevicePage(
        device=device,
        parts=parts_of(person, device),
        facts=devicefacts.in_words(found, devicefacts.of_centres(device, centres_with(person, VIEW))),
        notes=extensions.facts_of(person, device),
        owners=owners,
        chain=list(_chain(device)),
        changes=_changes(device),
        history=_whole_history(device, history),
        panels=extensions.panels_for(person, device),
        can_undo_owner=undoable(owners),
    )


def _whole(person: Person, pk: int) -> Any:
    in_sight = Customer.objects.permitted(person).filter(pk=OuterRef("owner_id"))
    owners = Ownership.objects.order_by("-id").select_related("owner__centre", "recorded_by")
    rows: Any = with_reveals(Device.objects.permitted(person).filter(pk=pk), person)
    rows = rows.annotate(
        may_edit=_may(person, "edit"),
        sees_new=Exists(Device.objects.permitted(person).filter(pk=OuterRef("exchanged_for__new_id"))),
        sees_old=Exists(Device.objects.permitted(person).filter(pk=OuterRef("came_for__old_id"))),
    )
    changes = DeviceChange.objects.filter(device=OuterRef("pk")).order_by("-id").values(line=_LINE)
    rows = devicefacts.with_others(rows).annotate(last_changes=ArraySubquery(changes[:MOST_CHANGES]))
    rows = rows.select_related("model__maker", "owner", "certificate", *_CHAIN)
    found = rows.prefetch_related(
        "serials", Prefetch("ownerships", owners.annotate(in_sight=Exists(in_sight)))
    ).first()
    if found is None:
        raise not_found()
    return found


def _chain(device: Any) -> Iterator[Link]:
    """At most two phones before and two after; nothing without an exchange. Costs no statement."""
    came, went = getattr(device, "came_for", None), getattr(device, "exchanged_for", None)
    if not came and not went:
        return
    if came:
        before = getattr(came.old, "came_for", None)
        if before:
            yield Link(before.old, None, False, "")
        url = came.old.get_absolute_url() if device.sees_old else ""
        yield Link(came.old, before.exchanged_on if before else None, False, url)
    yield Link(device, came.exchanged_on if came else None, True, "")
    if went:
        url = went.new.get_absolute_url() if device.sees_new else ""
        yield Link(went.new, went.exchanged_on, False, url)
        further = getattr(went.new, "exchanged_for", None)
        if further:
            yield Link(further.new, further.exchanged_on, False, "")


def _whole_history(device: Any, known: list[HistoryEntry]) -> list[HistoryEntry]:
    """What higher apps know, with registering, owners and exchanges in between, newest first."""
    own = [HistoryEntry(device.created_at, "device-mobile", _("Registered"))] if device.created_at else []
    for row in list(device.ownerships.all())[:-1]:
        title: Text = _("Owner changed to %(name)s") % {"name": masking.mask_name(row.owner.name)}
        own.append(HistoryEntry(row.recorded_at, "transfer", title, row.reason))
    for exchange, what in (
        (getattr(device, "came_for", None), _("Came for another phone")),
        (getattr(device, "exchanged_for", None), _("Exchanged for another phone")),
    ):
        if exchange:
            own.append(HistoryEntry(exchange.recorded_at, "arrows-exchange", what, exchange.reason))
    return sorted([*known, *own], key=lambda entry: entry.at, reverse=True)


# -- Corrections -------------------------------------------------------------------------------------------------------

_FIELDS: dict[str, Text] = {
    "owner": _("Owner"),
    "exchanged_for": _("Exchanged for"),
    "came_for": _("Came for"),
}
_MASKS = {
    "imei": masking.mask_imei,
    "imei2": masking.mask_imei,
    "invoice_number": masking.mask_invoice,
    "certificate.number": masking.mask_invoice,
}


def _changes(device: Any) -> list[Change]:
    """The last corrections of `_whole`, newest first, both values masked."""
    return [
        Change(
            field_label(line["field"]),
            _masked(line["field"], line["old"]),
            _masked(line["field"], line["new"]),
            line["by"] or "",
            datetime.fromisoformat(line["at"]),
        )
        for line in device.last_changes
    ]


def field_label(name: str) -> Text:
    """A field of the history in words."""
    from products.enums import SerialKind
    from products.models import Certificate

    group, _dot, rest = name.partition(".")
    if group == "serial":
        return SerialKind(rest).label if rest in SerialKind.values else rest
    if name in _FIELDS:
        return _FIELDS[name]
    model: Any = Certificate if group == "certificate" else Device
    known = {
        field.name: field.verbose_name for field in model._meta.get_fields() if hasattr(field, "verbose_name")
    }
    label = str(known.get(rest or name, name))
    return label[:1].upper() + label[1:]


_WORDS: dict[str, Text] = {"True": _("yes"), "False": _("no")}


def _masked(name: str, value: str) -> str:
    if name == "certificate.has_seal":
        return str(_WORDS.get(value, value))
    mask = masking.mask_invoice if name.startswith("serial.") else _MASKS.get(name, str)
    return mask(value)


# -- Choices -----------------------------------------------------------------------------------------------------------


def models_offered(chosen: ProductModel | None = None) -> QuerySet[ProductModel]:
    """Models that a phone may be registered as: those still in the catalogue, and the one that is chosen already."""
    rows = ProductModel.objects.filter(is_active=True)
    if chosen is not None:
        rows = rows | ProductModel.objects.filter(pk=chosen.pk)
    ordered: QuerySet[ProductModel] = rows.select_related("maker").order_by("manufacturer", "code")
    return ordered


def models_of_tac(imei: str) -> list[ProductModel]:
    """Models whose IMEIs begin like this one, at most two: one is a proposal, two are none."""
    tac = tac_of(imei)
    rows = (
        ProductModel.objects.filter(is_active=True, tacs__contains=[tac])
        if tac
        else ProductModel.objects.none()
    )
    return list(rows.order_by("code")[:2])


def owners_by_text(person: Person, text: str) -> list[Customer]:
    """Visible files by their number ("#12") or by a complete phone number."""
    plain = text.strip()
    files: QuerySet[Customer] = Customer.objects.permitted(person).filter(merged_into=None, erased_at=None)
    number = plain.removeprefix("#").strip()
    if (
        number.isascii()
        and number.isdigit()
        and len(number) < 19
        and (plain.startswith("#") or len(number) < 5)
    ):
        return list(files.filter(pk=int(number)).select_related("centre"))
    phone = parse_phone(plain)
    if phone is None:
        return []
    same = finding.with_number(phone.digits).values("pk")
    return list(files.filter(pk__in=same).select_related("centre")[:MOST_OWNERS])


def owned_by(person: Person, customer: Customer) -> list[Any]:
    """The visible devices that `customer` owns or owned, newest ownership first, each with its ownership's days."""
    devices = Device.objects.permitted(person).select_related("model")
    rows = Ownership.objects.filter(owner=customer).order_by("-id")
    visible = rows.filter(Exists(devices.filter(pk=OuterRef("device_id"))))
    return list(visible.select_related("device__model", "device__exchanged_for")[: MOST_CHANGES + 1])
