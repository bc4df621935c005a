"""Where higher apps add to pages of this one."""

from __future__ import annotations

from collections.abc import Callable
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
