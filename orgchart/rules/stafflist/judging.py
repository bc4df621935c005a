"""The verdicts: row by row, then rows against each other."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from orgchart.rules.staffing import fits
from orgchart.rules.stafflist.facts import (
    ADD,
    BAD,
    COLUMNS,
    REQUIRED,
    UNCHANGED,
    Directory,
    Held,
    Judged,
    Known,
    PositionFact,
    Problem,
    Row,
    UnitFact,
)
from orgchart.rules.stafflist.superiors import judge_superiors
from orgchart.rules.stafflist.words import (
    EDUCATION,
    EMAIL,
    EMPLOYEE_NO,
    FIRST,
    LAST,
    NO,
    NOT_PLAIN,
    USERNAME,
    YES,
    plain,
    read_day,
    tidy,
)


class _Judge:
    """Reads and judges one list."""

    def __init__(self, directory: Directory, day: date) -> None:
        self.directory, self.day = directory, day
        self.problems: list[Problem] = []
        self.positions: dict[str, list[PositionFact]] = defaultdict(list)
        for position in directory.positions:
            for word in {plain(word) for word in (position.code, *position.titles)}:
                self.positions[word].append(position)
        self.units: dict[str, list[UnitFact]] = defaultdict(list)
        for unit in directory.units:
            for word in {plain(word) for word in (unit.code, *unit.names)}:
                self.units[word].append(unit)
        self.unit_by_code = {unit.code: unit for unit in directory.units}
        self.position_by_code = {position.code: position for position in directory.positions}
        self.held: dict[str, list[Held]] = defaultdict(list)
        self.holders: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for post in directory.posts:
            self.held[post.employee_no].append(post)
            self.holders[post.position, post.unit].append(post)

    def no(self, row: int, column: str, value: object, code: str, **params: Any) -> None:
        """Note a problem."""
        self.problems.append(Problem(row, column, str(value)[:120], code, params))

    # -- one cell ------------------------------------------------------------------------------------------

    def read(self, number: int, cells: Mapping[str, str]) -> Row:
        """The row with its values; what cannot be read is noted and left empty."""
        values = {column: tidy(cells.get(column, "")) for column in COLUMNS}
        for column in REQUIRED:
            if not values[column]:
                self.no(number, column, "", "missing")
        return Row(
            number=number,
            employee_no=self._code(number, "employee_no", values, EMPLOYEE_NO, "bad_employee_no"),
            name=self._name(number, values["name"]),
            username=self._code(number, "username", values, USERNAME, "bad_username").lower(),
            email=self._email(number, values["email"]),
            position=self._position(number, values["position"]),
            unit=self._unit(number, values["unit"]),
            starts_on=self._day(number, "starts_on", values["starts_on"]),
            is_primary=self._yes_no(number, values["is_primary"]),
            education=self._level(number, values["education"]),
            hired_on=self._day(number, "hired_on", values["hired_on"]),
            superior=unicodedata.normalize("NFKC", values["superior"]),
        )

    def _code(
        self, number: int, column: str, values: Mapping[str, str], form: re.Pattern[str], code: str
    ) -> str:
        text = unicodedata.normalize("NFKC", values[column])
        if text and not form.fullmatch(text):
            self.no(number, column, values[column], code)
            return ""
        return text

    def _name(self, number: int, text: str) -> str:
        if len(text) > 40:
            self.no(number, "name", text, "too_long", limit=40)
        elif NOT_PLAIN.search(text):
            self.no(number, "name", text, "not_plain")
        return text

    def _email(self, number: int, text: str) -> str:
        if text and (len(text) > 254 or not EMAIL.fullmatch(text)):
            self.no(number, "email", text, "bad_email")
            return ""
        return text

    def _position(self, number: int, text: str) -> str:
        found = self.positions.get(plain(text), []) if text else []
        if text and not found:
            self.no(number, "position", text, "unknown_position")
        elif len(found) > 1:
            codes = ", ".join(sorted(position.code for position in found))
            self.no(number, "position", text, "ambiguous", codes=codes)
        elif found and not found[0].is_post:
            self.no(number, "position", text, "not_a_post")
        else:
            return found[0].code if found else ""
        return ""

    def _unit(self, number: int, text: str) -> str:
        found = self.units.get(plain(text), []) if text else []
        if text and not found:
            self.no(number, "unit", text, "unknown_unit")
        elif len(found) > 1:
            codes = ", ".join(sorted(unit.code for unit in found)[:5])
            self.no(number, "unit", text, "ambiguous", codes=codes)
        elif found and not found[0].is_active:
            self.no(number, "unit", text, "unit_closed")
        else:
            return found[0].code if found else ""
        return ""

    def _day(self, number: int, column: str, text: str) -> date | None:
        if not text:
            return None
        day = read_day(text)
        if day is None:
            self.no(number, column, text, "bad_date")
        elif not FIRST <= day <= LAST:
            self.no(number, column, text, "date_out_of_range")
            return None
        return day

    def _yes_no(self, number: int, text: str) -> bool:
        word = plain(text)
        if word and word not in YES and word not in NO:
            self.no(number, "is_primary", text, "bad_yes_no")
        return word not in NO

    def _level(self, number: int, text: str) -> str:
        level = EDUCATION.get(plain(text), "")
        if text and not level:
            self.no(number, "education", text, "unknown_education")
        return str(level)

    # -- one row against the directory ---------------------------------------------------------------------

    def judge(self, row: Row) -> None:
        """What the row alone brings about."""
        if row.position and row.unit:
            position, unit = self.position_by_code[row.position], self.unit_by_code[row.unit]
            if not fits(position, unit):
                self.no(row.number, "unit", row.unit, "wrong_unit")
        if row.hired_on and row.starts_on and row.hired_on > row.starts_on:
            self.no(row.number, "hired_on", row.hired_on, "hired_after_start")
        known = self.directory.people.get(row.employee_no)
        if known is not None:
            self._compare(row, known)
            return
        owner = self.directory.usernames.get(row.username)
        if owner is not None:
            self.no(row.number, "username", row.username, "username_taken", owner=owner)
        self._check_holder(row)

    def _compare(self, row: Row, known: Known) -> None:
        """Somebody with this number is there: the same or different, never overwritten."""
        pairs = (
            ("name", row.name, known.name),
            ("username", row.username, known.username),
            ("email", row.email, known.email),
            ("hired_on", row.hired_on, known.hired_on),
        )
        for column, given, there in pairs:
            if given and given != there:
                self.no(row.number, column, given, "differs", there=str(there or "–"))
        if row.education and row.education not in known.education:
            there = ", ".join(sorted(known.education)) or "–"
            self.no(row.number, "education", row.education, "differs", there=there)
        self._compare_post(row)

    def _compare_post(self, row: Row) -> None:
        if not (row.position and row.unit and row.starts_on):
            return
        held = self.held[row.employee_no]
        same = [post for post in held if (post.position, post.unit) == (row.position, row.unit)]
        if any((post.starts_on, post.is_primary) == (row.starts_on, row.is_primary) for post in same):
            return
        if same:
            there = same[-1]
            if there.starts_on != row.starts_on:
                self.no(row.number, "starts_on", row.starts_on, "differs", there=str(there.starts_on))
            else:
                self.no(row.number, "is_primary", "", "other_kind_of_post")
            return
        posts = ", ".join(f"{post.position} @ {post.unit}" for post in held[-2:]) or "–"
        self.no(row.number, "position", row.position, "other_post", there=posts)

    def _check_holder(self, row: Row) -> None:
        position = self.position_by_code.get(row.position)
        if position is None or not position.is_leader or row.starts_on is None:
            return
        for post in self.holders[row.position, row.unit]:
            if post.ends_on is None or post.ends_on >= row.starts_on:
                self.no(row.number, "position", row.position, "post_is_held", holder=post.holder)
                return

    # -- rows against each other ---------------------------------------------------------------------------

    def compare_rows(self, rows: Sequence[Row]) -> None:
        """Doubles, two main posts, two holders, two people with one log-in name; superiors."""
        by_person: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.employee_no:
                by_person[row.employee_no].append(row)
        for own in by_person.values():
            self._one_person(own)
        self._usernames(rows)
        self._holders(rows)
        self._superiors(rows, by_person)

    def _superiors(self, rows: Sequence[Row], by_person: Mapping[str, Sequence[Row]]) -> None:
        for row, code, params in judge_superiors(rows, by_person, self.held, self.directory, self.day):
            self.no(row.number, "superior", row.superior, code, **params)

    def _one_person(self, own: Sequence[Row]) -> None:
        first, posts = own[0], dict[tuple[str, str], Row]()
        for row in own[1:]:
            for column in ("name", "username", "email"):
                given = getattr(row, column)
                if given and given != getattr(first, column):
                    self.no(row.number, column, given, "differs_in_file", other=first.number)
        for row in own:
            place = (row.position, row.unit)
            if all(place) and place in posts:
                self.no(
                    row.number, "employee_no", row.employee_no, "twice_in_file", other=posts[place].number
                )
            posts.setdefault(place, row)
        main = [row for row in own if row.is_primary]
        for row in main[1:]:
            self.no(row.number, "is_primary", "", "two_main_posts", other=main[0].number)
        if not main and first.employee_no not in self.directory.people:
            self.no(first.number, "is_primary", "", "no_main_post")

    def _usernames(self, rows: Sequence[Row]) -> None:
        owners: dict[str, Row] = {}
        for row in rows:
            first = owners.setdefault(row.username, row) if row.username else row
            if first.employee_no != row.employee_no:
                self.no(row.number, "username", row.username, "username_twice", other=first.number)

    def _holders(self, rows: Sequence[Row]) -> None:
        leading: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if row.position and row.unit and self.position_by_code[row.position].is_leader:
                leading[row.position, row.unit].append(row)
        for held in leading.values():
            if len({row.employee_no for row in held}) > 1:
                for row in held:
                    other = next(one for one in held if one.employee_no != row.employee_no)
                    self.no(row.number, "position", row.position, "two_holders", other=other.number)


def judge(cells: Iterable[tuple[int, Mapping[str, str]]], directory: Directory, day: date) -> Judged:
    """Judge a whole list: pairs of row number and cells by column. The order of the rows does not matter.

    A row without a problem is "add" or, when all of it is there already, "unchanged". The rows of one person stand or
    fall together.
    """
    judge_ = _Judge(directory, day)
    rows = [judge_.read(number, values) for number, values in cells]
    for row in rows:
        judge_.judge(row)
    judge_.compare_rows(rows)
    _together(judge_, rows)
    bad = {problem.row for problem in judge_.problems}
    for row in rows:
        row.verdict = BAD if row.number in bad else UNCHANGED if row.employee_no in directory.people else ADD
    return Judged(rows, sorted(judge_.problems, key=lambda one: (one.row, COLUMNS.index(one.column))))


def _together(judge_: _Judge, rows: Sequence[Row]) -> None:
    """A person of whom one row is wrong is not added by half."""
    bad = {problem.row for problem in judge_.problems}
    first_bad: dict[str, int] = {}
    for row in rows:
        if row.number in bad and row.employee_no:
            first_bad.setdefault(row.employee_no, row.number)
    for row in rows:
        if row.number not in bad and row.employee_no in first_bad:
            other = first_bad[row.employee_no]
            judge_.no(row.number, "employee_no", row.employee_no, "other_row_wrong", other=other)
