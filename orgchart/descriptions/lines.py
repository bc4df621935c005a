"""Breaking Chinese text into lines: between any two characters, but no stop begins a line and no bracket ends one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

_NEVER_FIRST = "，。、；：！？”’）》〉」』】〕…·,.;:!?)]}%％"
_NEVER_LAST = "“‘（《〈「『【〔([{"
# A word or number in Latin letters stays whole, with the space behind it.
_PIECE = re.compile(r"[A-Za-z0-9À-ɏ'’./@_+–-]+\s?|.", re.DOTALL)

Measure = Callable[[str], float]


def _units(text: str) -> Iterator[str]:
    """Parts between which a line may break."""
    unit = ""
    for piece in _PIECE.findall(text):
        if unit and piece[0] not in _NEVER_FIRST and unit[-1] not in _NEVER_LAST:
            yield unit
            unit = ""
        unit += piece
    if unit:
        yield unit


def _fitting(unit: str, width: float, measure: Measure) -> Iterator[str]:
    """`unit` itself, or cut anywhere when it is wider than a line."""
    while measure(unit) > width and len(unit) > 1:
        cut = next(end for end in range(len(unit), 0, -1) if end == 1 or measure(unit[:end]) <= width)
        yield unit[:cut]
        unit = unit[cut:]
    yield unit


def broken(text: str, widths: Sequence[float], measure: Measure) -> list[tuple[float, str]]:
    """Lines of `text` with the space that each leaves. The last of `widths` holds for all further lines."""
    lines: list[tuple[float, str]] = []
    line = ""
    for unit in _units(text):
        for part in _fitting(unit, min(widths), measure):
            width = widths[min(len(lines), len(widths) - 1)]
            if line and measure((line + part).rstrip()) > width:
                lines.append((width - measure(line.rstrip()), line.rstrip()))
                line = ""
            line += part
    width = widths[min(len(lines), len(widths) - 1)]
    return [*lines, (width - measure(line.rstrip()), line.rstrip())]
