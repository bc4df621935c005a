"""Who may enter staff and posts; and the override of a technical administrator, who may by no power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Refused
from orgchart.models import Person, Position, Unit
from orgchart.policies import APPOINT, filling_post, may
from orgchart.scope import Post, scope_of
from orgchart.services.overrides import checked_reason, record_override


@dataclass(frozen=True, slots=True)
class Permit:
    """The actor as the trail records it; `refusal` is set when an administrator goes on in spite of it."""

    actor: Actor
    override: str = ""
    refusal: Refused | None = None

    def note(self, action: str, subject: Person) -> None:
        """Keep the override and tell the superior; nothing when a power allowed the action."""
        if self.refusal is not None:
            record_override(
                actor=self.actor,
                action=action,
                subject=subject,
                reason=self.override,
                refusal=self.refusal.as_json(),
            )


def permit(actor: Actor, check: Callable[[Person], Post | None], override: str = "") -> Permit:
    """The system may; a person needs what `check` asks, which answers with the post that decides.

    Refused as `check` refuses, unless a technical administrator gives a reason in `override`; also refuses with
    "reason_too_short" and "reason_too_long" at the field "override". "about_oneself" cannot be overridden.
    """
    if actor.person is None:
        return Permit(actor)
    try:
        post = check(actor.person)
    except Refused as refusal:
        stands = refusal.code == "about_oneself" or not actor.person.is_technical_admin
        if stands or not override.strip():
            raise
        return Permit(actor, checked_reason(override, "override"), refusal)
    return Permit(actor.in_place_of(post.acting_for if post else None))


def not_oneself(reader: Person, person: Person | None) -> None:
    """Refuses with "about_oneself"."""
    if person is not None and person.pk == reader.pk:
        raise Refused("about_oneself", _("Nobody decides about their own posts. Ask the next superior up."))


def may_not_appoint() -> Refused:
    """The refusal, with whom to ask."""
    return Refused(
        "may_not_appoint",
        _(
            "Staff is entered by the administration and personnel group, or by the superior who decides. Ask there."
        ),
    )


def to_appoint(
    actor: Actor,
    *,
    person: Person | None = None,
    unit: Unit | None = None,
    position: Position | None = None,
    override: str = "",
) -> Permit:
    """Enter staff at all, or into this position at this unit: «staff.appoint», and never for oneself.

    Refuses with "may_not_appoint" or "about_oneself".
    """

    def check(reader: Person) -> Post | None:
        not_oneself(reader, person)
        if unit is not None and position is not None:
            found = filling_post(reader, unit, position.code)
        else:
            found = next(iter(scope_of(reader).with_grant(APPOINT)), None)
        if found is None:
            raise may_not_appoint()
        return found

    return permit(actor, check, override)


def to_move(actor: Actor, person: Person, unit: Unit, position: Position, override: str = "") -> Permit:
    """Take `person` from where they are now and put them there: both places lie within «staff.appoint»."""

    def check(reader: Person) -> Post | None:
        not_oneself(reader, person)
        found = filling_post(reader, unit, position.code)
        if found is None or not may(reader, "appoint", person):
            raise may_not_appoint()
        return found

    return permit(actor, check, override)
