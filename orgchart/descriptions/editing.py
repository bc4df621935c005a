"""The form of a job description: what was typed becomes a body, and buttons add, remove and move its rows.

Fields are named by their path in the body ("duties.2.items.0.zh"). Pure: a body with problems comes back as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from orgchart.enums import Confidence, Power
from orgchart.rules.positionfile import POWER_NUMBERS, RULING

Body = dict[str, Any]
Typed = dict[str, Any]

ITEM = ("zh", "en", "lines", "confidence", "rival")
_NAME = re.compile(r"[a-z_]+(\.[a-z0-9_]+){0,6}")
_SPACES = re.compile(r"\s+")
_WHOLE, _DECIMAL = re.compile(r"\d{1,9}"), re.compile(r"\d{1,9}\.\d{1,6}")
_ROWS = re.compile(
    r"dotted_lines|requirements\.(knowledge|skills|other)|contacts\.(internal|external)|duties(\.\d+\.(items|metrics))?"
    r"|powers|conditions|career|grants"
)
COMMANDS = ("add", "remove", "up", "down")


def blank_item() -> Body:
    """A phrase that is not in the source: it is there because somebody decided so."""
    return {"zh": "", "en": "", "lines": "", "confidence": str(Confidence.RULED), "rival": ""}


# -- from what was typed to a body -------------------------------------------------------------------------


def _tree(post: QueryDict) -> Typed:
    """Nested by the parts of the names; a leaf is the list of values of one name."""
    tree: Typed = {}
    for name in post:
        if not _NAME.fullmatch(name):
            continue
        *above, last = name.split(".")
        here = tree
        for part in above:
            if not isinstance(here.get(part), dict):
                here[part] = {}
            here = here[part]
        if not isinstance(here.get(last), dict):
            here[last] = post.getlist(name)
    return tree


def _part(tree: Typed, name: str) -> Typed:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _rows(tree: Typed, name: str) -> list[Typed]:
    found = _part(tree, name)
    places = sorted(
        (int(key), value) for key, value in found.items() if key.isdigit() and isinstance(value, dict)
    )
    return [value for _place, value in places]


def _values(tree: Typed, name: str) -> list[str]:
    found = tree.get(name)
    return [_SPACES.sub(" ", value).strip() for value in found] if isinstance(found, list) else []


def _text(tree: Typed, name: str) -> str:
    return next(iter(_values(tree, name)), "")


def _number(text: str) -> int | float | str:
    """The number, or what was typed, for the check to complain about."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _item(tree: Typed) -> Body:
    return {name: _text(tree, name) for name in ITEM}


def _is_blank(item: Body) -> bool:
    return not any(item[name] for name in ("zh", "en", "lines", "rival"))


def _items(tree: Typed, name: str) -> list[Body]:
    return [_item(row) for row in _rows(tree, name)]


def _maybe(tree: Typed, name: str) -> Body | None:
    item = _item(_part(tree, name))
    return None if _is_blank(item) else item


def _years(text: str) -> int | float | str:
    return _number(text) if text else 0


def _requirements(tree: Typed) -> Body:
    education, experience = _maybe(tree, "education"), _maybe(tree, "experience")
    if education is not None:
        education = {"level": _text(_part(tree, "education"), "level"), **education}
    if experience is not None:
        there = _part(tree, "experience")
        years = {name: _years(_text(there, name)) for name in ("years_in_trade", "years_in_post")}
        experience = {**years, **experience}
    return {
        "education": education,
        "knowledge": _items(tree, "knowledge"),
        "skills": _items(tree, "skills"),
        "experience": experience,
        "other": _items(tree, "other"),
    }


def _duty(tree: Typed) -> Body:
    return {
        "no": _number(_text(tree, "no")),
        **_item(tree),
        "items": [{"no": _text(row, "no"), **_item(row)} for row in _rows(tree, "items")],
        "metrics": _items(tree, "metrics"),
        "degree": _text(tree, "degree"),
        "degree_lines": _text(tree, "degree_lines"),
        "degree_confidence": _text(tree, "degree_confidence") or str(Confidence.RULED),
    }


def _power(tree: Typed) -> Body:
    power = _text(tree, "power")
    row: Body = {"power": power, "no": POWER_NUMBERS.get(power, "")}
    if power == Power.REPORT:
        row["to"] = _text(tree, "to")
    return {**row, **_item(tree)}


def amount(text: str) -> str | None:
    """ "2,000" and "2000" become "2000.00", nothing becomes None; what is no amount stays as it was typed."""
    plain = text.replace(",", "").replace("，", "")
    if not plain:
        return None
    whole, _point, cents = plain.partition(".")
    if whole.isdigit() and (not cents or cents.isdigit()) and len(cents) <= 2:
        return f"{whole}.{cents:0<2}"
    return text


def _grant(tree: Typed) -> Body:
    return {
        "action": _text(tree, "action"),
        # One order, whatever the boxes' one: the same right is not a difference.
        "reach": sorted(_values(tree, "reach")),
        "kinds": sorted(_values(tree, "kinds")),
        "limit": amount(_text(tree, "limit")),
        "clause": _text(tree, "clause"),
    }


