"""What a person reaches today: the one answer from which every row filter of the trade is made.

Rights always use today in Asia/Shanghai. A closed, leaving or technical account has no posts of the trade.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from orgchart.enums import UnitKind
from orgchart.models import Appointment, Person, UnitLink

WHOLE_CENTRES = frozenset({UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.CENTRE})
_CACHE = "_scope"


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment of today.

    `centre_ids` holds the centres at or below the unit for a post at company, department or centre;
    `unit_ids_below` the unit itself and all below it for a post in a group, branch or outlet. The other is empty.
    """

    position_code: str
    title: str
    unit_id: int
    unit_kind: str
    group_kind: str
    centre_id: int | None
    unit_ids_below: frozenset[int]
    centre_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Scope:
    """All posts of a person on `day`, the primary one first."""

    day: date
    posts: tuple[Post, ...]

    @property
    def positions(self) -> frozenset[str]:
        """Codes of the positions held."""
        return frozenset(post.position_code for post in self.posts)

    @property
    def centre_ids(self) -> frozenset[int]:
        """Every centre in which at least one post lies, or which lies below one."""
        own = {post.centre_id for post in self.posts if post.centre_id is not None}
        return frozenset(own).union(*(post.centre_ids for post in self.posts))


def today() -> date:
    """The day that rights are taken from (Asia/Shanghai)."""
    return timezone.localdate()


def account_is_open(person: Person, day: date) -> bool:
    """Whether the account may be used on `day`; `leaves_on` is the last working day."""
    return bool(person.is_active) and (person.leaves_on is None or person.leaves_on >= day)


def _below(appointments: Iterable[Appointment]) -> dict[int, list[tuple[int, str]]]:
    """Per unit: (id, kind) of itself and every unit below it. One statement."""
    links = UnitLink.objects.filter(ancestor_id__in={row.unit_id for row in appointments})
    found: dict[int, list[tuple[int, str]]] = {}
    for ancestor, descendant, kind in links.values_list("ancestor_id", "descendant_id", "descendant__kind"):
        found.setdefault(ancestor, []).append((descendant, kind))
    return found


def _post(row: Appointment, below: list[tuple[int, str]]) -> Post:
    whole = row.unit.kind in WHOLE_CENTRES
    centres = frozenset(pk for pk, kind in below if kind == UnitKind.CENTRE)
    return Post(
        position_code=row.position.code,
        title=row.position.label,
        unit_id=row.unit_id,
        unit_kind=row.unit.kind,
        group_kind=row.unit.group_kind,
        centre_id=row.unit.centre_id,
        unit_ids_below=frozenset() if whole else frozenset(pk for pk, _ in below),
        centre_ids=centres if whole else frozenset(),
    )


def _read(person: Person, day: date) -> Scope:
    if not account_is_open(person, day):
        return Scope(day, ())
    rows = list(
        Appointment.objects.on(day)
        .filter(person_id=person.pk)
        .select_related("position", "unit")
        .order_by("-is_primary", "starts_on", "pk")
    )
    below = _below(rows) if rows else {}
    return Scope(day, tuple(_post(row, below.get(row.unit_id, [])) for row in rows))


def scope_of(person: Person) -> Scope:
    """The scope of `person` today, in at most two statements; kept on the instance, so once per request."""
    day = today()
    kept: Scope | None = getattr(person, _CACHE, None)
    if kept is None or kept.day != day:
        kept = _read(person, day)
        setattr(person, _CACHE, kept)
    return kept


def forget_scope(person: Person) -> None:
    """Read the scope anew on the next question; for services that change appointments."""
    if hasattr(person, _CACHE):
        delattr(person, _CACHE)
