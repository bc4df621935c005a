"""What does not fit together about a phone, by table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.rules import facts
from products.rules.facts import Owned, Seen, overlap

IMEI = "490154203237518"
DAY = date(2026, 3, 1)


def codes(**known: object) -> list[str]:
    return [fact.code for fact in facts.facts(Seen(IMEI, **known))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({}, []),
        ({"tacs": ("49015420",)}, []),
        ({"tacs": ("86012345",), "tac_model": "X9"}, ["tac_of_another_model"]),
        ({"others_same_imei": (7,)}, ["same_imei"]),
        ({"others_same_invoice": (7, 8)}, ["invoice_used_twice"]),
        ({"others_same_certificate": (7,)}, ["certificate_used_twice"]),
        ({"sold_on": DAY, "launched_on": DAY}, []),
        ({"sold_on": DAY, "launched_on": DAY + timedelta(1)}, ["sold_before_launch"]),
        ({"sold_on": DAY, "delivered_on": DAY + timedelta(30)}, []),
        ({"sold_on": DAY, "delivered_on": DAY + timedelta(31)}, ["delivered_late"]),
        ({"delivered_on": DAY}, []),
        ({"exchanged_on": DAY, "used": (DAY,)}, []),
        ({"exchanged_on": DAY, "used": (DAY + timedelta(1),)}, ["used_after_exchange"]),
        ({"exchanged_on": DAY, "owners": (Owned(1, DAY, None),)}, []),
        ({"exchanged_on": DAY, "owners": (Owned(1, DAY + timedelta(1), None),)}, ["used_after_exchange"]),
        ({"used": (DAY,)}, []),
        (
            {"others_same_invoice": (7,), "others_same_imei": (7,), "tacs": ("1",)},
            ["same_imei", "tac_of_another_model", "invoice_used_twice"],
        ),
    ],
)
def test_facts(known: dict[str, object], found: list[str]) -> None:
    assert codes(**known) == found


def test_a_fact_knows_its_weight_and_whom_it_is_about() -> None:
    (same,) = facts.facts(Seen(IMEI, others_same_imei=(7,)))
    assert (same.severity, same.devices) == ("serious", (7,))
    (model,) = facts.facts(Seen(IMEI, tacs=("86012345",), tac_model="X9"))
    assert (model.severity, model.words) == ("check", {"model": "X9"})


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([(1, None, None)], False),
        ([(1, None, DAY), (2, DAY, None)], False),
        ([(1, None, DAY + timedelta(1)), (2, DAY, None)], True),
        ([(1, DAY, None), (2, DAY, None)], True),
        ([(1, DAY, None), (1, DAY, None)], False),
        ([(1, None, DAY), (2, None, None)], False),
        ([(1, DAY, DAY), (2, DAY, None)], False),
        ([(1, DAY - timedelta(9), DAY), (2, DAY - timedelta(20), DAY - timedelta(9))], False),
        ([(1, DAY - timedelta(9), DAY), (2, DAY - timedelta(20), DAY - timedelta(8))], True),
    ],
)
def test_two_owners_at_once(rows: list[tuple[int, date | None, date | None]], together: bool) -> None:
    assert overlap(Owned(*row) for row in rows) is together
    assert overlap(Owned(*row) for row in reversed(rows)) is together


@given(st.lists(st.integers(0, 400), min_size=2, max_size=6, unique=True).map(sorted))
def test_owners_one_after_the_other_never_overlap(days: list[int]) -> None:
    ends = [DAY + timedelta(day) for day in days]
    rows = [
        Owned(number, first, last)
        for number, (first, last) in enumerate(zip([None, *ends], [*ends, None], strict=True))
    ]
    assert not overlap(rows)
