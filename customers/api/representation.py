"""Customer files as plain data, masked."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core import masking
from customers.models import Customer
from customers.rules.regions import region_label

_PLAIN = ("kind", "language", "province_code", "preferred_channel", "preference_note")


def brief(customer: Customer) -> dict[str, Any]:
    """The answer to a write."""
    return {
        "id": customer.pk,
        "url": reverse("api:customer", args=[customer.pk]),
        "version": customer.version,
    }


def detail(customer: Any) -> dict[str, Any]:
    """A file from `filedata.read_file`."""
    return {
        **brief(customer),
        **{name: getattr(customer, name) for name in _PLAIN},
        "name": masking.mask_name(customer.name),
        "email": masking.mask_email(customer.email),
        "merged_into": customer.merged_into_id,
        "erased_at": customer.erased_at,
        "phones": [_phone(row) for row in customer.phones.all()],
        "addresses": [_address(row) for row in customer.addresses.all()],
        "consents": [
            {"purpose": row.purpose, "notice_version": row.version, "given_at": row.given_at}
            for row in customer.consent_rows
            if row.withdrawn_at is None
        ],
        "promises": [
            {"id": row.pk, "text": row.text, "due_on": row.due_on}
            for row in customer.promise_rows
            if row.kept_at is None
        ],
        "care_calls": [
            {"id": row.pk, "kind": row.kind, "due_on": row.due_on}
            for row in customer.care_rows
            if row.made_at is None
        ],
    }


def _phone(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "number": masking.mask_phone(row.number), "kind": row.kind, "relation": row.relation,
        "is_main": row.is_main, "is_active": row.is_active,
    }  # fmt: skip


def _address(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "region_code": row.region_code, "region": region_label(row.region_code), "is_main": row.is_main,
    }  # fmt: skip
