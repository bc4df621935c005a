"""Numbers of a file: added, corrected, made the main one, taken out of use and back. One number may be of many files."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, Invalid, NotVisible
from customers.models import Customer, CustomerPhone
from customers.rules import PhoneNumber, format_phone, is_withheld
from customers.services.files import require_phone
from customers.services.writing import Change, check_version, corrected, locked_file

MOST_RELATION = 30


def _readable(text: str) -> PhoneNumber:
    if is_withheld(text):
        raise Invalid(
            "phone_withheld", _("A withheld number cannot be kept. Ask for one to call back."), field="number"
        )
    return require_phone(text, field="number")


def _check_once(file: Customer, number: PhoneNumber, but: int = 0) -> None:
    there = file.phones.filter(number=number.digits).exclude(pk=but).first()
    if there is None:
        return
    if there.is_active:
        raise Invalid("phone_twice", _("This number stands in the file already."), field="number")
    raise Invalid(
        "phone_retired",
        _("This number was taken out of use in this file. Take it into use again."),
        field="number",
    )


def phone_of(file: Customer, phone: int) -> CustomerPhone:
    """A number of this file; refuses with "phone_not_found" (404)."""
    found: CustomerPhone | None = file.phones.filter(pk=phone).first()
    if found is None:
        raise NotVisible("phone_not_found", _("There is no such number in this file."))
    return found


def _text(phone: CustomerPhone) -> str:
    return format_phone(phone.number, phone.extension)


@transaction.atomic
def add_phone(
    *, actor: Actor, customer: int, number: str, relation: str = "", is_main: bool = False
) -> CustomerPhone:
    """Add a number to the file (id); `relation` says whose it is when not the customer's own.

    The first number in use becomes the main one. Writes "customer.phone_added". Refusals: those of `locked_file`,
    "phone_not_recognised", "phone_withheld", "phone_twice", "phone_retired" (field "number").
    """
    file = locked_file(actor, customer)
    read = _readable(number)
    _check_once(file, read)
    main = is_main or not file.phones.filter(is_active=True, is_main=True).exists()
    if main:
        file.phones.update(is_main=False)
    made: CustomerPhone = CustomerPhone.objects.create(
        customer=file, number=read.digits, extension=read.extension, kind=read.kind,
        relation=relation.strip()[:MOST_RELATION], is_main=main,
    )  # fmt: skip
    corrected(actor, file, "customer.phone_added", [Change("phone", "", _text(made))], phone=[None, made.pk])
    return made


@transaction.atomic
def correct_phone(
    *, actor: Actor, customer: int, phone: int, version: int, number: str = "", relation: str = ""
) -> CustomerPhone:
    """Correct a number (empty: it stays) and whose it is. `version` is the file's as it was read.

    Writes "customer.phone_corrected", nothing when nothing changes. Refusals: as `add_phone`, "phone_not_found" (404),
    "stale" (409).
    """
    file = locked_file(actor, customer)
    row = phone_of(file, phone)
    check_version(file, version)
    old_text, old_relation = _text(row), row.relation
    if number.strip():
        read = _readable(number)
        _check_once(file, read, row.pk)
        row.number, row.extension, row.kind = read.digits, read.extension, read.kind
    row.relation = relation.strip()[:MOST_RELATION]
    changes = [Change("phone", old_text, _text(row)), Change("phone_relation", old_relation, row.relation)]
    if any(change.old != change.new for change in changes):
        row.save()
        corrected(actor, file, "customer.phone_corrected", changes, phone=[row.pk, row.pk])
    return row


@transaction.atomic
def make_main_phone(*, actor: Actor, customer: int, phone: int) -> CustomerPhone:
    """Make this the number to call first; it stays the only main one. Writes "customer.phone_main".

    Refusals: those of `locked_file`, "phone_not_found" (404), "phone_out_of_use" (409).
    """
    file = locked_file(actor, customer)
    row = phone_of(file, phone)
    if not row.is_active:
        raise Conflict("phone_out_of_use", _("This number is out of use. Take it into use first."))
    if row.is_main and not file.phones.filter(is_main=True).exclude(pk=row.pk).exists():
        return row
    before = file.phones.filter(is_main=True).exclude(pk=row.pk).first()
    file.phones.update(is_main=False)
    row.is_main = True
    row.save(update_fields=["is_main"])
    change = Change("phone_main", _text(before) if before else "", _text(row))
    corrected(actor, file, "customer.phone_main", [change], phone=[before.pk if before else None, row.pk])
    return row


@transaction.atomic
def retire_phone(*, actor: Actor, customer: int, phone: int) -> CustomerPhone:
    """Take a number out of use: it reaches the customer no more, but still finds the file.

    The next number in use becomes the main one. Writes "customer.phone_retired"; again it changes nothing. Refusals:
    those of `locked_file`, "phone_not_found" (404). `restore_phone` undoes it.
    """
    file = locked_file(actor, customer)
    row = phone_of(file, phone)
    if not row.is_active:
        return row
    was_main = row.is_main
    row.is_active = row.is_main = False
    row.save(update_fields=["is_active", "is_main"])
    following = file.phones.filter(is_active=True).order_by("-is_main", "pk").first() if was_main else None
    if following is not None:
        following.is_main = True
        following.save(update_fields=["is_main"])
    corrected(
        actor, file, "customer.phone_retired", [Change("phone_retired", _text(row), "")], phone=[row.pk, None]
    )
    return row


@transaction.atomic
def restore_phone(*, actor: Actor, customer: int, phone: int) -> CustomerPhone:
    """Take a number into use again; the main one when there is no other. Writes "customer.phone_restored".

    Refusals: those of `locked_file`, "phone_not_found" (404).
    """
    file = locked_file(actor, customer)
    row = phone_of(file, phone)
    if row.is_active:
        return row
    row.is_active = True
    row.is_main = not file.phones.filter(is_active=True, is_main=True).exists()
    row.save(update_fields=["is_active", "is_main"])
    corrected(
        actor,
        file,
        "customer.phone_restored",
        [Change("phone_retired", "", _text(row))],
        phone=[None, row.pk],
    )
    return row
