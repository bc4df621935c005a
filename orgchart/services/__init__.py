"""Every write on units, positions, people and accounts."""

from orgchart.services.accounts import (
    change_own_password,
    end_sessions,
    reset_password,
    reset_second_factor,
    set_language,
)
from orgchart.services.deputies import StandIn, end_deputyship, end_leave, name_deputy, record_leave
from orgchart.services.establishment import seed_establishment, set_establishment
from orgchart.services.files import Entry, add_entry, correct_entry, remove_entry
from orgchart.services.joining import Joined, Newcomer, join
from orgchart.services.leaving import close_account, close_leavers
from orgchart.services.loading import load_organisation, load_positions
from orgchart.services.loans import Thing, hand_out, take_back
from orgchart.services.overrides import record_override, see_override
from orgchart.services.people import appoint, create_person, end_appointment, withdraw_appointment
from orgchart.services.positions import accept_proposal, edit_position, problems_of, reject_proposal
from orgchart.services.powers import decide_use, use_power, withdraw_use
from orgchart.services.signing import require_signer, sign
from orgchart.services.staffimport import (
    check_import,
    discard_import,
    forget_old_imports,
    load_import,
    start_import,
)
from orgchart.services.transfer import cancel_transfer, transfer
from orgchart.services.units import close_unit, create_unit, move_unit, rebuild_links

__all__ = [
    "Entry",
    "Joined",
    "Newcomer",
    "StandIn",
    "Thing",
    "accept_proposal",
    "add_entry",
    "appoint",
    "cancel_transfer",
    "change_own_password",
    "check_import",
    "close_account",
    "close_leavers",
    "close_unit",
    "correct_entry",
    "create_person",
    "create_unit",
    "decide_use",
    "discard_import",
    "edit_position",
    "end_appointment",
    "end_deputyship",
    "end_leave",
    "end_sessions",
    "forget_old_imports",
    "hand_out",
    "join",
    "load_import",
    "load_organisation",
    "load_positions",
    "move_unit",
    "name_deputy",
    "problems_of",
    "rebuild_links",
    "record_leave",
    "record_override",
    "reject_proposal",
    "remove_entry",
    "require_signer",
    "reset_password",
    "reset_second_factor",
    "see_override",
    "seed_establishment",
    "set_establishment",
    "set_language",
    "sign",
    "start_import",
    "take_back",
    "transfer",
    "use_power",
    "withdraw_appointment",
    "withdraw_use",
]
