"""One rounding for money, in Python and in SQL."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import DecimalField, Value

from core.models import WorkCalendar
from core.rounding import RoundMoney, round_money


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.125", "0.13"),
        ("0.135", "0.14"),
        ("-0.125", "-0.13"),
        ("2.5", "2.50"),
        ("159.9549999", "159.95"),
        ("0.004", "0.00"),
        ("-0.004", "0.00"),
        ("1e20", "100000000000000000000.00"),
        ("99999999999999999999999999999999.995", "100000000000000000000000000000000.00"),
    ],
)
def test_half_up(value: str, rounded: str) -> None:
    assert str(round_money(Decimal(value))) == rounded


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_amount(value: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        round_money(Decimal(value))


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        round_money(0.125)  # type: ignore[arg-type]


def random_amounts(count: int) -> list[Decimal]:
    """Amounts of many lengths, half of them exactly on the edge between two cents."""
    chance = random.Random(20261124)
    edges = [Decimal(chance.randrange(-(10**9), 10**9)) / 100 + Decimal("0.005") for _ in range(count // 2)]
    others = [
        Decimal(chance.randrange(-(10**15), 10**15)).scaleb(-chance.randrange(0, 9))
        for _ in range(count // 2)
    ]
    return edges + others


@pytest.mark.django_db
def test_python_and_sql_agree_on_100_000_amounts() -> None:
    amounts = random_amounts(100_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(v, 2) FROM unnest(%s::numeric[]) WITH ORDINALITY t(v, n) ORDER BY n", [amounts]
        )
        in_sql = [row[0] for row in cursor.fetchall()]
    assert [round_money(amount) for amount in amounts] == in_sql


@pytest.mark.django_db
def test_the_expression_rounds_half_up() -> None:
    amount = Value(Decimal("0.125"), output_field=DecimalField(max_digits=9, decimal_places=3))
    WorkCalendar.objects.create(code="one", name="One")
    rounded = WorkCalendar.objects.filter(code="one").values_list(RoundMoney(amount), flat=True)
    assert rounded.get() == Decimal("0.13")
