"""Pages of the organisation and of one's own account."""

from orgchart.views.account import own_sessions, password_change, profile, set_language
from orgchart.views.chart import chart, chart_data
from orgchart.views.entrance import forgotten_password, locked_out, session_renew
from orgchart.views.files import add_entry, correct_entry, hand_out, remove_entry, staff_file, take_back
from orgchart.views.imports import (
    import_detail,
    import_discard,
    import_load,
    import_problems,
    import_template,
    imports,
)
from orgchart.views.leave import (
    away_list,
    end_deputyship,
    end_leave,
    name_deputy,
    person_leave,
    record_leave,
)
from orgchart.views.moves import add_post, cancel_post, close_account, end_post, join, transfer
from orgchart.views.position_edit import accept_proposal, position_edit, reject_proposal
from orgchart.views.position_sign import position_sign
from orgchart.views.positions import (
    position_detail,
    position_list,
    position_pdf,
    position_print,
    position_version,
    unsigned_list,
)
from orgchart.views.powers import (
    decide_use,
    dispute,
    powers_of,
    use_detail,
    use_list,
    use_power,
    withdraw_use,
)
from orgchart.views.rights import overrides, position_who_may, rights, see_override, who_may
from orgchart.views.staff import (
    end_sessions,
    person_detail,
    reset_password,
    reset_second_factor,
    staff_list,
)
from orgchart.views.units import close_unit, establishment, move_unit, unit_detail, unit_tree

__all__ = [
    "accept_proposal",
    "add_entry",
    "add_post",
    "away_list",
    "cancel_post",
    "chart",
    "chart_data",
    "close_account",
    "close_unit",
    "correct_entry",
    "decide_use",
    "dispute",
    "end_deputyship",
    "end_leave",
    "end_post",
    "end_sessions",
    "establishment",
    "forgotten_password",
    "hand_out",
    "import_detail",
    "import_discard",
    "import_load",
    "import_problems",
    "import_template",
    "imports",
    "join",
    "locked_out",
    "move_unit",
    "name_deputy",
    "overrides",
    "own_sessions",
    "password_change",
    "person_detail",
    "person_leave",
    "position_detail",
    "position_edit",
    "position_list",
    "position_pdf",
    "position_print",
    "position_sign",
    "position_version",
    "position_who_may",
    "powers_of",
    "profile",
    "record_leave",
    "reject_proposal",
    "remove_entry",
    "reset_password",
    "reset_second_factor",
    "rights",
    "see_override",
    "session_renew",
    "set_language",
    "staff_file",
    "staff_list",
    "take_back",
    "transfer",
    "unit_detail",
    "unit_tree",
    "unsigned_list",
    "use_detail",
    "use_list",
    "use_power",
    "who_may",
    "withdraw_use",
]
