"""Who may do what to devices and the catalogue: the grants of today's posts turned into row filters.

A device is seen with the file of its owner, of today or of before, and through cases about it (the case desk says which
those are, see `seen_through`). The catalogue is read by everybody who holds a post.
"""

from __future__ import annotations

from typing import NoReturn

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.policy import NOTHING, Through, policy, register_filter
from customers.policies import centres_with, rows_with
from customers.rules.grants import CASE, EXPORT, REVEAL, VIEW
from orgchart.models import Person
from orgchart.scope import scope_of
from products.models import Ownership
from products.rules import grants

_through = Through()
seen_through = _through.register
"""`seen_through(name, rows)`: higher apps register `rows(person) -> Q` on Device; from their `ready`."""
through_records = _through.rows
"""`through_records(person) -> Q`: what the person sees through cases and the like."""


def _rows_with(person: Person, grant: str, *, through_case: bool) -> Q:
    centres = centres_with(person, grant)
    rows = NOTHING
    if centres:
        owned = Ownership.objects.filter(device_id=OuterRef("pk"), owner__centre_id__in=centres)
        rows = Q(owner__centre_id__in=centres) | Q(Exists(owned))
    if not through_case:
        return rows
    return through_records(person) if rows is NOTHING else rows | through_records(person)


def _reaches_case(person: Person, grant: str) -> bool:
    return any(CASE in post.reach(grant) for post in scope_of(person).posts)


@policy("products.Device", "view")
def devices_seen(person: Person) -> Q:
    """Devices of the files that the post reads, and those behind visible cases."""
    return _rows_with(person, VIEW, through_case=True)


@policy("products.Device", "edit")
def devices_to_edit(person: Person) -> Q:
    """Devices that the post may correct."""
    return _rows_with(person, grants.EDIT, through_case=_reaches_case(person, grants.EDIT))


@policy("products.Device", "reveal")
def devices_to_reveal(person: Person) -> Q:
    """Devices whose numbers the post may see in full."""
    return _rows_with(person, REVEAL, through_case=_reaches_case(person, REVEAL))


@policy("products.Device", "export")
def devices_to_export(person: Person) -> Q:
    """Devices that the post may export."""
    return _rows_with(person, EXPORT, through_case=False)


@policy("customers.Customer", "register_device")
def files_to_register_for(person: Person) -> Q:
    """Customer files for whose owner the post registers a phone."""
    return rows_with(person, grants.EDIT)


def may_register(person: Person) -> bool:
    """Whether one of today's posts registers and corrects devices."""
    return bool(scope_of(person).with_grant(grants.EDIT))


def refuse_edit() -> NoReturn:
    """Refuses with "may_not_devices"."""
    raise Refused(
        "may_not_devices",
        _("Your position does not register or correct this phone. Ask an agent of the owner's centre."),
    )


def require_register(person: Person) -> None:
    """Refuses with "may_not_devices" when no post of today registers devices."""
    if not may_register(person):
        refuse_edit()


def may_list(person: Person) -> bool:
    """Whether the list of devices can hold anything for the person."""
    return bool(scope_of(person).posts)


def _catalogue(person: Person) -> Q:
    return Q() if scope_of(person).posts or person.is_technical_admin else NOTHING


def _catalogue_to_edit(person: Person) -> Q:
    return Q() if may_edit_catalogue(person) else NOTHING


for _model in ("Manufacturer", "ProductModel", "FaultCode", "ServiceCode"):
    register_filter(f"products.{_model}", "view", _catalogue)
    register_filter(f"products.{_model}", "edit", _catalogue_to_edit)


def may_read_catalogue(person: Person) -> bool:
    """Whether the person sees the catalogue."""
    return _catalogue(person) is not NOTHING


def may_edit_catalogue(person: Person) -> bool:
    """Whether one of today's posts edits the catalogue."""
    return bool(scope_of(person).with_grant(grants.CATALOGUE))


def catalogue_for(person: Person) -> Person | None:
    """In whose place the person edits the catalogue: None when an own post may."""
    return scope_of(person).holder_for(grants.CATALOGUE)


def require_catalogue(person: Person) -> None:
    """Refuses with "may_not_catalogue"."""
    if not may_edit_catalogue(person):
        raise Refused(
            "may_not_catalogue",
            _("Your position does not edit the catalogue. Ask the department's supervisor."),
        )
