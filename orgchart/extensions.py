"""Where higher apps add to pages of this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.errors import Text
from orgchart.models import Person

PanelFunction = Callable[[Person, Person], "Panel | None"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on a person's page. `template` sees `context` alone; the leaving page shows `urgent` ones."""

    title: Text
    template: str
    context: dict[str, Any]
    urgent: bool = False

    def html(self) -> SafeString:
        """The body of the card, rendered with `context` alone."""
        return render_to_string(self.template, self.context)


_panels: list[PanelFunction] = []


def person_panels(function: PanelFunction) -> PanelFunction:
    """Register `function(reader, person) -> Panel | None` for the pages of a person; from an app's `ready`.

    The function answers with what `reader` may see, in a fixed number of statements.
    """
    if function not in _panels:
        _panels.append(function)
    return function


def panels_for(reader: Person, person: Person) -> list[Panel]:
    """All panels that `reader` gets to see on the page of `person`."""
    return [panel for panel in (function(reader, person) for function in _panels) if panel is not None]


_work: list[Callable[[Person], int]] = []


def person_work(function: Callable[[Person], int]) -> Callable[[Person], int]:
    """Register `function(person) -> number of open things in the person's hands`; from an app's `ready`.

    It counts whatever there is, also what the reader of a page does not see: work that nobody passes on is lost.
    """
    if function not in _work:
        _work.append(function)
    return function


def work_in_hand(person: Person) -> int:
    """How many open things the person has in hand. One statement an app."""
    return sum(function(person) for function in _work)


@dataclass(frozen=True, slots=True)
class GrantFamily:
    """Actions of one app that a job description may grant, in words of that app.

    `actions`: grant ("case.assign") -> label, `reaches`: grant -> the reaches that it understands; `reach_label` and
    `kind_label` turn a stored reach or kind into words in the language in force. `kinds` are the kinds of objects to
    which a grant may be limited, `with_limit` the grants that know a limit by amount.
    """

    title: Text
    actions: Callable[[], Mapping[str, str]]
    reaches: Callable[[], Mapping[str, frozenset[str]]]
    reach_label: Callable[[str], str]
    kind_label: Callable[[str], str]
    kinds: Collection[str] = ()
    with_limit: Collection[str] = ()


_families: dict[str, GrantFamily] = {}


def grant_family(name: str, family: GrantFamily) -> None:
    """Register the actions of an app, from its `ready`; the same `name` again replaces it."""
    _families[name] = family


def grant_families() -> list[GrantFamily]:
    """All of them: those of the organisation first, then in the order in which the apps were loaded."""
    return list(_families.values())


def known_reaches() -> dict[str, frozenset[str]]:
    """Every action that a description may grant with the reaches that it understands."""
    return {name: reaches for family in grant_families() for name, reaches in family.reaches().items()}
