"""Where higher apps add to the page of a customer file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import Text
from customers.models import Customer
from orgchart.extensions import Panel
from orgchart.models import Person

PanelFunction = Callable[[Person, Customer], "Panel | None"]
_panels: dict[str, PanelFunction] = {}


def file_panels(name: str, function: PanelFunction) -> None:
    """Register `function(reader, customer) -> Panel | None` for the page of a file; from an app's `ready`.

    The function answers with what `reader` may see, in a fixed number of statements.
    """
    _panels[name] = function


def panels_for(reader: Person, customer: Customer) -> list[Panel]:
    """All panels that `reader` gets to see on the page of `customer`, in order of registration."""
    found = (function(reader, customer) for function in _panels.values())
    return [panel for panel in found if panel is not None]


# -- the protection of personal data: what higher apps know of a customer ------------------------------------------

ActiveSince = Callable[[datetime], Q]
Pairs = frozenset[tuple[int, int]]
_activity: dict[str, ActiveSince] = {}
_in_hand: dict[str, Callable[[Pairs], Pairs]] = {}
_words: dict[str, Text] = {}


def last_activity(name: str, function: ActiveSince) -> None:
    """Register `function(moment) -> Q` on Customer: files in which something happened since; from an app's `ready`.

    Files without any activity for the whole period of retention are erased (`customers.services.retention`).
    """
    _activity[name] = function


def active_since(moment: datetime) -> list[Q]:
    """What every app calls activity since `moment`."""
    return [function(moment) for function in _activity.values()]


def cases_in_hand(name: str, function: Callable[[Pairs], Pairs]) -> None:
    """Register `function(pairs of (person, customer)) -> those in which the person handles or handled a case`.

    One statement for all pairs. Without any function nobody can say, and the rule about it is silent.
    """
    _in_hand[name] = function


def in_hand(pairs: Pairs) -> Pairs | None:
    """Which of the pairs have a case in common, None when no app knows."""
    if not _in_hand:
        return None
    return frozenset[tuple[int, int]]().union(*(function(pairs) for function in _in_hand.values()))


def words(**given: Text) -> None:
    """Name codes that copies, answers about erasure and refusals show: sections, columns, what the law keeps.

    A code without a word is shown as it is.
    """
    _words.update(given)


def word(code: str) -> str:
    """The word for a code in the language in force."""
    return str(_words.get(code, code))


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """Records whose fields are revealed, their own or of rows below: how they lead to a customer and the centre.

    `customer` and `centre` are paths from the model to the two (centre as a relation), `shown` the path to the number
    that stands after `title`, `address` the page with {} for that number.
    """

    model: str
    rows: Callable[[], QuerySet[Any]]
    customer: str
    centre: str
    title: Text
    shown: str
    address: str


_subjects: dict[str, SubjectKind] = {}


def revealed_subjects(kind: SubjectKind) -> None:
    """Register a model with masked fields, so that reveals of it are shown to whoever looks after personal data."""
    _subjects[kind.model] = kind


def subject_kinds() -> dict[str, SubjectKind]:
    """All of them, by the model's label as the trail writes it."""
    return dict(_subjects)
