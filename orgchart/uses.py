"""Named reads on uses of powers: what waits for a decision, who has to decide, what a person sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from orgchart import facts as reading
from orgchart.enums import Power, UseState
from orgchart.models import Override, Person, Position, PowerUse
from orgchart.policies import DECIDE_PROPOSAL, proposals_for
from orgchart.rules.authority import Seat, deciders
from orgchart.rules.powers import PROPOSALS
from orgchart.scope import scope_of, today

TO_DECIDE, MINE, TOWARDS_ME, OF_MY_PEOPLE = "decide", "mine", "towards", "people"
TABS = (TO_DECIDE, MINE, TOWARDS_ME, OF_MY_PEOPLE)
_PEOPLE = ("actor", "acting_for", "subject", "second", "decided_by", "decided_for")


def uses_of_tab(reader: Person, tab: str) -> QuerySet[PowerUse]:
    """The uses of one tab of the list, newest first, with the people in them."""
    rows: QuerySet[PowerUse] = PowerUse.objects.select_related(*_PEOPLE)
    if tab == TO_DECIDE:
        return rows.permitted(reader, "decide")  # type: ignore[attr-defined,no-any-return]
    mine = Q(actor_id=reader.pk) | Q(acting_for_id=reader.pk)
    towards = (Q(subject_id=reader.pk) | Q(second_id=reader.pk)) & ~mine
    part = {MINE: mine, TOWARDS_ME: towards, OF_MY_PEOPLE: ~mine & ~towards}[tab]
    return rows.permitted(reader).filter(part)  # type: ignore[attr-defined,no-any-return]


def uses_towards(reader: Person, subject: Person) -> QuerySet[PowerUse]:
    """What was done with powers towards `subject`, as far as `reader` may see it."""
    rows: QuerySet[PowerUse] = PowerUse.objects.permitted(reader).select_related(*_PEOPLE)
    return rows.filter(Q(subject_id=subject.pk) | Q(second_id=subject.pk))


def visible_use(reader: Person, pk: int) -> PowerUse | None:
    """The use with its people when `reader` sees it."""
    found: PowerUse | None = PowerUse.objects.permitted(reader).select_related(*_PEOPLE).filter(pk=pk).first()
    return found


def visible_person(reader: Person, pk: int) -> Person | None:
    """The person when `reader` sees that person."""
    found: Person | None = Person.objects.permitted(reader, "view").filter(pk=pk).first()
    return found


def may_decide(reader: Person, use: PowerUse) -> bool:
    """Whether `reader` may decide on the use now."""
    return bool(PowerUse.objects.permitted(reader, "decide").filter(pk=use.pk).exists())


def decided_in_place_of(reader: Person, use: PowerUse) -> Person | None:
    """In whose place `reader`, who may decide on the use, does so; None: from an own post."""
    posts = scope_of(reader).posts
    if use.power == Power.REPORT:
        if use.subject_id == reader.pk:
            return None
        return next((post.acting_for for post in posts if post.holder_id == use.subject_id), None)
    rows = PowerUse.objects.filter(pk=use.pk)
    found = next((post for post in posts if rows.filter(proposals_for(reader, post)).exists()), None)
    return found.acting_for if found else None


def deciding_positions() -> frozenset[str]:
    """Codes of the positions that decide on proposals. One statement."""
    held = Position.objects.filter(rights__grants__has_key=DECIDE_PROPOSAL)
    return frozenset(held.values_list("code", flat=True))


def deciders_of(use: PowerUse) -> list[Person]:
    """Who has to decide today: the nearest who may, and who stands in there. Empty for what waits for nobody."""
    if use.state != UseState.SUBMITTED:
        return []
    seats = _deciding_seats(use)
    concerned = {use.actor_id, use.acting_for_id}
    if use.power != Power.REPORT:
        concerned.add(use.subject_id)
    wanted = [person for seat in seats for person in (seat.person, *seat.deputies)]
    if use.power == Power.REPORT:
        wanted = [
            use.subject_id,
            *(pk for seat in seats if seat.person == use.subject_id for pk in seat.deputies),
        ]
    found = Person.objects.in_bulk([pk for pk in wanted if pk not in concerned])
    return [found[pk] for pk in dict.fromkeys(wanted) if pk in found]


def _deciding_seats(use: PowerUse) -> tuple[Seat, ...]:
    """For a proposal the nearest posts above that decide it, for a report those of its receiver."""
    if use.power == Power.REPORT:
        return tuple(reading.read(today(), {use.subject_id}).facts.of(use.subject_id))
    whose = use.acting_for_id or use.actor_id
    facts = reading.read(today(), {whose}).facts
    return deciders(facts, whose, deciding_positions(), {use.actor_id, whose, use.subject_id})


def goes_up(power: str, position: str, superiors: Mapping[str, str | None], deciding: frozenset[str]) -> bool:
    """Whether somebody above `position` could decide on a proposal; the top of the line proposes to nobody."""
    above = superiors.get(position)
    while power in PROPOSALS and above is not None:
        if above in deciding:
            return True
        above = superiors.get(above)
    return False


def overrides_seen_by(reader: Person) -> QuerySet[Override]:
    """What administrators did without a power, as far as `reader` sees it: what is not yet confirmed first."""
    rows: QuerySet[Override] = Override.objects.permitted(reader).select_related("actor", "subject", "told")
    return rows.order_by(F("seen_at").desc(nulls_first=True), "-id")


def overrides_to_confirm(reader: Person) -> int:
    """How many of them wait for `reader` to confirm having read them."""
    return int(Override.objects.permitted(reader, "acknowledge").count())


def words_of(decision: Mapping[str, Any], language: str) -> str:
    """The sentence as it was kept on the day of the use, in one language."""
    sentences: Mapping[str, str] = decision.get("sentences", {})
    return sentences.get(language) or str(decision.get("sentence", ""))
