"""Money has one rounding, the same in Python and in PostgreSQL."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from django.db.models import DecimalField, Func

CENT = Decimal("0.01")
_WIDE = Context(prec=1000, rounding=ROUND_HALF_UP)


def round_money(value: Decimal) -> Decimal:
    """`value` in yuan, rounded half-up (away from zero) to 0.01.

    Python's own default would be half-even (0.125 -> 0.12); PostgreSQL's round(numeric) is half-up, and so is
    the law's usual reading. Raises TypeError for a float, which carries no exact cents, and ValueError for
    NaN and infinity. A negative value that rounds to nothing is 0.00, never -0.00.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"money is a Decimal, not {type(value).__name__}")
    if not value.is_finite():
        raise ValueError(f"{value} is not an amount")
    rounded = value.quantize(CENT, context=_WIDE)
    return abs(rounded) if rounded.is_zero() else rounded


class RoundMoney(Func):
    """The same rounding inside a query: `RoundMoney(F("price") * F("rate"))`."""

    template = "ROUND((%(expressions)s)::numeric, 2)"
    arity = 1

    def __init__(self, expression: Any, **extra: Any) -> None:
        extra.setdefault("output_field", DecimalField(max_digits=14, decimal_places=2))
        super().__init__(expression, **extra)
