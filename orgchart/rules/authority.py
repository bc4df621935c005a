"""May this person use this power on that one? A plain walk up the reporting line, on facts of one day.

The same question as SQL stands in `orgchart.reach`; a test asks both the same ten thousand questions. Nobody decides
about themself; a vacant superior means the next one up; a deputy has what the holder has, except about the deputy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from orgchart.enums import Power
from orgchart.rules.powers import DIRECT, REACH


@dataclass(frozen=True, slots=True)
class Seat:
    """A post held on the day by somebody with an open account. `deputies` stand in for the holder, by depth."""

    appointment: int
    person: int
    position: str
    unit: int
    since: date
    is_primary: bool = True
    until: date | None = None
    deputies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the walk needs to know of one day.

    `superiors`: position -> the one above; `above`: unit -> itself and all units above it; `powers`: position ->
    powers; `outside`: units that do not belong to the department.
    """

    superiors: Mapping[str, str | None]
    above: Mapping[int, frozenset[int]]
    powers: Mapping[str, frozenset[str]]
    seats: tuple[Seat, ...]
    outside: frozenset[int] = frozenset()

    def of(self, person: int) -> list[Seat]:
        """The posts of a person, the primary one first."""
        return sorted(
            (seat for seat in self.seats if seat.person == person),
            key=lambda seat: (not seat.is_primary, seat.since, seat.appointment),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and its reasons.

    `seat`: the actor's post that decides, `acting_for`: whose post it is when a deputy acts, `on`: the subject's post,
    `nearer`: who stands between or would have to decide, `vacant`: positions passed over because nobody holds them.
    """

    allowed: bool
    code: str
    seat: Seat | None = None
    acting_for: int | None = None
    on: Seat | None = None
    nearer: Seat | None = None
    vacant: tuple[str, ...] = ()


@dataclass(slots=True)
class _Line:
    """The posts above one post, rung by rung."""

    facts: Facts
    seat: Seat
    rungs: list[tuple[str, list[Seat]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for code in _codes_above(self.facts.superiors, self.seat.position):
            self.rungs.append((code, [s for s in self.facts.seats if self._above(s, code)]))

    def _above(self, seat: Seat, code: str) -> bool:
        return seat.position == code and seat.unit in self.facts.above.get(self.seat.unit, ())

    def holds(self, person: int) -> bool:
        """Whether the person has one of the posts above: nobody uses this post on a superior's second, lower one."""
        return any(s.person == person for _, held in self.rungs for s in held)

    def find(self, seat: Seat) -> int | None:
        """The rung on which `seat` stands, None when it is not above."""
        return next((index for index, (_, held) in enumerate(self.rungs) if seat in held), None)

    def between(self, rung: int) -> Seat | None:
        """The nearest occupied post below the rung; the person's own second post does not count."""
        return next((s for _, held in self.rungs[:rung] for s in held if s.person != self.seat.person), None)

    def nearest(self) -> tuple[list[Seat], tuple[str, ...]]:
        """The posts of the first rung that somebody else holds, and the positions passed over."""
        for index, (_, held) in enumerate(self.rungs):
            others = [s for s in held if s.person != self.seat.person]
            if others:
                return others, self.vacant(index)
        return [], self.vacant(len(self.rungs))

    def vacant(self, rung: int) -> tuple[str, ...]:
        """Positions below the rung that nobody holds."""
        return tuple(code for code, held in self.rungs[:rung] if not held)


def _codes_above(superiors: Mapping[str, str | None], code: str) -> Iterator[str]:
    seen = {code}
    above = superiors.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        yield above
        above = superiors.get(above)


def acting_seats(facts: Facts, person: int) -> list[tuple[Seat, int | None]]:
    """Every post the person acts in, own ones first; with the holder where it is another's."""
    own: list[tuple[Seat, int | None]] = [(seat, None) for seat in facts.of(person)]
    return own + [(seat, seat.person) for seat in facts.seats if person in seat.deputies]


def decide(facts: Facts, actor: int, power: str, subject: int, second: int | None = None) -> Verdict:
    """Whether `actor` may use `power` on `subject` (and `second`, the other party of a dispute).

    Refusals: "self", "no_post", "subject_no_post", "no_power", "not_direct", "superior", "peer",
    "outside_department", "other_unit", "not_in_line"; for reports "not_superior"; for disputes "nearer_superior",
    "not_common".
    """
    seats = acting_seats(facts, actor)
    if actor in (subject, second):
        return Verdict(False, "self", nearer=superior_of(facts, actor))
    if not seats:
        return Verdict(False, "no_post")
    if not all(facts.of(person) for person in (subject, second) if person is not None):
        return Verdict(False, "subject_no_post")
    if power == Power.REPORT:
        return _report(facts, seats, subject)
    if second is not None:
        return _adjudicate(facts, seats, actor, subject, second)
    return _downwards(facts, seats, power, subject)


def superior_of(facts: Facts, person: int) -> Seat | None:
    """The nearest post above the person that somebody else holds; None at the top and without a post."""
    for seat in facts.of(person):
        held, _ = _Line(facts, seat).nearest()
        if held:
            return held[0]
    return None


def deciders(
    facts: Facts, proposer: int, deciding: Collection[str], concerned: Collection[int]
) -> tuple[Seat, ...]:
    """The nearest posts above the proposer whose position is in `deciding`, held by nobody who is concerned."""
    for seat in facts.of(proposer):
        for code, held in _Line(facts, seat).rungs:
            free = tuple(s for s in held if s.person not in concerned)
            if code in deciding and free:
                return free
    return ()


def _inside(facts: Facts, person: int) -> list[Seat]:
    """The posts of a person within the department: no power reaches those outside, whoever stands above."""
    return [seat for seat in facts.of(person) if seat.unit not in facts.outside]


def _downwards(facts: Facts, seats: list[tuple[Seat, int | None]], power: str, subject: int) -> Verdict:
    refusals: list[Verdict] = []
    for on in _inside(facts, subject):
        line = _Line(facts, on)
        for seat, holder in seats:
            rung = line.find(seat)
            if rung is None or holder == subject or _Line(facts, seat).holds(subject):
                continue
            between = line.between(rung) if REACH[power] == DIRECT else None
            if between is not None:
                refusals.append(Verdict(False, "not_direct", seat, holder, on, between))
            elif power not in facts.powers[seat.position]:
                refusals.append(Verdict(False, "no_power", seat, holder, on))
            else:
                return Verdict(True, "granted", seat, holder, on, vacant=line.vacant(rung))
    return refusals[0] if refusals else _why_not(facts, seats, subject)


def _why_not(facts: Facts, seats: list[tuple[Seat, int | None]], subject: int) -> Verdict:
    """Why no post of the actor stands above one of the subject's."""
    theirs, (seat, holder) = facts.of(subject), seats[0]
    first = theirs[0]
    for own, whose in seats:
        for on in theirs:
            if _Line(facts, own).find(on) is not None:
                return Verdict(False, "superior", own, whose, on)
    if all(on.unit in facts.outside for on in theirs):
        return Verdict(False, "outside_department", seat, holder, first)
    for own, whose in seats:
        for on in theirs:
            common = set(_Line(facts, own).nearest()[0]) & set(_Line(facts, on).nearest()[0])
            if common:
                return Verdict(False, "peer", own, whose, on, min(common, key=lambda s: s.appointment))
    if not any(own.unit in facts.above.get(on.unit, ()) for own, _ in seats for on in theirs):
        return Verdict(False, "other_unit", seat, holder, first)
    return Verdict(False, "not_in_line", seat, holder, first)


def _report(facts: Facts, seats: list[tuple[Seat, int | None]], subject: int) -> Verdict:
    nearer: Seat | None = None
    powerless: Verdict | None = None
    for seat, holder in seats:
        held, vacant = _Line(facts, seat).nearest()
        for above in held:
            if subject == above.person or subject in above.deputies:
                if Power.REPORT in facts.powers[seat.position]:
                    return Verdict(True, "granted", seat, holder, above, vacant=vacant)
                powerless = Verdict(False, "no_power", seat, holder, above)
        nearer = nearer or (held[0] if held else None)
    return powerless or Verdict(False, "not_superior", seats[0][0], seats[0][1], nearer=nearer)


def judge(facts: Facts, one: int, other: int) -> tuple[Seat | None, Seat | None]:
    """The nearest common superior of two parties who is neither of them and may adjudicate; and one's post below."""
    lines = [_Line(facts, seat) for seat in _inside(facts, other)]
    for on in _inside(facts, one):
        for _, held in _Line(facts, on).rungs:
            for seat in held:
                if seat.person in (one, other) or Power.ADJUDICATE not in facts.powers[seat.position]:
                    continue
                if any(line.find(seat) is not None for line in lines):
                    return seat, on
    return None, None


def _adjudicate(
    facts: Facts, seats: list[tuple[Seat, int | None]], actor: int, one: int, other: int
) -> Verdict:
    seat, on = judge(facts, one, other)
    if not _inside(facts, one):
        return Verdict(False, "outside_department", seats[0][0], seats[0][1], facts.of(one)[0])
    if seat is None:
        return Verdict(False, "not_common", seats[0][0], seats[0][1])
    for own, holder in seats:
        if own == seat:
            return Verdict(True, "granted", own, holder, on)
    return Verdict(False, "nearer_superior", seats[0][0], seats[0][1], on, seat)