def read(post: QueryDict, code: str) -> Body:
    """The body that was typed, with `code` whatever the form said. Numbers that are none stay text."""
    tree = _tree(post)
    contacts = _part(tree, "contacts")
    return {
        "code": code,
        "zh": _text(tree, "zh"),
        "en": _text(tree, "en"),
        "superior": _text(tree, "superior") or None,
        "unit_kind": _text(tree, "unit_kind"),
        "group_kind": _text(tree, "group_kind"),
        "is_leader": bool(_text(tree, "is_leader")),
        "is_post": bool(_text(tree, "is_post")),
        "source": _text(tree, "source"),
        "confidence": _text(tree, "confidence"),
        "note": _text(tree, "note"),
        "rival": _text(tree, "rival"),
        "department": _item(_part(tree, "department")),
        "superior_text": _maybe(tree, "superior_text"),
        "subordinates_text": _maybe(tree, "subordinates_text"),
        "dotted_lines": [{"unit": _text(row, "unit"), **_item(row)} for row in _rows(tree, "dotted_lines")],
        "requirements": _requirements(_part(tree, "requirements")),
        "purpose": _maybe(tree, "purpose"),
        "contacts": {"internal": _items(contacts, "internal"), "external": _items(contacts, "external")},
        "duties": [_duty(row) for row in _rows(tree, "duties")],
        "powers": [_power(row) for row in _rows(tree, "powers")],
        "conditions": _items(tree, "conditions"),
        "career": [{"to": _text(row, "to") or None, **_item(row)} for row in _rows(tree, "career")],
        "grants": [_grant(row) for row in _rows(tree, "grants")],
    }


# -- buttons -----------------------------------------------------------------------------------------------


def rows_at(body: Body, path: str) -> list[Body] | None:
    """The list of rows at a path; None for a path that leads to no list."""
    if not _ROWS.fullmatch(path):
        return None
    here: Any = body
    for name in path.split("."):
        if isinstance(here, list):
            if int(name) >= len(here):
                return None
            here = here[int(name)]
        else:
            here = here[name]
    rows: list[Body] = here
    return rows


def _free_number(rows: Iterable[Mapping[str, Any]]) -> int:
    return max((row["no"] for row in rows if isinstance(row["no"], int)), default=0) + 1


def _new_row(path: str, rows: list[Body], chosen: str) -> Body | None:
    """A row for the list at `path`; `chosen` is the power or action that it is about. None: nothing was chosen."""
    name = path.rpartition(".")[2]
    if name == "duties":
        degree = {"degree": "", "degree_lines": "", "degree_confidence": str(Confidence.RULED)}
        return {
            "no": _free_number(rows),
            **blank_item(),
            "items": [blank_item() | {"no": ""}],
            "metrics": [],
            **degree,
        }
    if name == "items":
        return {"no": "", **blank_item()}
    if name == "powers":
        if chosen not in POWER_NUMBERS:
            return None
        to = {"to": ""} if chosen == Power.REPORT else {}
        return {"power": chosen, "no": POWER_NUMBERS[chosen], **to, **blank_item()}
    if name == "grants":
        return (
            {"action": chosen, "reach": [], "kinds": [], "limit": None, "clause": RULING} if chosen else None
        )
    parts: dict[str, Body] = {"career": {"to": None}, "dotted_lines": {"unit": ""}}
    extra = parts.get(name, {})
    return {**extra, **blank_item()}


def _renumbered(body: Body, one: Body, other: Body) -> None:
    """Two duties change places: numbers stay in order, and grants follow the duty that they are based on."""
    one["no"], other["no"] = other["no"], one["no"]
    swap = {f"duty.{one['no']}": f"duty.{other['no']}", f"duty.{other['no']}": f"duty.{one['no']}"}
    for grant in body["grants"]:
        grant["clause"] = swap.get(grant["clause"], grant["clause"])


def _move(body: Body, path: str, rows: list[Body], place: int, step: int) -> int:
    target = place + step
    if not 0 <= target < len(rows):
        return place
    if path == "duties":
        _renumbered(body, rows[place], rows[target])
    rows[place], rows[target] = rows[target], rows[place]
    return target


def press(body: Body, command: str, chosen: str = "") -> str:
    """Carry out "add:duties", "remove:duties.2", "up:duties.2.items.1" or "down:…" on `body`.

    Returns the path of the row to look at next (of the list, when a row is gone); empty for a command that leads
    nowhere, which changes nothing.
    """
    verb, _colon, path = command.partition(":")
    if verb == "add":
        rows = rows_at(body, path)
        row = None if rows is None else _new_row(path, rows, chosen)
        if rows is None or row is None:
            return path if rows is not None else ""
        rows.append(row)
        return f"{path}.{len(rows) - 1}"
    path, _dot, place = path.rpartition(".")
    rows = rows_at(body, path)
    if rows is None or not place.isdigit() or int(place) >= len(rows):
        return ""
    if verb == "remove":
        del rows[int(place)]
        return path
    if verb in ("up", "down"):
        return f"{path}.{_move(body, path, rows, int(place), -1 if verb == 'up' else 1)}"
    return ""
