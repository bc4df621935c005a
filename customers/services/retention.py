"""Deleting what is over: once a night, by the table in `customers.rules.retention`. A second run finds nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import audit, exports
from core.actors import Actor
from core.errors import DomainError
from core.imports import services as imports
from core.localtime import local_midnight, local_today
from core.models import AuditEvent, StoredSearch
from customers.enums import RequestState
from customers.extensions import active_since
from customers.models import (
    CareCall,
    Consent,
    Customer,
    CustomerChange,
    LegalHold,
    Merge,
    PrivacyRequest,
    Promise,
)
from customers.rules import retention
from customers.services.erasing import erase

log = logging.getLogger(__name__)

MOST_FILES = 500
"""Files erased in one night: each takes some twenty statements, and a job has five minutes."""
RAN = "privacy.retention_ran"


@transaction.atomic
def run_retention(*, actor: Actor, now: datetime) -> dict[str, int]:
    """Delete or erase what is over at `now`; returns how much by class. Writes "privacy.retention_ran" with the counts.

    A file that a legal hold, an open case or an open request keeps stays and is looked at again the next night.
    """
    with audit.written_last():
        counts = {code: work(_cutoff(code, now), actor) for code, work in _WORK.items()}
        counts[retention.IMPORTS] = imports.expire(now)
        counts[retention.COPIES] = exports.expire(now)
        if any(counts.values()) or not _ran_since(local_midnight(local_today(now))):
            changes = {code: [None, count] for code, count in counts.items()}
            audit.record(actor=actor, action=RAN, changes=changes)
    return counts


def _ran_since(moment: datetime) -> bool:
    """Whether there is a result to show already; a second run on the same day that finds nothing adds none."""
    return bool(AuditEvent.objects.filter(action=RAN, at__gte=moment).exists())


def _cutoff(code: str, now: datetime) -> datetime:
    """What lies before this moment is over."""
    return local_midnight(retention.class_of(code, settings.RETENTION_DAYS).period.before(local_today(now)))


def _searches(before: datetime, actor: Actor) -> int:
    return StoredSearch.objects.filter(created_at__lt=before).delete()[0]


def _changes(before: datetime, actor: Actor) -> int:
    own = CustomerChange.objects.filter(changed_at__lt=before).delete()[0]
    return own + sum(function(before) for function in _of_higher_apps.values())


def _requests(before: datetime, actor: Actor) -> int:
    old = PrivacyRequest.objects.exclude(state=RequestState.OPEN).filter(decided_at__lt=before)
    old = old.exclude(identity_checked="", text="", reason="")
    return old.update(identity_checked="", text="", reason="")


def _files(before: datetime, actor: Actor) -> int:
    erased = 0
    for customer in quiet_files(before).order_by("pk")[:MOST_FILES]:
        try:
            with transaction.atomic():
                erase(actor=actor, customer=customer, reason="retention")
        except DomainError as refusal:
            log.info("a file stays", extra={"customer": customer.pk, "code": refusal.code})
        else:
            erased += 1
    return erased


def quiet_files(before: datetime) -> QuerySet[Customer]:
    """Files in which nothing happened since `before`: opened earlier, and no app knows of any activity."""
    rows: QuerySet[Customer] = Customer.objects.filter(
        erased_at=None, merged_into=None, created_at__lt=before
    ).exclude(Exists(LegalHold.objects.filter(customer=OuterRef("pk"), released_at=None)))
    for activity in active_since(before):
        rows = rows.exclude(activity)
    return rows


def own_activity(since: datetime) -> Q:
    """What this app calls activity: promises, care calls, corrections, requests, consents, merges."""

    def has(rows: QuerySet[Any], path: str = "customer") -> Q:
        return Q(Exists(rows.filter(**{path: OuterRef("pk")})))

    day = local_today(since)
    return (
        has(Promise.objects.filter(Q(made_at__gte=since) | Q(due_on__gte=day) | Q(kept_at__gte=since)))
        | has(CareCall.objects.filter(Q(created_at__gte=since) | Q(due_on__gte=day) | Q(made_at__gte=since)))
        | has(CustomerChange.objects.filter(changed_at__gte=since))
        | has(PrivacyRequest.objects.filter(Q(asked_at__gte=since) | Q(state=RequestState.OPEN)))
        | has(Consent.objects.filter(Q(given_at__gte=since) | Q(withdrawn_at__gte=since)))
        | has(Merge.objects.filter(merged_at__gte=since), "kept")
    )


_WORK: dict[str, Callable[[datetime, Actor], int]] = {
    retention.SEARCHES: _searches,
    retention.CHANGES: _changes,
    retention.REQUESTS: _requests,
    retention.FILES: _files,
}
_of_higher_apps: dict[str, Callable[[datetime], int]] = {}


def also_delete(name: str, function: Callable[[datetime], int]) -> None:
    """Register `function(before) -> rows deleted` for change histories of a higher app; from its `ready`."""
    _of_higher_apps[name] = function
