"""Correcting what a file says about the customer, with history."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Invalid
from customers.enums import ContactChannel, CustomerKind
from customers.models import Customer
from customers.rules.regions import region
from customers.services.files import findable
from customers.services.writing import Change, check_version, corrected, locked_file


@dataclass(frozen=True, slots=True)
class Correction:
    """What the file shall say; None leaves a field as it is."""

    name: str | None = None
    kind: str | None = None
    email: str | None = None
    language: str | None = None
    province_code: str | None = None
    preferred_channel: str | None = None
    preference_note: str | None = None

    def given(self) -> dict[str, str]:
        """The fields that are given, without blanks around them."""
        values = ((part.name, getattr(self, part.name)) for part in fields(self))
        return {name: str(value).strip() for name, value in values if value is not None}


@transaction.atomic
def correct_customer(*, actor: Actor, customer: int, version: int, correction: Correction) -> Customer:
    """Correct the file of the customer (id) that was read at `version`; without any change nothing is written.

    A new name is found by its characters and reading at once. Old and new values go to `CustomerChange`, the audit
    event "customer.corrected" names the fields. Refusals: those of `locked_file`, "stale" (409), "name_missing" (field
    "name"), "not_a_choice" (field of the value), "region_unknown" (field "province_code"), "email_missing" (field
    "preferred_channel": somebody without an address cannot be reached by e-mail).
    """
    file = locked_file(actor, customer)
    check_version(file, version)
    given = correction.given()
    _check(file, given)
    changes = [Change(name, str(getattr(file, name)), new) for name, new in given.items()]
    changes = [change for change in changes if change.old != change.new]
    if not changes:
        return file
    values: dict[str, Any] = {change.field: change.new for change in changes}
    if "name" in values:
        values |= findable(values["name"])
    for name, value in values.items():
        setattr(file, name, value)
    file.save(update_fields=list(values))
    corrected(actor, file, "customer.corrected", changes)
    return file


def _check(file: Customer, given: dict[str, str]) -> None:
    if not given.get("name", file.name):
        raise Invalid("name_missing", _("Enter the customer's name."), field="name")
    choices: dict[str, list[str]] = {
        "kind": CustomerKind.values,
        "preferred_channel": ContactChannel.values,
        "language": [code for code, _name in settings.LANGUAGES],
    }
    for name, allowed in choices.items():
        if name in given and given[name] not in allowed:
            raise Invalid("not_a_choice", _("Choose one of the values offered."), field=name)
    if given.get("province_code"):
        _check_province(given["province_code"])
    email = given.get("email", file.email)
    if not email and given.get("preferred_channel") == ContactChannel.EMAIL:
        raise Invalid(
            "email_missing",
            _("There is no e-mail address on file. Enter one or choose another way."),
            field="preferred_channel",
        )


def _check_province(code: str) -> None:
    found = region(code)
    if found is None or found.level != "province":
        raise Invalid(
            "region_unknown", _("There is no such region today. Choose one."), field="province_code"
        )
