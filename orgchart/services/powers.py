"""Using the powers of the job descriptions, and deciding on what was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused, StaleVersion
from core.idempotency import replayable
from core.notifications import notify
from orgchart import authority, uses
from orgchart.authority import Decision
from orgchart.enums import Power, UseState
from orgchart.line import chart
from orgchart.models import Person, PowerUse
from orgchart.rules.powers import PROPOSALS
from orgchart.rules.uses import HIGHEST, LOWEST, MAX_TEXT, RATINGS, takes
from orgchart.scope import today
from orgchart.services.overrides import checked_reason, record_override, require_administrator

KEY_PURPOSE = "orgchart.use_power"


@dataclass(frozen=True, slots=True)
class _Given:
    """What somebody wants to do with a power."""

    power: str
    subject: Person
    text: str
    second: Person | None
    ratings: dict[str, int]
    due_on: date | None
    override: str

    def content(self) -> list[Any]:
        """By which a repetition is told from another request with the same key."""
        second = self.second.pk if self.second else None
        return [self.power, self.subject.pk, self.text, second, self.ratings, self.due_on, self.override]


def use_power(
    *,
    actor: Actor,
    power: str,
    subject: Person,
    text: str,
    second: Person | None = None,
    ratings: Mapping[str, int] | None = None,
    due_on: date | None = None,
    override: str = "",
    key: str = "",
) -> PowerUse:
    """Use `power` on `subject`: an instruction, proposal, nomination, appraisal, finding, ruling or report.

    `second` is the other party of a dispute, `ratings` the three parts of an appraisal (see `rules.uses.RATINGS`).
    `override` is an administrator's reason for acting without the power. With `key` a repetition gives the first row.
    A deputy's use is recorded for the holder.

    Refuses with "power_<code>" and the sentence of `orgchart.authority` (403), else at a field with "text_missing",
    "text_too_long", "rating_missing", "second_missing", "same_party", "due_passed" or "not_taken", and with what
    `record_override` refuses. Rings bells; audited as "power.<power>".
    """
    given = _Given(
        str(Power(power)), subject, text.strip(), second, dict(ratings or {}), due_on, override.strip()
    )
    if not key:
        return _use(actor, given)
    kept = replayable(actor.person, KEY_PURPOSE, key, given.content(), lambda: {"id": _use(actor, given).pk})
    found: PowerUse = PowerUse.objects.get(pk=kept["id"])
    return found


@transaction.atomic
def _use(actor: Actor, given: _Given) -> PowerUse:
    actor, decision = _authorised(actor, given)
    _check(given)
    without_power = not decision.allowed
    use = PowerUse.objects.create(
        power=given.power, actor=actor.person, acting_for=actor.acting_for, subject=given.subject,
        second=given.second, text=given.text, ratings=given.ratings, due_on=given.due_on,
        decision=_kept(decision, without_power), state=_first_state(given.power, decision),
    )  # fmt: skip
    if without_power:
        record_override(
            actor=actor, action=f"power.{given.power}", subject=given.subject, reason=given.override,
            refusal={**use.decision, "use": use.pk},
        )  # fmt: skip
    _ring(use)
    _record(actor, f"power.{given.power}", use, {"state": [None, use.state]})
    return use


def _authorised(actor: Actor, given: _Given) -> tuple[Actor, Decision]:
    """The actor as the trail records it and the decision, which is a "no" only for an administrator's override."""
    if actor.person is None:
        raise Refused("power_no_person", _("Powers are used by people who hold a post."))
    try:
        found, decision = authority.require(actor, given.power, given.subject, second=given.second)
    except Refused as refusal:
        # Nobody acts about themself, and an administrator has no superior to report to.
        if not given.override or refusal.code == "power_self" or given.power == Power.REPORT:
            raise
        require_administrator(actor, given.subject)
        checked_reason(given.override, "override")
        found = actor
        decision = authority.decision(actor.person, given.power, given.subject, second=given.second)
    assert decision is not None
    return found, decision


def _kept(decision: Decision, without_power: bool) -> dict[str, Any]:
    """The reasons as they are today, in both languages."""
    sentences = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            sentences[code] = decision.sentence()
    return {**decision.as_json(), "sentences": sentences, "override": without_power}


def _first_state(power: str, decision: Decision) -> str:
    """What another has to decide is submitted; the top of the line and an override wait for nobody."""
    seat = decision.verdict.seat
    if not decision.allowed or seat is None:
        return UseState.RECORDED
    if power == Power.REPORT or uses.goes_up(power, seat.position, chart(), uses.deciding_positions()):
        return UseState.SUBMITTED
    return UseState.RECORDED


# -- what a power takes -------------------------------------------------------------------------------------


def _check(given: _Given) -> None:
    if not given.text:
        raise Invalid("text_missing", _("Write what it is about."), field="text")
    if len(given.text) > MAX_TEXT:
        raise Invalid("text_too_long", _("Write at most 4,000 characters."), field="text")
    _check_second(given)
    _check_ratings(given)
    _check_due(given)


def _not_taken(field: str) -> Invalid:
    return Invalid("not_taken", _("This power does not take this input."), field=field)


def _check_second(given: _Given) -> None:
    if not takes(given.power, "second"):
        if given.second is not None:
            raise _not_taken("second")
        return
    if given.second is None:
        raise Invalid("second_missing", _("Name the other party of the dispute."), field="second")
    if given.second.pk == given.subject.pk:
        raise Invalid("same_party", _("A dispute has two parties. Choose another person."), field="second")


