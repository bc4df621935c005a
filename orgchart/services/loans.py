"""Things of the company in a person's hands: keys, badge, computer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid
from orgchart.models import LoanedItem, Person
from orgchart.services.files import require_file


@dataclass(frozen=True, slots=True)
class Thing:
    """What is handed out."""

    name: str
    serial_no: str = ""


def hand_out_all(actor: Actor, person: Person, things: Iterable[Thing], day: date) -> list[LoanedItem]:
    """As `hand_out`, for services that have asked already whether the actor may."""
    return [_hand_out(actor, person, thing, day, "") for thing in things]


def _hand_out(actor: Actor, person: Person, thing: Thing, day: date, note: str) -> LoanedItem:
    item: LoanedItem = LoanedItem.objects.create(
        person=person, name=thing.name, serial_no=thing.serial_no, handed_on=day, note=note
    )
    record(
        actor=actor, action="file.item_handed", subject=person, subject_label=person.username,
        changes={"item": [None, item.pk], "name": [None, thing.name], "serial_no": [None, thing.serial_no]},
    )  # fmt: skip
    return item


@transaction.atomic
def hand_out(*, actor: Actor, person: Person, thing: Thing, handed_on: date, note: str = "") -> LoanedItem:
    """Note that `person` was given something. Refuses with "may_not_edit_file", "about_oneself" or "account_closed"."""
    actor = require_file(actor, person)
    if not person.is_active:
        raise Conflict("account_closed", _("This account is closed."))
    return _hand_out(actor, person, thing, handed_on, note)


@transaction.atomic
def take_back(*, actor: Actor, item: LoanedItem, returned_on: date) -> LoanedItem:
    """Note that a thing came back, also from somebody who has left.

    Refuses with "may_not_edit_file", "about_oneself", "returned_already" or "returned_before".
    """
    actor = require_file(actor, item.person)
    return take_back_now(actor, item, returned_on)


def take_back_now(actor: Actor, item: LoanedItem, returned_on: date) -> LoanedItem:
    """As `take_back`, for services that have asked already whether the actor may."""
    locked: LoanedItem = LoanedItem.objects.select_for_update().get(pk=item.pk)
    if locked.returned_on is not None:
        raise Conflict("returned_already", _("This was taken back already."))
    if returned_on < locked.handed_on:
        raise Invalid(
            "returned_before", _("It was handed out on a later day. Choose another day."), field="returned_on"
        )
    locked.returned_on = returned_on
    locked.save(update_fields=["returned_on"])
    record(
        actor=actor, action="file.item_returned", subject=item.person, subject_label=item.person.username,
        changes={"item": [item.pk, None], "name": [locked.name, None], "returned_on": [None, str(returned_on)]},
    )  # fmt: skip
    return locked
