"""Pages by position in an index instead of by offset: the thousandth page costs as much as the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Field, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

T = TypeVar("T")
Reader = Callable[[Any], Any]
MAX_CURSOR = 300


class BadCursor(Invalid):
    """A cursor that this list did not hand out."""

    status = 400


@dataclass(frozen=True, slots=True)
class Order:
    """An indexed order, every column in the same direction, the last one unique.

    `readers` turn what stands in a cursor back into a value of each column; ValueError for anything else.
    """

    columns: tuple[str, ...]
    readers: tuple[Reader, ...]
    descending: bool = False

    def by(self, backwards: bool = False) -> list[str]:
        """Arguments of `order_by`, forwards or backwards."""
        sign = "-" if self.descending != backwards else ""
        return [sign + column for column in self.columns]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the order of the list; cursors of the neighbouring pages, None where the list ends."""

    rows: list[T]
    next: str | None
    previous: str | None


def whole_number(value: Any) -> int:
    """A cursor's number: what fits into a bigint."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def moment(value: Any) -> datetime:
    """A cursor's moment, with its offset, within the years 2000 to 2100."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else None
    if read is None or read.tzinfo is None or not 2000 <= read.year <= 2100:
        raise ValueError(value)
    return read


def page(rows: QuerySet[Any, T], order: Order, limit: int, cursor: str = "") -> Page[T]:
    """At most `limit` rows from where `cursor` points ("" = the beginning). One statement.

    `rows` may be a queryset of instances or of `.values()` that hold the order's columns. Raises BadCursor.
    """
    backwards, keys = _decode(cursor, order) if cursor else (False, ())
    wanted = rows.filter(_beyond(order, keys, backwards)) if keys else rows
    found = list(wanted.order_by(*order.by(backwards))[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    before, after = (more, True) if backwards else (bool(keys), more)
    return Page(
        found,
        _encode(found[-1], order, backwards=False) if after and found else None,
        _encode(found[0], order, backwards=True) if before and found else None,
    )


def _beyond(order: Order, keys: Sequence[Any], backwards: bool) -> Func:
    """(a, b, …) < or > (x, y, …): a comparison of rows, which one range of the index answers."""
    sign = " < " if order.descending != backwards else " > "
    ours = Func(*(F(column) for column in order.columns), template="(%(expressions)s)", output_field=Field())
    theirs = Func(*(Value(key) for key in keys), template="(%(expressions)s)", output_field=Field())
    return Func(ours, theirs, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


def _encode(row: Any, order: Order, *, backwards: bool) -> str:
    values = [row[column] if isinstance(row, dict) else getattr(row, column) for column in order.columns]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps([int(backwards), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, order: Order) -> tuple[bool, tuple[Any, ...]]:
    try:
        if len(cursor) > MAX_CURSOR or not cursor.isascii():
            raise ValueError(cursor)
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, *keys = parts
        if backwards not in (0, 1) or len(keys) != len(order.columns):
            raise ValueError(cursor)
        return bool(backwards), tuple(read(key) for read, key in zip(order.readers, keys, strict=True))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadCursor(
            "bad_cursor", _("This page link is not valid any more. Start at the first page."), field="cursor"
        ) from error
