"""Reads the facts of one day that `orgchart.rules.authority` walks on, with the names that its sentences need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from orgchart.enums import UnitKind
from orgchart.line import codes_above
from orgchart.models import Appointment, Deputyship, Person, Position, UnitLink
from orgchart.reach import open_on
from orgchart.rules.authority import Facts, Seat

Clause = dict[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """Facts of `day` with titles of positions, labels of units and names of people, each (zh, en).

    `entered_late`: appointment -> the day on which it was entered, where nobody could know of it on `day`.
    """

    day: date
    facts: Facts
    positions: dict[str, tuple[str, str]]
    units: dict[int, tuple[str, str]]
    people: dict[int, str]
    clauses: dict[str, dict[str, Clause]]
    deputies_until: dict[tuple[int, int], date | None]
    entered_late: dict[int, date]


def _positions() -> list[dict[str, Any]]:
    rows: Any = Position.objects.annotate(powers=F("rights__powers"))
    return list(rows.values("code", "superior__code", "title", "title_en", "powers"))


def _above(units: Iterable[int]) -> tuple[dict[int, frozenset[int]], frozenset[int]]:
    """Unit -> itself and all above; and which of the units lie outside the department."""
    found: dict[int, set[int]] = defaultdict(set)
    kinds: dict[int, set[str]] = defaultdict(set)
    links = UnitLink.objects.filter(descendant_id__in=set(units))
    for low, high, kind in links.values_list("descendant_id", "ancestor_id", "ancestor__kind"):
        found[low].add(high)
        kinds[low].add(kind)
    outside = frozenset(unit for unit, above in kinds.items() if UnitKind.OUTSIDE in above)
    return {unit: frozenset(above) for unit, above in found.items()}, outside


_POST = (
    "pk", "person_id", "person__name", "position__code", "unit_id", "unit__name", "unit__name_en", "starts_on",
    "ends_on", "is_primary", "recorded_at",
)  # fmt: skip


def _posts(day: date, rows: Q) -> list[dict[str, Any]]:
    held = Appointment.objects.on(day).filter(open_on(day, "person__"))
    return list(held.filter(rows).distinct().values(*_POST))


def _deputies(day: date, posts: Iterable[int]) -> list[dict[str, Any]]:
    rows: Any = Deputyship.objects.in_force(day).filter(open_on(day, "deputy__"), post_id__in=set(posts))
    return list(rows.order_by("depth").values("post_id", "deputy_id", "deputy__name", "ends_on"))


def read(day: date, people: Iterable[int] | None) -> Named:
    """The facts about these people and everybody above them; None: about everybody. Five statements at most."""
    chart = _positions()
    superiors = {row["code"]: row["superior__code"] for row in chart}
    if people is None:
        posts = _posts(day, Q())
        above, outside = _above({row["unit_id"] for row in posts})
    else:
        wanted = set(people)
        acting = Deputyship.objects.in_force(day).filter(deputy_id__in=wanted)
        posts = _posts(day, Q(person_id__in=wanted) | Q(pk__in=acting.values("post_id")))
        above, outside = _above({row["unit_id"] for row in posts})
        codes = {code for row in posts for code in codes_above(superiors, row["position__code"])}
        higher = _posts(day, Q(position__code__in=codes, unit_id__in=frozenset[int]().union(*above.values())))
        posts = list({row["pk"]: row for row in (*posts, *higher)}.values())
        for row in higher:
            # A unit above has only units above it that lie above the lower one as well.
            above.setdefault(row["unit_id"], frozenset({row["unit_id"]}))
    return _named(day, chart, superiors, posts, above, outside)


def _named(
    day: date,
    chart: list[dict[str, Any]],
    superiors: dict[str, str | None],
    posts: list[dict[str, Any]],
    above: dict[int, frozenset[int]],
    outside: frozenset[int],
) -> Named:
    deputies = _deputies(day, (row["pk"] for row in posts))
    standing_in: dict[int, list[int]] = defaultdict(list)
    for row in deputies:
        standing_in[row["post_id"]].append(row["deputy_id"])
    seats = tuple(
        Seat(
            row["pk"], row["person_id"], row["position__code"], row["unit_id"], row["starts_on"],
            row["is_primary"], row["ends_on"], tuple(standing_in[row["pk"]]),
        )
        for row in posts
    )  # fmt: skip
    powers = {row["code"]: row["powers"] or {} for row in chart}
    facts = Facts(superiors, above, {code: frozenset(held) for code, held in powers.items()}, seats, outside)
    return Named(
        day=day,
        facts=facts,
        positions={row["code"]: (row["title"], row["title_en"]) for row in chart},
        units={row["unit_id"]: (row["unit__name"], row["unit__name_en"]) for row in posts},
        people={row["person_id"]: row["person__name"] for row in posts}
        | {row["deputy_id"]: row["deputy__name"] for row in deputies},
        clauses=powers,
        deputies_until={(row["post_id"], row["deputy_id"]): row["ends_on"] for row in deputies},
        entered_late=_late(posts, day),
    )


def _late(posts: Iterable[dict[str, Any]], day: date) -> dict[int, date]:
    entered = {row["pk"]: timezone.localdate(row["recorded_at"]) for row in posts}
    return {appointment: recorded for appointment, recorded in entered.items() if recorded > day}


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names by id, for people who hold no post on the day. One statement."""
    return dict(Person.objects.filter(pk__in=set(people)).values_list("pk", "name"))
