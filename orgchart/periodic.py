"""Jobs by the clock."""

from __future__ import annotations

from datetime import datetime

from core.actors import system_actor
from core.jobs import periodic
from orgchart.services import close_leavers, forget_old_imports


@periodic("orgchart.close_leavers", daily="00:05")
def close_accounts_of_leavers(slot: datetime) -> None:
    """Log-in is shut since midnight; this ends sessions for good and tells the other apps."""
    close_leavers(actor=system_actor("close_leavers"))


@periodic("orgchart.forget_imports", daily="03:40")
def forget_lists_that_nobody_loaded(slot: datetime) -> None:
    """Uploaded staff lists hold names and addresses; those that were not loaded go after a week."""
    forget_old_imports(actor=system_actor("forget_imports"))
