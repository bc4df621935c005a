"""What is going to happen: about 600 calls over 120 days, each with its way through the department."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from core.workcalendar import CHINA, Calendar
from tickets.demo import texts
from tickets.demo.cast import Caller, Phone, callers
from tickets.demo.texts import Deck, Story
from tickets.enums import Channel, Priority

CALLS, DAYS = 600, 120
ON_CALL, KEPT, PASSED_ON, CONVERTED, CANCELLED = "on_call", "kept", "passed_on", "converted", "cancelled"


@dataclass(frozen=True, slots=True)
class Slot:
    """When somebody calls; a stalled one also says how far its case gets, where, and how urgent it is."""

    at: datetime
    kind: str = ""
    stop: str = ""
    place: str = ""
    priority: int = 0


@dataclass(eq=False, slots=True)
class Call:
    """One call and what becomes of it. `stop` names the step after which nothing happens any more."""

    index: int
    at: datetime
    caller: Caller
    phone: Phone
    kind: str
    path: str
    story: Story
    priority: int
    channel: str
    stop: str
    random: Random


# Service days ago, kind, how far it gets, province, priority, how many: what lies open today.
_STALLED = (
    (12, "repair", "waiting:parts", "330000", 3, 3),
    (8, "repair", "waiting:parts", "440000", 3, 2),
    (6, "repair", "waiting:parts", "510000", 3, 2),
    (7, "repair", "waiting:testing", "330000", 3, 2),
    (5, "repair", "waiting:testing", "320000", 2, 1),
    (4, "repair", "waiting:customer", "330000", 3, 2),
    (6, "repair", "waiting:customer", "370000", 3, 1),
    (3, "inquiry", "waiting:customer", "330000", 3, 2),
    (6, "repair", "in_progress", "330000", 3, 2),
    (5, "repair", "in_progress", "440000", 3, 1),
    (5, "repair", "assigned", "330000", 3, 2),
    (4, "repair", "assigned", "320000", 2, 1),
    (5, "repair", "logged", "420000", 3, 3),
    (4, "inquiry", "logged", "510000", 3, 1),
    (3, "repair", "in_progress", "330000", 3, 3),
    (3, "repair", "in_progress", "320000", 3, 1),
    (2, "repair", "in_progress", "320000", 3, 2),
    (1, "repair", "in_progress", "330000", 3, 4),
    (1, "repair", "in_progress", "510000", 3, 2),
    (1, "repair", "assigned", "320000", 3, 2),
    (0, "repair", "assigned", "330000", 3, 2),
    (0, "inquiry", "logged", "330000", 3, 2),
    (3, "inquiry", "in_progress", "330000", 3, 2),
    (1, "repair", "assigned", "330000", 1, 2),
    (1, "repair", "in_progress", "440000", 1, 1),
    (2, "repair", "in_progress", "330000", 2, 2),
    (2, "inquiry", "assigned", "330000", 3, 2),
    (1, "repair", "logged", "330000", 3, 3),
    (1, "inquiry", "logged", "320000", 3, 2),
    (2, "repair", "resolved", "330000", 3, 4),
    (3, "repair", "resolved", "370000", 3, 2),
    (5, "repair", "reopened", "330000", 3, 2),
    (8, "repair", "reopened", "510000", 3, 1),
)


def plan(today: date, calendar: Calendar) -> list[Call]:
    """All calls in order of time, the same for the same date."""
    random = Random(f"aftersales demo {today.isoformat()}")
    slots = sorted(_slots(today, calendar, random), key=lambda slot: slot.at)
    entries = _entries(random)
    drawing = _Drawing(random)
    calls = []
    for index, slot in enumerate(slots):
        caller, phone = _take(entries, slot.place)
        kind, path, story = drawing.draw(slot, phone)
        calls.append(_call(index, slot, caller, phone, kind, path, story, today, random))
    return calls


def service_days(today: date, calendar: Calendar) -> list[date]:
    """Days with service windows in the span of the story, the last of them today or before."""
    days = (today - timedelta(days=DAYS - offset) for offset in range(DAYS + 1))
    return [day for day in days if calendar.spans(day)]


def _slots(today: date, calendar: Calendar, random: Random) -> Iterator[Slot]:
    days = service_days(today, calendar)
    stalled = 0
    for ago, kind, stop, place, priority, count in _STALLED:
        day = days[max(0, len(days) - 1 - ago)]
        for _ in range(count):
            stalled += 1
            yield Slot(_moment(day, random), kind, stop, place, priority)
    # People call most on the first day after a break.
    weights = [1.6 if (day - timedelta(days=1)) not in days else 1.0 for day in days]
    for day in random.choices(days, weights, k=CALLS - stalled):
        yield Slot(_moment(day, random))


# Each with 50 minutes after it, all within the service windows.
_HOURS = (
    time(9, 2), time(9, 40), time(10, 20), time(11, 5), time(13, 3),
    time(13, 45), time(14, 30), time(15, 20), time(16, 10), time(16, 50),
)  # fmt: skip


def _moment(day: date, random: Random) -> datetime:
    begin = datetime.combine(day, random.choice(_HOURS), CHINA)
    return begin + timedelta(seconds=random.randrange(50 * 60))


def _entries(random: Random) -> list[tuple[Caller, Phone]]:
    """Every phone once, half of them a second time, in random order."""
    once = [(caller, phone) for caller in callers(random) for phone in caller.phones]
    entries = [*once, *random.sample(once, CALLS - len(once))]
    random.shuffle(entries)
    return entries


def _take(entries: list[tuple[Caller, Phone]], place: str) -> tuple[Caller, Phone]:
    """The next caller, of this province if one is given."""
    fitting = (
        index
        for index, (caller, phone) in enumerate(entries)
        if not place or (caller.place.province == place and "phone" in phone.model.traits)
    )
    return entries.pop(next(fitting, 0))


class _Drawing:
    """Kind, way and words of each call."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.decks = {
            "repair": Deck(texts.repairs()),
            "inquiry": Deck(texts.answered()),
            CONVERTED: Deck(texts.converted()),
            "remote": Deck(texts.remote()),
            "cancelled repair": Deck(texts.cancelled("repair")),
            "cancelled inquiry": Deck(texts.cancelled("inquiry")),
        }

    def draw(self, slot: Slot, phone: Phone) -> tuple[str, str, Story]:
        """Kind, path and story; a way that no story of this phone fits gives way to the ordinary one."""
        traits = phone.model.traits
        kind = slot.kind or ("repair" if self.random.random() < 0.6 or "datacard" in traits else "inquiry")
        path, deck = (PASSED_ON, kind) if slot.stop else self._way(kind)
        story = self.decks[deck].draw(traits, self.random)
        if story is None:
            kind = "repair" if "datacard" in traits else kind
            path, story = PASSED_ON, self.decks[kind].draw(traits, self.random)
        assert story is not None, "every model has a story of each kind"
        return kind, path, story

    def _way(self, kind: str) -> tuple[str, str]:
        chance = self.random.random()
        if chance < 0.035:
            return CANCELLED, f"cancelled {kind}"
        if kind == "repair":
            return (ON_CALL, "remote") if chance < 0.09 else (PASSED_ON, "repair")
        if chance < 0.11:
            return CONVERTED, CONVERTED
        return (ON_CALL if chance < 0.55 else KEPT if chance < 0.7 else PASSED_ON), "inquiry"


def _call(
    index: int,
    slot: Slot,
    caller: Caller,
    phone: Phone,
    kind: str,
    path: str,
    story: Story,
    today: date,
    random: Random,
) -> Call:
    urgency = random.choices(
        [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW], [4, 14, 70, 12]
    )[0]
    channel = random.choices(
        [Channel.PHONE, Channel.COUNTER, Channel.MAIL, Channel.WEB],
        [82, 10, 4, 4] if path != ON_CALL else [1, 0, 0, 0],
    )[0]
    return Call(
        index, slot.at, caller, phone, kind, path, story, slot.priority or int(urgency), str(channel), slot.stop,
        Random(f"{today.isoformat()} {index}"),
    )  # fmt: skip
