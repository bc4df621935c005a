"""Erasing a customer's personal data: what the law keeps is said, everything else goes and cannot come back.

The trail is not touched: it names rows and fields, never values. The file stays as a number, so that cases and devices
keep their owner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Count, F, Func, Max, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict
from core.localtime import local_today
from core.models import AuditEvent, ExportFile, ImportFile, ImportProblem, StoredSearch
from core.models.exports import ExportState
from customers import policies
from customers.enums import RequestState
from customers.events import CustomerErased, customer_erased
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    LegalHold,
    Merge,
    PrivacyRequest,
    Promise,
)
from customers.rules import grants, retention

COPY_KIND = "privacy.copy"
_EMPTY: dict[str, Any] = {
    "name": "", "name_grams": [], "pinyin": "", "initials": "", "email": "", "province_code": "",
    "preference_note": "", "preferred_channel": "any",
}  # fmt: skip
_SEPARATORS = r"[\s().·+–—-]"
_SHORTEST_NAME, _SHORTEST_NUMBER = 2, 5


@dataclass(slots=True)
class Outcome:
    """What an erasure takes away and what stays.

    `gone`: code -> rows. `kept`: entries {"what", "count", "until", "basis"}, see `customers.events.CustomerErased`.
    """

    gone: Counter[str] = field(default_factory=Counter)
    kept: list[dict[str, Any]] = field(default_factory=list)


def preview(*, actor: Actor, customer: Customer) -> Outcome:
    """What `erase` would do now, found by doing it and taking it back. Refuses as `erase` does."""
    with transaction.atomic():
        outcome = _erase_all(actor, customer)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def erase(*, actor: Actor, customer: Customer, reason: str = "") -> Outcome:
    """Erase the file's personal data and those of files merged into it. Erased already: nothing happens.

    Publishes `customer_erased` for each file, in the same transaction; writes "customer.erased" with numbers of rows,
    never with data. `actor.person` None: the nightly job. Refusals: "may_not_customers", "file_merged", "legal_hold",
    "other_request_open", and what higher apps refuse with (open cases).
    """
    with audit.written_last():
        outcome = _erase_all(actor, customer)
        if outcome.gone:
            audit.record(
                actor=_in_place(actor),
                action="customer.erased",
                subject=customer,
                subject_label=f"#{customer.pk}",
                changes={"rows": [dict(outcome.gone), None]},
                reason=reason,
            )
    return outcome


def _in_place(actor: Actor) -> Actor:
    return actor.in_place_of(policies.acting_for(actor.person, grants.PRIVACY)) if actor.person else actor


def _erase_all(actor: Actor, customer: Customer) -> Outcome:
    if actor.person is not None:
        policies.require_privacy_of(actor.person, customer)
    outcome = Outcome()
    files = _locked_files(customer.pk)
    if all(row.erased_at for row in files):
        return outcome
    _refuse(files)
    _forget_traces(files, outcome.gone)
    for row in files:
        _erase_one(actor, row, outcome)
    outcome.kept += _kept_of_own([row.pk for row in files])
    return outcome


def _locked_files(pk: int) -> list[Customer]:
    """The file and all that were merged into it, locked in one order."""
    found, level = [pk], [pk]
    while level:
        level = list(
            Customer.objects.filter(merged_into__in=level).exclude(pk__in=found).values_list("pk", flat=True)
        )
        found += level
    return list(Customer.objects.select_for_update().filter(pk__in=found).order_by("pk"))


def _refuse(files: list[Customer]) -> None:
    ids = [row.pk for row in files]
    outside = [row for row in files if row.merged_into_id and row.merged_into_id not in ids]
    if outside:
        raise Conflict("file_merged", _("This file was merged into another one. Erase that one."))
    if LegalHold.objects.filter(customer__in=ids, released_at=None).exists():
        raise Conflict(
            "legal_hold",
            _("This file is held because a dispute or an authority needs it. Release the hold first."),
        )
    waiting = PrivacyRequest.objects.filter(customer__in=ids, state=RequestState.OPEN)
    if waiting.exclude(kind="erasure").exists():
        raise Conflict(
            "other_request_open",
            _("Another request of this customer is open. Answer it first, it needs the data."),
        )


def _erase_one(actor: Actor, customer: Customer, outcome: Outcome) -> None:
    for code, rows in _own_rows(customer):
        outcome.gone[code] += rows.delete()[0]
    outcome.gone["merge_reasons"] += (
        Merge.objects.filter(Q(kept=customer) | Q(merged=customer)).exclude(reason="").update(reason="")
    )
    outcome.gone["request_texts"] += customer.requests.exclude(text="").update(text="")
    Consent.objects.filter(customer=customer, withdrawn_at=None).update(withdrawn_at=timezone.now())
    outcome.gone["name_and_contact"] += int(not customer.erased_at)
    Customer.objects.filter(pk=customer.pk).update(
        **_EMPTY, erased_at=customer.erased_at or timezone.now(), version=F("version") + 1
    )
    customer.refresh_from_db()
    event = CustomerErased(customer, actor)
    customer_erased.publish(event)
    outcome.kept += event.kept
    for entry in event.gone:
        outcome.gone[entry["what"]] += entry["count"]


def _own_rows(customer: Customer) -> list[tuple[str, QuerySet[Any]]]:
    return [
        ("phones", CustomerPhone.objects.filter(customer=customer)),
        ("addresses", CustomerAddress.objects.filter(customer=customer)),
        ("promises", Promise.objects.filter(customer=customer)),
        ("care_calls", CareCall.objects.filter(customer=customer)),
        ("changes", CustomerChange.objects.filter(customer=customer)),
    ]


# -- traces outside the file: kept searches, rows of imports, copies -------------------------------------------------


def _forget_traces(files: list[Customer], gone: Counter[str]) -> None:
    ids = [row.pk for row in files]
    numbers = CustomerPhone.objects.filter(customer__in=ids).values_list("number", flat=True)
    names = [text for row in files for text in (row.name, row.email) if len(text) >= _SHORTEST_NAME]
    digits = [number for number in numbers if len(number) >= _SHORTEST_NUMBER]
    gone["searches"] += _holding(StoredSearch.objects.all(), "query", names, digits).delete()[0]
    gone["import_problems"] += _holding(ImportProblem.objects.all(), "value", names, digits).delete()[0]
    gone["import_samples"] += _holding(ImportFile.objects.all(), "sample", names, digits).update(sample=[])
    requests = PrivacyRequest.objects.filter(customer__in=ids, kind="export").values_list("pk", flat=True)
    copies = ExportFile.objects.filter(kind=COPY_KIND, query__request__in=list(requests))
    gone["copies"] += copies.exclude(state=ExportState.EXPIRED).update(expires_at=timezone.now())


def _holding(rows: Any, column: str, names: Collection[str], digits: Iterable[str]) -> QuerySet[Any]:
    """Rows whose text holds one of the names, or one of the numbers however it was grouped."""
    text = Cast(column, TextField())
    bare = Func(
        text, Value(_SEPARATORS), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
    )
    wanted = Q(pk__in=[])
    for name in names:
        wanted |= Q(_text__contains=name)
    for number in digits:
        wanted |= Q(_bare__contains=number)
    found: QuerySet[Any] = rows.annotate(_text=text, _bare=bare).filter(wanted)
    return found


# -- what stays --------------------------------------------------------------------------------------------------------


def _kept_of_own(ids: list[int]) -> list[dict[str, Any]]:
    """Consents and requests as proof of what was agreed and answered, and the trail of who looked at what."""
    day = local_today()
    events = AuditEvent.objects.filter(subject_type=Customer._meta.label_lower, subject_id__in=ids)
    seen = events.aggregate(count=Count("pk"), last=Max("at"))
    consents = Consent.objects.filter(customer__in=ids).count()
    requests = PrivacyRequest.objects.filter(customer__in=ids).count()
    found = [
        kept("consents", consents, day, retention.REQUESTS, "civil_188"),
        kept("requests", requests, day, retention.REQUESTS, "pipl_55_56"),
        kept("access_log", seen["count"], local_today(seen["last"]), retention.ACCESS_LOG, "pipl_55_56"),
    ]
    return [entry for entry in found if entry["count"]]


def kept(what: str, count: int, since: date, period: str, basis: str) -> dict[str, Any]:
    """An entry of what the law keeps: `period` (a class of customers.rules.retention) counted from `since`."""
    until = retention.class_of(period, settings.RETENTION_DAYS).period.after(since)
    return {"what": what, "count": count, "until": until.isoformat(), "basis": basis}
