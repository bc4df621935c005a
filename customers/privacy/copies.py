"""The copy of all data about a customer, for the customer: machine-readable and to read (PIPL art. 45)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotVisible
from core.exports.registry import file_exporter
from core.localtime import local_today
from customers.events import DataWanted, data_wanted
from customers.models import Customer, PrivacyRequest
from customers.privacy.copypdf import write_pdf
from customers.services.erasing import COPY_KIND


@file_exporter(COPY_KIND, gettext_lazy("Copy of personal data"), suffix="zip")
def privacy_copy(person: Any, query: Mapping[str, Any], path: Path) -> int:
    """Write the copy that a request asks for as a ZIP of JSON and PDF; returns how many entries it holds.

    What `person` may do is asked again here, when the file is made. Raises NotVisible("request_gone").
    """
    requests = PrivacyRequest.objects.permitted(person, "decide").select_related("customer")
    request = requests.filter(pk=query["request"], kind="export", customer__erased_at=None).first()
    if request is None:
        raise NotVisible("request_gone", _("This request is not there for you any more."))
    data = collect(request.customer)
    document = {
        "file": request.customer_id,
        "request": request.pk,
        "made_at": timezone.now().isoformat(),
        **data,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=2))
        archive.writestr("data.pdf", write_pdf(request.customer_id, data, local_today()))
    return sum(len(rows) for rows in data.values())


@transaction.atomic
def collect(customer: Customer) -> dict[str, list[dict[str, Any]]]:
    """Everything that is known about the customer: section -> rows in plain JSON; other apps add theirs."""
    event = DataWanted(customer)
    event.data.update(_own(customer))
    data_wanted.publish(event)
    plain = json.loads(json.dumps(event.data, default=str, ensure_ascii=False))
    return {section: rows if isinstance(rows, list) else [rows] for section, rows in plain.items()}


def _own(customer: Customer) -> dict[str, list[dict[str, Any]]]:
    merged = list(Customer.objects.filter(merged_into=customer))
    files = [customer, *merged]
    consents = [row for file in files for row in file.consents.select_related("notice")]
    return {
        "file": [_file(row) for row in files],
        "phones": _rows(files, "phones", "number", "extension", "kind", "relation", "is_active"),
        "addresses": _rows(files, "addresses", "region_code", "text", "is_main"),
        "consents": [
            {
                "purpose": row.get_purpose_display(),
                "version": row.notice.version,
                "given_at": row.given_at,
                "withdrawn_at": row.withdrawn_at,
            }
            for row in consents
        ],
        "promises": _rows(files, "promises", "text", "due_on", "made_at", "kept_at", "result"),
        "care_calls": _rows(files, "care_calls", "kind", "due_on", "made_at", "result", "note"),
        "corrections": _rows(files, "changes", "field", "old", "new", "changed_at"),
        "requests": _rows(files, "requests", "kind", "state", "asked_at", "text", "decided_at", "reason"),
    }


def _file(customer: Customer) -> dict[str, Any]:
    return {
        "name": customer.name,
        "kind": customer.get_kind_display(),
        "email": customer.email,
        "language": customer.language,
        "province_code": customer.province_code,
        "preferred_channel": customer.get_preferred_channel_display(),
        "preference_note": customer.preference_note,
        "created_at": customer.created_at,
    }


def _rows(files: list[Customer], relation: str, *columns: str) -> list[dict[str, Any]]:
    return [row for file in files for row in getattr(file, relation).order_by("pk").values(*columns)]
