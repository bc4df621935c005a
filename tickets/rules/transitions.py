"""When: the transition tables of inquiry and repair. Nothing else decides which step a case can take."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.transitions import Transition, TransitionTable, table
from tickets.enums import Action, CaseKind, CaseStatus

LOGGED, ASSIGNED, IN_PROGRESS = CaseStatus.LOGGED, CaseStatus.ASSIGNED, CaseStatus.IN_PROGRESS
WAITING, RESOLVED, CLOSED, CANCELLED = (
    CaseStatus.WAITING,
    CaseStatus.RESOLVED,
    CaseStatus.CLOSED,
    CaseStatus.CANCELLED,
)
ANY = frozenset(str(status) for status in CaseStatus)


def _from(*statuses: CaseStatus) -> frozenset[str]:
    return frozenset(str(status) for status in statuses)


_ASSIGN = Transition(
    Action.ASSIGN,
    _from(LOGGED, ASSIGNED, IN_PROGRESS, WAITING),
    ASSIGNED,
    _("Assign"),
    required=("assignee",),
    audit="case.assigned",
    icon="user-plus",
    style="primary",
)
_ACCEPT = Transition(
    Action.ACCEPT,
    _from(ASSIGNED),
    IN_PROGRESS,
    _("Accept"),
    audit="case.accepted",
    icon="check",
    style="primary",
)
_HAND_BACK = Transition(
    Action.HAND_BACK,
    _from(ASSIGNED, IN_PROGRESS),
    LOGGED,
    _("Hand back"),
    required=("reason",),
    audit="case.handed_back",
    icon="arrow-back-up",
)
_WAIT = Transition(
    Action.WAIT,
    _from(IN_PROGRESS),
    WAITING,
    _("Set waiting"),
    required=("wait_reason",),
    optional=("wait_until", "note"),
    audit="case.waiting",
    icon="clock-pause",
)
_RESUME = Transition(
    Action.RESUME,
    _from(WAITING),
    IN_PROGRESS,
    _("Resume"),
    audit="case.resumed",
    icon="player-play",
    style="primary",
)
_CLOSE = Transition(
    Action.CLOSE,
    _from(RESOLVED),
    CLOSED,
    pgettext_lazy("verb", "Close"),
    optional=("note",),
    audit="case.closed",
    icon="circle-check",
    style="primary",
)
_REOPEN = Transition(
    Action.REOPEN,
    _from(RESOLVED, CLOSED),
    LOGGED,
    _("Reopen"),
    required=("reason",),
    audit="case.reopened",
    icon="rotate",
)
_CANCEL = Transition(
    Action.CANCEL,
    _from(LOGGED, ASSIGNED, IN_PROGRESS),
    CANCELLED,
    _("Cancel case"),
    required=("reason",),
    audit="case.cancelled",
    icon="ban",
    style="danger",
)
_NOTE = Transition(
    Action.NOTE, ANY, None, _("Add note"), required=("note",), audit="case.noted", icon="message-plus"
)


def _resolve(*sources: CaseStatus) -> Transition:
    return Transition(
        Action.RESOLVE,
        _from(*sources),
        RESOLVED,
        _("Resolve"),
        required=("resolution",),
        audit="case.resolved",
        icon="tool",
        style="success",
    )


INQUIRY = table(
    CaseKind.INQUIRY,
    [
        _ASSIGN,
        _ACCEPT,
        _RESUME,
        # A question may be answered by its handler at once, without accepting first.
        _resolve(ASSIGNED, IN_PROGRESS),
        _WAIT,
        _HAND_BACK,
        Transition(
            Action.CONVERT,
            _from(LOGGED, ASSIGNED, IN_PROGRESS),
            LOGGED,
            _("Change into repair"),
            required=("device",),
            optional=("fault", "note"),
            audit="case.converted",
            icon="transform",
        ),
        _CLOSE,
        _REOPEN,
        _CANCEL,
        _NOTE,
    ],
)
REPAIR = table(
    CaseKind.REPAIR,
    [_ASSIGN, _ACCEPT, _RESUME, _resolve(IN_PROGRESS), _WAIT, _HAND_BACK, _CLOSE, _REOPEN, _CANCEL, _NOTE],
)

TRANSITIONS: dict[str, TransitionTable] = {str(t.kind): t for t in (INQUIRY, REPAIR)}
"""All tables by the kind of case."""

LOG_TARGETS: dict[str, CaseStatus] = {"pass_on": LOGGED, "keep": IN_PROGRESS, "resolved": CLOSED}
"""Where a case begins, by the next step chosen on the call."""


def transition(kind: str, action: str, status: str) -> Transition:
    """The row for `action` on a case of `kind` in `status`; Conflict "not_now" when there is none."""
    return TRANSITIONS[kind].find(action, status)


def possible(kind: str, status: str) -> list[Transition]:
    """All steps that a case of `kind` in `status` can take, for whoever may take them."""
    return TRANSITIONS[kind].possible(status)


__all__ = ["LOG_TARGETS", "TRANSITIONS", "possible", "transition"]
