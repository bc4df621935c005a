"""Jobs by the clock."""

from __future__ import annotations

from datetime import datetime

from core.actors import system_actor
from core.jobs import periodic
from orgchart.services import close_leavers


@periodic("orgchart.close_leavers", daily="00:05")
def close_accounts_of_leavers(slot: datetime) -> None:
    """Log-in is shut since midnight; this ends sessions for good and tells the other apps."""
    close_leavers(actor=system_actor("close_leavers"))
