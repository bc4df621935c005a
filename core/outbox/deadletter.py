"""Parked effects: a person looks at the cause, then has them tried again or discards them, with a reason."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.errors import Conflict, Invalid
from core.models import Effect
from core.models.outbox import EffectState
from core.outbox.publishing import nudge


@transaction.atomic
def retry(effect_id: int, *, actor: Actor, reason: str) -> Effect:
    """Let a parked effect be tried three times more, starting now. Refuses one that is not parked. Audited."""
    effect = _parked(effect_id, reason)
    effect.state, effect.attempts, effect.failures = EffectState.PENDING, 0, 0
    effect.available_at = timezone.now()
    effect.announced_at = effect.available_at
    effect.save(update_fields=["state", "attempts", "failures", "available_at", "announced_at"])
    _record("effect.retried", effect, actor, reason)
    transaction.on_commit(partial(nudge, effect.pk, effect.kind), robust=True)
    return effect


@transaction.atomic
def discard(effect_id: int, *, actor: Actor, reason: str) -> Effect:
    """Give a parked effect up for good. Refuses one that is not parked. Audited."""
    effect = _parked(effect_id, reason)
    effect.state = EffectState.DISCARDED
    effect.done_at = timezone.now()
    effect.save(update_fields=["state", "done_at"])
    _record("effect.discarded", effect, actor, reason)
    return effect


def _parked(effect_id: int, reason: str) -> Effect:
    if not reason.strip():
        raise Invalid("reason_missing", _("Say why, in a few words."), field="reason")
    effect = Effect.objects.select_for_update().get(pk=effect_id)
    if effect.state != EffectState.PARKED:
        raise Conflict(
            "not_parked", _("This effect is not parked any more. Reload to see what became of it.")
        )
    return effect


def _record(action: str, effect: Effect, actor: Actor, reason: str) -> None:
    changes = {"state": [EffectState.PARKED.value, str(effect.state)]}
    audit.record(
        actor=actor,
        action=action,
        subject=effect,
        subject_label=effect.kind,
        changes=changes,
        reason=reason.strip(),
    )
