"""What a technical administrator does although no power allows it: with a reason, audited, told to the superior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Invalid, Refused
from core.notifications import notify
from orgchart import facts as reading
from orgchart.models import Override, Person
from orgchart.rules.authority import Seat, superior_of
from orgchart.scope import account_is_open, scope_of, today

MIN_REASON, MAX_REASON = 10, 300
PATH = "/overrides/"


def require_administrator(actor: Actor, subject: Person) -> Person:
    """The administrator; refuses with "only_administrators", or "about_oneself" when it is about the administrator."""
    person: Person | None = actor.person
    if person is None or not person.is_technical_admin or not account_is_open(person, today()):
        raise Refused(
            "only_administrators",
            _("Only a technical administrator may act without a power. Ask the superior who decides."),
        )
    if person.pk == subject.pk:
        raise Refused(
            "about_oneself", _("Nobody acts without a power about themself. Ask another administrator.")
        )
    return person


def checked_reason(reason: str, field: str = "reason") -> str:
    """The reason without blanks around it; refuses with "reason_too_short" or "reason_too_long" at `field`."""
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise Invalid(
            "reason_too_short",
            _("Say in at least ten characters why this is done without a power. The superior reads it."),
            field=field,
        )
    if len(reason) > MAX_REASON:
        raise Invalid("reason_too_long", _("Say it in at most 300 characters."), field=field)
    return reason


@transaction.atomic
def record_override(
    *,
    actor: Actor,
    action: str,
    subject: Person,
    reason: str,
    refusal: Mapping[str, Any] | None = None,
) -> Override:
    """Keep that `actor` did `action` to `subject` without a power, and tell the nearest superior of `subject`.

    `refusal` is what the rule said (see `orgchart.authority.Decision.as_json`). The caller does the act itself, in the
    same transaction. Refuses with "only_administrators", "about_oneself", "reason_too_short" or "reason_too_long".
    Audited as "override.<action>"; rings the bell of the superior and of whoever stands in.
    """
    administrator, reason = require_administrator(actor, subject), checked_reason(reason)
    superior = superior_of(reading.read(today(), {subject.pk}).facts, subject.pk)
    row = Override.objects.create(
        actor=administrator, action=action, subject=subject, reason=reason, refusal=dict(refusal or {}),
        told_id=superior.person if superior else None,
    )  # fmt: skip
    notify(
        _ears(superior, {administrator.pk, subject.pk}),
        "orgchart.override",
        {"name": subject.name, "reason": reason},
        PATH,
        row,
    )
    record(
        actor=actor, action=f"override.{action}", subject=subject, subject_label=subject.username, reason=reason,
        changes={"told": [None, row.told_id]},
    )  # fmt: skip
    return row


def _ears(superior: Seat | None, without: set[int]) -> list[int]:
    """The superior and the deputies of today."""
    found = (superior.person, *superior.deputies) if superior else ()
    return [person for person in found if person not in without]


@transaction.atomic
def see_override(*, actor: Actor, override: Override) -> Override:
    """The superior has read it; doing so again changes nothing.

    Refuses with "may_not_see_override" whoever is neither the one who was told nor a superior of today.
    """
    row: Override = (
        Override.objects.select_for_update(of=("self",)).select_related("told").get(pk=override.pk)
    )
    if row.seen_at is not None:
        return row
    reader: Person = actor.person
    if not Override.objects.permitted(reader, "acknowledge").filter(pk=row.pk).exists():
        raise Refused(
            "may_not_see_override",
            _("Only a superior of this person confirms having read it. Nothing to do here."),
        )
    row.seen_at = timezone.now()
    row.save(update_fields=["seen_at"])
    standing_in = any(post.acting_for == row.told for post in scope_of(reader).posts) and row.told != reader
    record(
        actor=actor.in_place_of(row.told if standing_in else None), action="override.seen", subject=row.subject,
        subject_label=row.subject.username, changes={"override": [None, row.pk]},
    )  # fmt: skip
    return row
