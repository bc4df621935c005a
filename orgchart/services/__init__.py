"""Every write on units, positions, people and accounts."""

from orgchart.services.accounts import (
    change_own_password,
    end_sessions,
    reset_password,
    reset_second_factor,
    set_language,
)
from orgchart.services.leaving import close_account, close_leavers
from orgchart.services.loading import load_organisation, load_positions
from orgchart.services.people import appoint, create_person, end_appointment
from orgchart.services.units import create_unit, rebuild_links

__all__ = [
    "appoint",
    "change_own_password",
    "close_account",
    "close_leavers",
    "create_person",
    "create_unit",
    "end_appointment",
    "end_sessions",
    "load_organisation",
    "load_positions",
    "rebuild_links",
    "reset_password",
    "reset_second_factor",
    "set_language",
]
