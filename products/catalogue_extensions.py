"""Where higher apps add to the page of a model: panels such as the faults that were seen at it."""

from __future__ import annotations

from collections.abc import Callable

from orgchart.extensions import Panel
from orgchart.models import Person
from products.models import ProductModel

ModelPanel = Callable[[Person, ProductModel], "Panel | None"]
_panels: dict[str, ModelPanel] = {}


def model_panels(name: str, function: ModelPanel) -> None:
    """Register `function(reader, model) -> Panel | None`; from an app's `ready`. A fixed number of statements."""
    _panels[name] = function


def panels_for_model(reader: Person, model: ProductModel) -> list[Panel]:
    """All panels that `reader` gets to see on the page of `model`."""
    found = (function(reader, model) for function in _panels.values())
    return [panel for panel in found if panel is not None]
