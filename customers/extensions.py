"""Where higher apps add to the page of a customer file."""

from __future__ import annotations

from collections.abc import Callable

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
