"""Where higher apps add to the page of a device: panels, and entries of its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.errors import Text
from orgchart.extensions import Panel
from orgchart.models import Person
from products.models import Device


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened to a device: when (UTC), in words without personal data, and where to read on."""

    at: datetime
    icon: str
    title: Text
    detail: Text = ""
    url: str = ""


PanelFunction = Callable[[Person, Device], "Panel | None"]
HistoryFunction = Callable[[Person, Device], list[HistoryEntry]]
FactFunction = Callable[[Person, Device], list[Text]]
_panels: dict[str, PanelFunction] = {}
_history: dict[str, HistoryFunction] = {}
_facts: dict[str, FactFunction] = {}


def device_panels(name: str, function: PanelFunction) -> None:
    """Register `function(reader, device) -> Panel | None`; from an app's `ready`. A fixed number of statements."""
    _panels[name] = function


def device_history(name: str, function: HistoryFunction) -> None:
    """Register `function(reader, device) -> entries` that the reader may see; from an app's `ready`."""
    _history[name] = function


def device_facts(name: str, function: FactFunction) -> None:
    """Register `function(reader, device) -> sentences` about what does not fit together; from an app's `ready`."""
    _facts[name] = function


def panels_for(reader: Person, device: Device) -> list[Panel]:
    """All panels that `reader` gets to see on the page of `device`."""
    found = (function(reader, device) for function in _panels.values())
    return [panel for panel in found if panel is not None]


def history_of(reader: Person, device: Device) -> list[HistoryEntry]:
    """What higher apps know of the device, newest first."""
    entries = [entry for function in _history.values() for entry in function(reader, device)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def facts_of(reader: Person, device: Device) -> list[Text]:
    """What higher apps find suspicious."""
    return [sentence for function in _facts.values() for sentence in function(reader, device)]
