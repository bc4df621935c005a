"""The problems of a staff list in words, and its template."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Text
from core.exports.tabular import neutral
from orgchart.models import Position, Unit
from orgchart.rules.stafflist import COLUMNS, REQUIRED

LABELS: Mapping[str, Text] = {
    "employee_no": gettext_lazy("Employee number"),
    "name": gettext_lazy("Name"),
    "username": gettext_lazy("Log-in name"),
    "email": gettext_lazy("E-mail"),
    "position": gettext_lazy("Position"),
    "unit": gettext_lazy("Unit"),
    "starts_on": gettext_lazy("First day"),
    "is_primary": gettext_lazy("Main post"),
    "education": gettext_lazy("Education"),
    "hired_on": gettext_lazy("First day in the company"),
    "superior": gettext_lazy("Superior's number"),
}
"""Headings in the reader's language; the import understands them all, and their codes."""

SENTENCES: Mapping[str, Text] = {
    "missing": gettext_lazy("Nothing stands here. Fill it in."),
    "bad_employee_no": gettext_lazy("Use letters, digits and hyphens, at most 20 of them."),
    "bad_username": gettext_lazy("Use letters, digits and . _ @ + -, at most 40 of them."),
    "bad_email": gettext_lazy("This is no e-mail address."),
    "too_long": gettext_lazy("Use at most %(limit)s characters."),
    "not_plain": gettext_lazy("Use plain text without angle brackets and control characters."),
    "unknown_position": gettext_lazy("No position has this title or code."),
    "not_a_post": gettext_lazy(
        "This is a name from the job descriptions and no post. Choose the post itself."
    ),
    "unknown_unit": gettext_lazy("No unit has this name or code."),
    "ambiguous": gettext_lazy("Several have this name. Write the code: %(codes)s."),
    "unit_closed": gettext_lazy("This unit is closed."),
    "wrong_unit": gettext_lazy("This position belongs to a unit of another kind. Choose that unit."),
    "bad_date": gettext_lazy("Write the date as YYYY-MM-DD."),
    "date_out_of_range": gettext_lazy("The year must be between 1950 and 2100."),
    "bad_yes_no": gettext_lazy("Write yes or no."),
    "unknown_education": gettext_lazy("Write secondary school, junior college, bachelor, master or doctor."),
    "hired_after_start": gettext_lazy("The first day in the post lies before the first day in the company."),
    "differs": gettext_lazy("This person is there with another entry: %(there)s. Nothing is overwritten."),
    "other_kind_of_post": gettext_lazy(
        "This person holds the post the other way round, as main or additional one. Nothing is overwritten."
    ),
    "other_post": gettext_lazy(
        "This person is there with other posts: %(there)s. Enter a transfer or an additional post instead."
    ),
    "differs_in_file": gettext_lazy("Row %(other)s says something else about the same person."),
    "twice_in_file": gettext_lazy("Row %(other)s enters the same person in the same post."),
    "two_main_posts": gettext_lazy("Row %(other)s enters a main post of this person already."),
    "no_main_post": gettext_lazy("This person has no main post in the list."),
    "username_taken": gettext_lazy("This log-in name belongs to employee %(owner)s."),
    "username_twice": gettext_lazy("Row %(other)s gives this log-in name to somebody else."),
    "post_is_held": gettext_lazy("%(holder)s holds this post. It has one holder at a time."),
    "two_holders": gettext_lazy(
        "Row %(other)s puts somebody else into this post. It has one holder at a time."
    ),
    "unknown_superior": gettext_lazy("Nobody with this number is in the list or there already."),
    "superior_cycle": gettext_lazy("The line runs in a circle: %(path)s."),
    "superior_not_above": gettext_lazy(
        "This superior holds no post above this one, as the chart of positions says."
    ),
    "other_row_wrong": gettext_lazy(
        "Row %(other)s of the same person is wrong. The rows of one person are loaded together."
    ),
    "no_right": gettext_lazy("Whoever started this may no longer enter staff everywhere."),
}


def sentence(problem: Mapping[str, Any]) -> str:
    """Why the cell is wrong and what to do, in the language in force."""
    words: str = str(SENTENCES[problem["code"]]) % problem["params"]
    return words


def problem_row(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem as pages and files show it."""
    return {
        "row": problem["row"],
        "column": str(LABELS[problem["column"]]),
        "value": problem["value"],
        "message": sentence(problem),
    }


def headings() -> list[str]:
    """The headings of the template in the language in force; those that are needed carry a star."""
    return [f"{LABELS[column]}*" if column in REQUIRED else str(LABELS[column]) for column in COLUMNS]


def template_csv() -> bytes:
    """The template as CSV in UTF-8 with BOM, which Excel needs to read Chinese."""
    return ("\ufeff" + _csv([headings()])).encode()


def problems_csv(problems: list[dict[str, Any]]) -> bytes:
    """All problems as CSV."""
    head = [_("Row"), _("Column"), _("Value"), _("What is wrong")]
    rows = [
        [str(row["row"]), row["column"], neutral(row["value"]), row["message"]]
        for row in map(problem_row, problems)
    ]
    return ("\ufeff" + _csv([head, *rows])).encode()


def _csv(rows: list[list[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def template_xlsx() -> bytes:
    """The template as XLSX; two more sheets name the positions and units that can be written. Two statements."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.create_sheet(_("Staff")).append(headings())
    positions = book.create_sheet(_("Positions"))
    positions.append([_("Code"), _("Position")])
    for row in Position.objects.filter(is_post=True).order_by("pk"):
        positions.append([row.code, neutral(row.label)])
    units = book.create_sheet(_("Units"))
    units.append([_("Code"), _("Unit")])
    for unit in Unit.objects.filter(is_active=True).order_by("code"):
        units.append([neutral(unit.code), neutral(unit.label)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
