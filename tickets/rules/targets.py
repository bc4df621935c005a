"""How fast: targets of first response and resolution in working time, and what pauses the service clock.

Source: the company's service targets for repair and inquiry (docs/domain.md, "Targets").
"""

from __future__ import annotations

from datetime import timedelta

from tickets.enums import Priority, WaitReason

_HOURS: dict[int, tuple[int, int]] = {
    Priority.URGENT: (1, 8),
    Priority.HIGH: (2, 16),
    Priority.NORMAL: (4, 24),
    Priority.LOW: (8, 40),
}

PAUSING = frozenset({str(WaitReason.CUSTOMER), str(WaitReason.TESTING)})
"""Waiting for the customer or for outside testing pauses the service clock; waiting for parts does not."""

AT_RISK_SHARE = 0.8
"""From this share of the target on a case counts as due soon."""


def response_target(priority: int) -> timedelta:
    """Working time until the first response."""
    return timedelta(hours=_HOURS[priority][0])


def resolution_target(priority: int) -> timedelta:
    """Working time until the case is resolved."""
    return timedelta(hours=_HOURS[priority][1])


def pauses(wait_reason: str) -> bool:
    """Whether waiting for this reason stops the service clock."""
    return wait_reason in PAUSING
