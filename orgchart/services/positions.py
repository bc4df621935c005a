"""Job descriptions: a new version by edit, a proposal accepted or rejected. Rights follow with the next request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, DomainError, Invalid, StaleVersion
from core.notifications import notify
from orgchart.descriptions.authority import require_edit
from orgchart.enums import VersionState
from orgchart.extensions import known_reaches
from orgchart.models import Appointment, Person, Position, PositionVersion
from orgchart.policies import EDIT_POSITION
from orgchart.reach import open_on
from orgchart.rules.editors import editors
from orgchart.rules.positionfile import Problem, check, differences, fingerprint
from orgchart.rules.powers import rights_of
from orgchart.scope import forget_scope, today
from orgchart.services.projection import add_version, check_superior, project

MAX_REASON = 300
_PLACE = ("unit_kind", "group_kind", "is_leader")


def _require(actor: Actor, position: Position) -> Actor:
    """The actor as the trail records it; the system needs no grant."""
    if actor.person is None:
        return actor
    return actor.in_place_of(require_edit(actor.person, position).acting_for)


def _lock(position: Position) -> Position:
    """All positions, in one order: the line and the last editor are questions about the whole chart."""
    rows = {row.pk: row for row in Position.objects.select_for_update().order_by("pk")}
    found: Position = rows[position.pk]
    return found


def in_force(position: Position) -> PositionVersion:
    """The version in force. Every position has one."""
    found: PositionVersion = position.versions.select_related("author", "decided_by").get(
        state=VersionState.IN_FORCE
    )
    return found


def _check_base(current: PositionVersion, base: int) -> None:
    if current.number != base:
        raise StaleVersion(
            "stale",
            _("Somebody changed this description in the meantime. Compare, then decide again."),
            context={"current": current},
        )


def _check_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_missing", _("Say why: holders and auditors will read it."), field="reason")
    if len(reason) > MAX_REASON:
        raise Invalid("reason_too_long", _("Use at most 300 characters."), field="reason")
    return reason


def problems_of(position: Position, body: Mapping[str, Any]) -> list[Problem]:
    """Everything that keeps `body` from coming into force for `position`; empty when nothing does. Writes nothing."""
    codes = set(Position.objects.values_list("code", flat=True))
    found = check(body, actions=known_reaches(), codes=codes)
    if found:
        return found
    if body["code"] != position.code:
        found.append(Problem("code", "other_position", _("This text belongs to another position.")))
    for test in (_check_line, _check_place, _check_editors):
        try:
            test(position, body)
        except DomainError as refusal:
            found.append(Problem(refusal.field or "", refusal.code, refusal.message))
    return found


def _check_line(position: Position, body: Mapping[str, Any]) -> None:
    check_superior(position.code, body["superior"])


def _check_place(position: Position, body: Mapping[str, Any]) -> None:
    """Posts that somebody holds stay where they are: their appointments were checked against kind and lead."""
    changed = [name for name in _PLACE if getattr(position, name) != body[name]]
    if changed and Appointment.objects.touching(today(), None).filter(position=position).exists():
        raise Invalid(
            "position_is_held",
            _("Somebody holds this post. Its unit and lead can be changed only when nobody does."),
            field=changed[0],
        )


def _check_editors(position: Position, body: Mapping[str, Any]) -> None:
    """Refuses with "last_editor" when nobody at all could edit descriptions any more."""
    rows = Position.objects.values_list("code", "superior__code", "rights")
    superiors: dict[str, str | None] = {code: above for code, above, _rights in rows}
    grants = {code: rights.get("grants", {}) for code, _above, rights in rows}
    superiors[position.code], grants[position.code] = body["superior"], rights_of(body)["grants"]
    reaches = {code: held[EDIT_POSITION]["reach"] for code, held in grants.items() if EDIT_POSITION in held}
    if not editors(superiors, reaches, _held_by_whoever_holds(reaches)):
        raise Invalid(
            "last_editor",
            _(
                "After this nobody could edit job descriptions any more. Leave the right to somebody who holds a post."
            ),
        )


def _held_by_whoever_holds(codes: Mapping[str, Any]) -> dict[int, set[str]]:
    """Person -> positions held today, of everybody with an open account who holds one of `codes`."""
    posts = Appointment.objects.on(today()).filter(open_on(today(), "person__"))
    people = posts.filter(position__code__in=list(codes)).values("person_id")
    held: dict[int, set[str]] = {}
    for person, code in posts.filter(person_id__in=people).values_list("person_id", "position__code"):
        held.setdefault(person, set()).add(code)
    return held


def _check_body(position: Position, body: Mapping[str, Any]) -> None:
    problems = problems_of(position, body)
    if problems:
        first = problems[0]
        raise Invalid(first.code, first.message, field=first.path or None, context={"problems": problems})


def _ask_to_sign(position: Position, version: PositionVersion) -> None:
    """Ring the bell of everybody who holds the post today."""
    held = Appointment.objects.on(today()).filter(open_on(today(), "person__"), position=position)
    people = list(held.values_list("person_id", flat=True).distinct())
    path = f"/positions/{position.code}/"
    notify(people, "orgchart.sign", {"post": position.title}, path=path, subject=version)


def _finish(actor: Actor, position: Position, version: PositionVersion) -> None:
    _ask_to_sign(position, version)
    if isinstance(actor.person, Person):
        forget_scope(actor.person)


@transaction.atomic
def edit_position(
    *, actor: Actor, position: Position, body: Mapping[str, Any], reason: str, base: int
) -> PositionVersion:
    """Put `body` in force as the next version; `base` is the number of the version that was read.

    Holders are asked to sign. Refuses with "own_position", "may_not_edit_position", "stale" (`context["current"]`),
    "reason_missing", "reason_too_long", "nothing_changed", what `rules.positionfile.check` finds (all of it in
    `context["problems"]`), "superior_cycle", "position_is_held" or "last_editor".
    """
    actor = _require(actor, position)
    locked = _lock(position)
    current = in_force(locked)
    _check_base(current, base)
    reason = _check_reason(reason)
    _check_body(locked, body)
    if not differences(current.body, body):
        raise Invalid(
            "nothing_changed", _("Nothing differs from the version in force. Change something first.")
        )
    version = add_version(locked, body, state=VersionState.IN_FORCE, author=actor.person, reason=reason)
    _finish(actor, locked, version)
    record(
        actor=actor, action="position.edited", subject=locked, subject_label=locked.code, reason=reason,
        changes={
            "version": [current.number, version.number], "fingerprint": [current.fingerprint, version.fingerprint],
        },
    )  # fmt: skip
    return version


def _lock_proposal(position: Position, version: PositionVersion) -> PositionVersion:
    found = position.versions.select_for_update().filter(pk=version.pk, state=VersionState.PROPOSED).first()
    if found is None:
        raise Conflict("not_proposed", _("This proposal was decided on already. Look at the versions."))
    proposal: PositionVersion = found
    return proposal


@transaction.atomic
def accept_proposal(*, actor: Actor, version: PositionVersion, base: int) -> PositionVersion:
    """Put a proposed version in force. `base` is the number of the version in force that it was compared with.

    When the description was edited after the proposal came in, the proposal takes the next number, so that numbers
    keep the order of coming into force. Refuses with "own_position", "may_not_edit_position", "not_proposed", "stale"
    and what `edit_position` finds in the body.
    """
    actor = _require(actor, version.position)
    position = _lock(version.position)
    proposal, current = _lock_proposal(position, version), in_force(position)
    _check_base(current, base)
    _check_body(position, proposal.body)
    before = proposal.number
    if proposal.number < current.number:
        last = position.versions.order_by("-number").values_list("number", flat=True).first()
        proposal.number = (last or 0) + 1
    position.versions.filter(pk=current.pk).update(state=VersionState.SUPERSEDED)
    proposal.state, proposal.in_force_at = VersionState.IN_FORCE, timezone.now()
    proposal.decided_by = actor.person
    proposal.save(update_fields=["number", "state", "in_force_at", "decided_by"])
    project(position, proposal.body)
    _finish(actor, position, proposal)
    record(
        actor=actor, action="position.proposal_accepted", subject=position, subject_label=position.code,
        changes={
            "version": [current.number, proposal.number], "proposal": [before, proposal.number],
            "fingerprint": [current.fingerprint, fingerprint(proposal.body)],
        },
    )  # fmt: skip
    return proposal


@transaction.atomic
def reject_proposal(*, actor: Actor, version: PositionVersion, reason: str) -> None:
    """Decide against a proposed version; it stays in the list of versions, and the same file does not come again.

    Refuses with "own_position", "may_not_edit_position", "not_proposed", "reason_missing" or "reason_too_long".
    """
    actor = _require(actor, version.position)
    position = _lock(version.position)
    proposal, reason = _lock_proposal(position, version), _check_reason(reason)
    proposal.state, proposal.decided_by, proposal.reason = VersionState.REJECTED, actor.person, reason
    proposal.save(update_fields=["state", "decided_by", "reason"])
    record(
        actor=actor, action="position.proposal_rejected", subject=position, subject_label=position.code,
        reason=reason, changes={"proposal": [proposal.number, None]},
    )  # fmt: skip