def _check_ratings(given: _Given) -> None:
    if not takes(given.power, "ratings"):
        if given.ratings:
            raise _not_taken("ratings")
        return
    for part in RATINGS:
        if given.ratings.get(part) not in range(LOWEST, HIGHEST + 1):
            raise Invalid("rating_missing", _("Rate all three parts from 1 to 5."), field=part)
    if set(given.ratings) != set(RATINGS):
        raise _not_taken("ratings")


def _check_due(given: _Given) -> None:
    if given.due_on is None:
        return
    if not takes(given.power, "due_on"):
        raise _not_taken("due_on")
    if given.due_on < today():
        raise Invalid("due_passed", _("This day has passed. Choose today or a later day."), field="due_on")


# -- deciding -----------------------------------------------------------------------------------------------


@transaction.atomic
def decide_use(*, actor: Actor, use: PowerUse, accept: bool, answer: str = "", version: int) -> PowerUse:
    """Accept or decline a proposal or nomination; accept or return a report. `version` is the one that was read.

    A deputy's decision is recorded for the holder. Refuses with "use_decided" (no longer waiting), "stale_use",
    "may_not_decide" (who has to decide stands in the sentence), "answer_missing" or "text_too_long". Rings the
    proposer's bell; audited as "power.accepted" or "power.declined".
    """
    locked, answer = _waiting(use, version), answer.strip()
    reader: Person = actor.person
    if not uses.may_decide(reader, locked):
        raise _may_not_decide(reader, locked)
    if not accept and not answer:
        raise Invalid("answer_missing", _("Say why, so that the proposer can go on."), field="answer")
    if len(answer) > MAX_TEXT:
        raise Invalid("text_too_long", _("Write at most 4,000 characters."), field="answer")
    actor = actor.in_place_of(uses.decided_in_place_of(reader, locked))
    locked.decided_by, locked.decided_for = reader, actor.acting_for
    locked.decided_at, locked.answer = timezone.now(), answer
    _move(locked, UseState.ACCEPTED if accept else UseState.DECLINED)
    ears = [pk for pk in (locked.actor_id, locked.acting_for_id) if pk is not None and pk != reader.pk]
    notify(ears, "orgchart.decided", {"name": reader.name}, _path(locked), locked)
    _record(actor, f"power.{locked.state}", locked, {"state": [UseState.SUBMITTED, locked.state]})
    return locked


@transaction.atomic
def withdraw_use(*, actor: Actor, use: PowerUse, version: int) -> PowerUse:
    """Take back what still waits for a decision; its author or the person it was written for may.

    Refuses with "use_decided", "stale_use" or "not_yours". Audited as "power.withdrawn".
    """
    locked = _waiting(use, version)
    if actor.person.pk not in (locked.actor_id, locked.acting_for_id):
        raise Refused(
            "not_yours", _("Only who submitted it takes it back. Decline it instead, if you decide.")
        )
    _move(locked, UseState.WITHDRAWN)
    _record(actor, "power.withdrawn", locked, {"state": [UseState.SUBMITTED, locked.state]})
    return locked


def _waiting(use: PowerUse, version: int) -> PowerUse:
    """The locked row, which still waits and is the one that was read."""
    locked: PowerUse = PowerUse.objects.select_for_update().get(pk=use.pk)
    if locked.state != UseState.SUBMITTED:
        raise Conflict(
            "use_decided", _("This waits for no decision any more. Load it again to see its state.")
        )
    if locked.version != version:
        raise StaleVersion(
            "stale_use", _("This was changed in the meantime. Look at it again."), context={"current": locked}
        )
    return locked


def _may_not_decide(reader: Person, use: PowerUse) -> Refused:
    names = ", ".join(person.name for person in uses.deciders_of(use)) or _("the next superior up")
    facts = {"names": names}
    if reader.pk in (use.actor_id, use.acting_for_id):
        text = _("Nobody decides on what they submitted themself. Waiting for: %(names)s.") % facts
    elif reader.pk == use.subject_id:
        text = _("Nobody decides about themself. Waiting for: %(names)s.") % facts
    else:
        text = _("You do not decide on this. Waiting for: %(names)s.") % facts
    return Refused("may_not_decide", text)


def _move(use: PowerUse, state: str) -> None:
    use.state, use.version = state, use.version + 1
    use.save(update_fields=["state", "version", "decided_by", "decided_for", "decided_at", "answer"])


# -- telling ------------------------------------------------------------------------------------------------


def _path(use: PowerUse) -> str:
    return f"/powers/{use.pk}/"


def _ring(use: PowerUse) -> None:
    """The bells: who decides hears of what is submitted, the subject of everything else but a proposal."""
    assert use.actor is not None
    facts = {"name": use.actor.name}
    if use.state == UseState.SUBMITTED:
        ears = [person.pk for person in uses.deciders_of(use)]
        notify(ears, "orgchart.to_decide", facts, _path(use), use)
    elif use.power not in PROPOSALS and use.power != Power.REPORT:
        parties = [pk for pk in (use.subject_id, use.second_id) if pk is not None]
        notify(parties, f"orgchart.power_used.{use.power}", facts, _path(use), use)


def _record(actor: Actor, action: str, use: PowerUse, changes: Mapping[str, Any]) -> None:
    """Who, whom and what state; never the text, which may name a customer."""
    facts = {
        "subject": [None, use.subject_id],
        **({"second": [None, use.second_id]} if use.second_id else {}),
    }
    record(
        actor=actor, action=action, subject=use, subject_label=use.subject.username,
        changes={**facts, **changes, **({"override": [None, True]} if use.decision.get("override") else {})},
    )  # fmt: skip
