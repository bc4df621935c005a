"""Pages of the organisation and of one's own account."""

from orgchart.views.account import own_sessions, password_change, profile, set_language
from orgchart.views.entrance import forgotten_password, locked_out, session_renew
from orgchart.views.staff import (
    close_account,
    end_sessions,
    person_detail,
    reset_password,
    reset_second_factor,
    staff_list,
)
from orgchart.views.units import unit_tree

__all__ = [
    "close_account",
    "end_sessions",
    "forgotten_password",
    "locked_out",
    "own_sessions",
    "password_change",
    "person_detail",
    "profile",
    "reset_password",
    "reset_second_factor",
    "session_renew",
    "set_language",
    "staff_list",
    "unit_tree",
]
