"""Every write on units, positions, people and accounts."""

from orgchart.services.accounts import (
    change_own_password,
    end_sessions,
    reset_password,
    reset_second_factor,
    set_language,
)
from orgchart.services.deputies import StandIn, end_deputyship, end_leave, name_deputy, record_leave
from orgchart.services.leaving import close_account, close_leavers
from orgchart.services.loading import load_organisation, load_positions
from orgchart.services.overrides import record_override, see_override
from orgchart.services.people import appoint, create_person, end_appointment
from orgchart.services.powers import decide_use, use_power, withdraw_use
from orgchart.services.units import create_unit, rebuild_links

__all__ = [
    "StandIn",
    "appoint",
    "change_own_password",
    "close_account",
    "close_leavers",
    "create_person",
    "create_unit",
    "decide_use",
    "end_appointment",
    "end_deputyship",
    "end_leave",
    "end_sessions",
    "load_organisation",
    "load_positions",
    "name_deputy",
    "rebuild_links",
    "record_leave",
    "record_override",
    "reset_password",
    "reset_second_factor",
    "see_override",
    "set_language",
    "use_power",
    "withdraw_use",
]
