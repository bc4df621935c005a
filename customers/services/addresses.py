"""Addresses of a file: the district by its code, street and house in words."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Invalid, NotVisible
from customers.models import Customer, CustomerAddress
from customers.rules.regions import is_region, region_label
from customers.services.writing import Change, check_version, corrected, locked_file

MOST = 200


def address_of(file: Customer, address: int) -> CustomerAddress:
    """An address of this file; refuses with "address_not_found" (404)."""
    found: CustomerAddress | None = file.addresses.filter(pk=address).first()
    if found is None:
        raise NotVisible("address_not_found", _("There is no such address in this file."))
    return found


def _check(region_code: str, text: str) -> None:
    if region_code and not is_region(region_code):
        raise Invalid("region_unknown", _("There is no such region today. Choose one."), field="region_code")
    if not text:
        raise Invalid("address_missing", _("Enter street and house."), field="text")


def whole(address: CustomerAddress) -> str:
    """The address as it is read aloud, from the province down."""
    return f"{region_label(address.region_code)}{address.text}"


@transaction.atomic
def add_address(
    *, actor: Actor, customer: int, region_code: str, text: str, is_main: bool = False
) -> CustomerAddress:
    """Add an address to the file (id); the first one is the main one. Writes "customer.address_added".

    Refusals: those of `locked_file`, "region_missing", "region_unknown" (field "region_code"), "address_missing"
    (field "text").
    """
    file = locked_file(actor, customer)
    if not region_code:
        raise Invalid("region_missing", _("Choose the province at least."), field="region_code")
    text = text.strip()[:MOST]
    _check(region_code, text)
    main = is_main or not file.addresses.filter(is_main=True).exists()
    if main:
        file.addresses.update(is_main=False)
    made: CustomerAddress = CustomerAddress.objects.create(
        customer=file, region_code=region_code, text=text, is_main=main
    )
    change = Change("address", "", whole(made))
    corrected(actor, file, "customer.address_added", [change], address=[None, made.pk])
    return made


@transaction.atomic
def correct_address(
    *, actor: Actor, customer: int, address: int, version: int, region_code: str, text: str = ""
) -> CustomerAddress:
    """Correct the district and, unless empty, street and house. `version` is the file's as it was read.

    Writes "customer.address_corrected". Refusals: as `add_address`, "address_not_found" (404), "stale" (409).
    """
    file = locked_file(actor, customer)
    row = address_of(file, address)
    check_version(file, version)
    old, text = whole(row), text.strip()[:MOST] or row.text
    _check(region_code, text)
    if (region_code, text) != (row.region_code, row.text):
        row.region_code, row.text = region_code, text
        row.save(update_fields=["region_code", "text"])
        change = Change("address", old, whole(row))
        corrected(actor, file, "customer.address_corrected", [change], address=[row.pk, row.pk])
    return row


@transaction.atomic
def make_main_address(*, actor: Actor, customer: int, address: int) -> CustomerAddress:
    """Make this the address to send things to. Writes "customer.address_main". Refusals: as `remove_address`."""
    file = locked_file(actor, customer)
    row = address_of(file, address)
    if row.is_main and not file.addresses.filter(is_main=True).exclude(pk=row.pk).exists():
        return row
    before = file.addresses.filter(is_main=True).exclude(pk=row.pk).first()
    file.addresses.update(is_main=False)
    row.is_main = True
    row.save(update_fields=["is_main"])
    change = Change("address_main", whole(before) if before else "", whole(row))
    corrected(actor, file, "customer.address_main", [change], address=[before and before.pk, row.pk])
    return row


@transaction.atomic
def remove_address(*, actor: Actor, customer: int, address: int) -> None:
    """Take an address out; the history keeps it, and another one becomes the main one.

    Writes "customer.address_removed". Refusals: those of `locked_file`, "address_not_found" (404).
    """
    file = locked_file(actor, customer)
    row = address_of(file, address)
    pk, was_main, old = row.pk, row.is_main, whole(row)
    row.delete()
    following = file.addresses.order_by("-is_main", "pk").first() if was_main else None
    if following is not None:
        following.is_main = True
        following.save(update_fields=["is_main"])
    corrected(actor, file, "customer.address_removed", [Change("address", old, "")], address=[pk, None])
