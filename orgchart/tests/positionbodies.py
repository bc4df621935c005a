"""The position files and walks through them, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from customers.rules.grants import REACHES as CUSTOMER_ACTIONS
from orgchart.policies import ORGANISATION_ACTIONS
from products.rules.grants import REACHES as PRODUCT_ACTIONS
from tickets.rules.powers import ACTIONS as CASE_ACTIONS
from tickets.rules.powers import REACHES, grant_of

DATA = Path(__file__).resolve().parent.parent / "data"
KNOWN_ACTIONS: dict[str, frozenset[str]] = {
    **ORGANISATION_ACTIONS,
    **CUSTOMER_ACTIONS,
    **PRODUCT_ACTIONS,
    **{grant_of(action): REACHES for action in CASE_ACTIONS},
}


@cache
def _texts() -> dict[str, str]:
    files = sorted((DATA / "positions").glob("*.json"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def bodies() -> dict[str, dict[str, Any]]:
    """A fresh copy of every position file by code."""
    return {code: json.loads(text) for code, text in _texts().items()}


def body(code: str) -> dict[str, Any]:
    """A fresh copy of one."""
    fresh: dict[str, Any] = json.loads(_texts()[code])
    return fresh


def at(value: Any, path: str) -> Any:
    """The part at a path such as "duties.2.items.0.zh"."""
    for name in path.split(".") if path else ():
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def put(value: Any, path: str, part: Any) -> None:
    """Replace the part at a path."""
    above, _, name = path.rpartition(".")
    holder = at(value, above)
    holder[int(name) if isinstance(holder, list) else name] = part


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every part with its path, the whole left out."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, part in pairs:
        below = f"{path}.{name}" if path else str(name)
        yield below, part
        yield from parts(part, below)
