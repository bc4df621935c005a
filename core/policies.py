"""Who sees what of the kernel's own tables."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.policy import NOTHING, policy


def is_operator(person: Any) -> bool:
    """Whether `person` looks after the system itself:

    a technical account, which has no rights in the trade.
    """
    return bool(getattr(person, "is_technical_admin", False))


@policy("core.Notification", "view")
def own_notifications(person: Any) -> Q:
    """Everybody hears their own bell only."""
    return Q(recipient_id=person.pk)


@policy("core.ExportFile", "view")
def own_exports(person: Any) -> Q:
    """An export belongs to whoever asked for it, and to nobody above them."""
    return Q(owner_id=person.pk)


@policy("core.ImportFile", "view")
def own_imports(person: Any) -> Q:
    """A file belongs to whoever brought it in."""
    return Q(owner_id=person.pk)


def _operators_only(person: Any) -> Q:
    return Q() if is_operator(person) else NOTHING


for _action in ("view", "retry", "discard"):
    policy("core.Effect", _action)(_operators_only)
