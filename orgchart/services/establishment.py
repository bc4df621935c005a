"""编制: how many posts of a position a unit has, by date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.audit import record
from core.errors import Conflict, Invalid, Refused
from orgchart.models import Establishment, Position, Unit
from orgchart.policies import ESTABLISH
from orgchart.services.units import in_place

MOST = 9_999


def require_establish(actor: Actor, unit: Unit | None = None) -> Actor:
    """The actor as the trail records it, when «unit.establish» reaches the unit, or all units when none is given.

    The system needs no power. Refuses with "may_not_establish".
    """
    if actor.person is None:
        return actor
    permitted = Unit.objects.permitted(actor.person, "establish")
    missing = Unit.objects.exclude(pk__in=permitted.values("pk")) if unit is None else None
    allowed = not missing.exists() if missing is not None else permitted.filter(pk=unit.pk).exists()  # type: ignore[union-attr]
    if not allowed:
        raise Refused(
            "may_not_establish",
            _("The establishment is set by the administration and personnel group. Ask there."),
        )
    return in_place(actor, ESTABLISH)


def _check(unit: Unit, position: Position, count: int) -> None:
    if not unit.is_active:
        raise Conflict("unit_closed", _("This unit is closed."))
    if not 0 <= count <= MOST:
        raise Invalid(
            "count_out_of_range",
            _("Enter a whole number from 0 to %(most)d.") % {"most": MOST},
            field="count",
        )
    if not position.is_leader:
        return
    if (unit.kind, unit.group_kind) != (position.unit_kind, position.group_kind):
        raise Invalid(
            "wrong_unit",
            _("This position leads a unit of another kind. Choose another one."),
            field="position",
        )
    if count > 1:
        raise Invalid("one_leader", _("A unit has one leader. Enter 1 or 0."), field="count")


@transaction.atomic
def set_establishment(
    *, actor: Actor, unit: Unit, position: Position, count: int, starts_on: date
) -> Establishment:
    """`unit` has `count` posts of `position` from `starts_on` on; the row in force so far ends the day before.

    The same first day again corrects the number. Refuses with "may_not_establish", "unit_closed",
    "count_out_of_range", "wrong_unit", "one_leader", "starts_before_last" or "nothing_changes".
    """
    actor = require_establish(actor, unit)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    _check(unit, position, count)
    rows = Establishment.objects.filter(unit=unit, position=position)
    last = rows.order_by("-starts_on").first()
    before = _end(last, count, starts_on)
    if last is not None and last.starts_on == starts_on:
        row = last
        row.count, row.ends_on = count, None
        row.save(update_fields=["count", "ends_on"])
    else:
        row = rows.create(unit=unit, position=position, count=count, starts_on=starts_on)
    record(
        actor=actor, action="unit.establishment_set", subject=unit, subject_label=unit.code,
        changes={
            "position": [None, position.code], "count": [before, count], "starts_on": [None, str(starts_on)],
        },
    )  # fmt: skip
    return row


def _end(last: Establishment | None, count: int, starts_on: date) -> int | None:
    """Let the latest row end before `starts_on`; returns the number so far, None when there was none."""
    if last is None:
        return None
    if starts_on < last.starts_on:
        raise Invalid(
            "starts_before_last",
            _("The latest entry begins on %(day)s. Choose that day or a later one.")
            % {"day": last.starts_on},
            field="starts_on",
        )
    in_force = last.ends_on is None or last.ends_on >= starts_on
    if in_force and last.count == count:
        raise Invalid("nothing_changes", _("This is the number in force already."), field="count")
    if in_force and last.starts_on < starts_on:
        last.ends_on = starts_on - timedelta(days=1)
        last.save(update_fields=["ends_on"])
    return last.count if in_force else 0


@transaction.atomic
def seed_establishment(*, actor: Actor, starts_on: date, counts: Mapping[str, int] | None = None) -> int:
    """One leader for every open unit that has a leading post, and `counts` (position -> number) for units of its kind.

    What is established already stays as it is, so it may run again. Returns how many rows were added. Refuses with
    "may_not_establish", or "count_out_of_range".
    """
    actor = require_establish(actor)
    numbers = {row.code: 1 for row in Position.objects.filter(is_leader=True, is_post=True)} | dict(
        counts or {}
    )
    if not all(0 <= number <= MOST for number in numbers.values()):
        raise Invalid("count_out_of_range", _("Enter a whole number from 0 to %(most)d.") % {"most": MOST})
    positions = list(Position.objects.filter(code__in=numbers))
    known = set(Establishment.objects.values_list("unit_id", "position_id"))
    rows = [
        Establishment(unit=unit, position=position, count=numbers[position.code], starts_on=starts_on)
        for unit in Unit.objects.filter(is_active=True)
        for position in positions
        if (unit.kind, unit.group_kind) == (position.unit_kind, position.group_kind)
        and (unit.pk, position.pk) not in known
    ]
    Establishment.objects.bulk_create(rows)
    record(
        actor=actor, action="unit.establishment_seeded",
        changes={"rows": [0, len(rows)], "starts_on": [None, str(starts_on)]},
    )  # fmt: skip
    return len(rows)
