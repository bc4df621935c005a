"""Yes or no, and why: the one answer to "may this person use this power on that one", in words.

Pages show the sentence beside a refused or missing button, the API returns it, the use of a power keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import Refused
from orgchart import facts as reading
from orgchart.enums import Power
from orgchart.facts import Named
from orgchart.models import Appointment, Person
from orgchart.rules.authority import Seat, Verdict, decide
from orgchart.rules.powers import DIRECT, REACH, UPWARDS
from orgchart.scope import today


def _word(pair: tuple[str, str]) -> str:
    return pair[1] if (get_language() or "").startswith("en") else pair[0]


def joined(parts: Iterable[str]) -> str:
    """Sentences one after the other, empty ones left out; between Chinese ones stands no space."""
    return (" " if (get_language() or "").startswith("en") else "").join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether `actor` may use `power` on `subject` (and `second`) on `day`, and the reasons.

    `former_until`: the last day on which the subject still answered to the actor, when that is over.
    """

    verdict: Verdict
    power: str
    actor: int
    subject: int
    second: int | None
    named: Named
    former_until: date | None = None

    @property
    def allowed(self) -> bool:
        """The answer."""
        return self.verdict.allowed

    @property
    def code(self) -> str:
        """ "granted", or why not (see `orgchart.rules.authority.decide`; also "former")."""
        return "former" if self.former_until else self.verdict.code

    @property
    def acting_for(self) -> int | None:
        """Id of the holder in whose place the actor decides."""
        return self.verdict.acting_for

    @property
    def clause(self) -> dict[str, str] | None:
        """The clause of the description that gives the power: {"no", "zh", "en", "lines"}."""
        seat = self.verdict.seat
        return self.named.clauses.get(seat.position, {}).get(self.power) if seat else None

    def sentence(self) -> str:
        """The answer in the reader's language: position, clause and line, date, deputy."""
        words = _Words(self)
        if self.allowed:
            return joined(words.granted())
        return words.refused()

    def as_json(self) -> dict[str, Any]:
        """For the API and for keeping: stable codes beside the sentence."""
        seat, clause = self.verdict.seat, self.clause
        return {
            "allowed": self.allowed,
            "code": self.code,
            "power": self.power,
            "date": self.named.day.isoformat(),
            "position": seat.position if seat else None,
            "clause": clause["no"] if clause else None,
            "lines": clause["lines"] if clause else None,
            "acting_for": self.acting_for,
            "sentence": self.sentence(),
        }


class _Words:
    """Builds the sentences of one decision."""

    def __init__(self, decision: Decision) -> None:
        self.decision, self.verdict, self.named = decision, decision.verdict, decision.named

    def name(self, person: int | None) -> str:
        return self.named.people.get(person or 0, "?")

    def position(self, code: str) -> str:
        return _word(self.named.positions[code])

    def unit(self, seat: Seat | None) -> str:
        return _word(self.named.units[seat.unit]) if seat else "?"

    def post(self, seat: Seat | None) -> str:
        return self.position(seat.position) if seat else "?"

    def since(self, seat: Seat | None) -> str:
        """The first day of the post; a late entry says so."""
        if seat is None:
            return "?"
        late = self.named.entered_late.get(seat.appointment)
        facts = {"since": seat.since.isoformat(), "recorded": late.isoformat() if late else ""}
        return _("%(since)s (entered late, on %(recorded)s)") % facts if late else facts["since"]

    def facts(self) -> dict[str, str]:
        seat, on, nearer = self.verdict.seat, self.verdict.on, self.verdict.nearer
        return {
            "actor": self.name(self.decision.actor),
            "subject": self.name(self.decision.subject),
            "second": self.name(self.decision.second),
            "holder": self.name(seat.person) if seat else "?",
            "post": self.post(seat),
            "unit": self.unit(seat),
            "since": self.since(seat),
            "their_post": self.post(on),
            "their_unit": self.unit(on),
            "above": self.name(on.person) if on else "?",
            "nearer": self.name(nearer.person) if nearer else "?",
            "nearer_post": self.post(nearer),
            "day": self.named.day.isoformat(),
            "until": self.decision.former_until.isoformat() if self.decision.former_until else "?",
        }

    def granted(self) -> list[str]:
        return [self._who(), self._clause(), self._vacant(), self._relation()]

    def _who(self) -> str:
        facts, seat = self.facts(), self.verdict.seat
        if self.verdict.acting_for is None:
            return _("Yes: %(actor)s has been %(post)s (%(unit)s) since %(since)s.") % facts
        assert seat is not None
        until = self.named.deputies_until.get((seat.appointment, self.decision.actor))
        facts["until"] = until.isoformat() if until else _("further notice")
        return (
            _("Yes: %(actor)s stands in until %(until)s for %(holder)s, %(post)s (%(unit)s) since %(since)s.")
            % facts
        )

    def _clause(self) -> str:
        clause = self.decision.clause or {"no": "?", "zh": "", "en": "", "lines": ""}
        words = {"no": clause["no"], "text": _word((clause["zh"], clause["en"])), "lines": clause["lines"]}
        if words["lines"]:
            return _("Power %(no)s of the job description: “%(text)s” (source %(lines)s).") % words
        return _("Power %(no)s of the job description: “%(text)s” (set by ruling).") % words

    def _vacant(self) -> str:
        if not self.verdict.vacant:
            return ""
        names = _(", ").join(self.position(code) for code in self.verdict.vacant)
        return _("Vacant in between: %(names)s; so it falls to the next one up.") % {"names": names}

    def _relation(self) -> str:
        facts, reach = self.facts(), REACH[self.decision.power]
        if self.decision.second is not None:
            return (
                _(
                    "%(holder)s is the nearest common superior of %(subject)s and %(second)s who is not a party, "
                    "as of %(day)s."
                )
                % facts
            )
        if reach == UPWARDS and self.verdict.on and self.verdict.on.person != self.decision.subject:
            return _("%(subject)s stands in for %(above)s, the superior to report to, as of %(day)s.") % facts
        if reach == UPWARDS:
            return _("%(subject)s is the superior to report to, as of %(day)s.") % facts
        if reach == DIRECT:
            return (
                _("%(subject)s (%(their_post)s, %(their_unit)s) is a direct subordinate, as of %(day)s.")
                % facts
            )
        return _("%(subject)s (%(their_post)s, %(their_unit)s) is a subordinate, as of %(day)s.") % facts

    def refused(self) -> str:
        code = self.decision.code
        if self.verdict.nearer is None and code in ("self", "not_superior"):
            code = f"{code}_at_the_top"
        return _refusal(code) % self.facts()


def _refusal(code: str) -> str:
    sentences = {
        "self": _(
            "No: nobody decides about themself. %(nearer)s would have to decide about %(actor)s (%(day)s)."
        ),
        "self_at_the_top": _(
            "No: nobody decides about themself, and nobody stands above %(actor)s (%(day)s)."
        ),
        "no_post": _("No: %(actor)s holds no post on %(day)s."),
        "subject_no_post": _(
            "No: %(subject)s holds no post on %(day)s; powers reach only those who hold one."
        ),
        "no_power": _(
            "No: the job description “%(post)s” does not give this power; ask the next superior up (%(day)s)."
        ),
        "not_direct": _(
            "No: this power reaches only direct subordinates; %(subject)s answers to %(nearer)s, "
            "%(nearer_post)s (%(day)s)."
        ),
        "superior": _("No: %(subject)s stands above %(actor)s; powers reach only downwards (%(day)s)."),
        "peer": _(
            "No: %(actor)s and %(subject)s answer to the same superior, %(nearer)s, %(nearer_post)s, who has to "
            "decide (%(day)s)."
        ),
        "outside_department": _(
            "No: %(subject)s works in %(their_unit)s, outside the after-sales department; the powers of the job "
            "descriptions end there (%(day)s)."
        ),
        "other_unit": _(
            "No: %(subject)s works in %(their_unit)s, beyond the reach of %(post)s, %(unit)s (%(day)s)."
        ),
        "not_in_line": _(
            "No: %(their_post)s does not answer to %(post)s in the chart of positions (%(day)s)."
        ),
        "former": _(
            "No: %(subject)s answered to %(actor)s until %(until)s and works in %(their_unit)s now (%(day)s)."
        ),
        "not_superior": _(
            "No: reports go to the nearest superior, %(nearer)s, %(nearer_post)s, not to %(subject)s (%(day)s)."
        ),
        "not_superior_at_the_top": _("No: nobody stands above %(actor)s to report to (%(day)s)."),
        "nearer_superior": _(
            "No: %(nearer)s, %(nearer_post)s, has to decide as the nearest common superior of %(subject)s and "
            "%(second)s who is not a party (%(day)s)."
        ),
        "not_common": _("No: %(subject)s and %(second)s have no common superior who may decide (%(day)s)."),
    }
    return sentences[code]


def decisions(
    actor: Person, subject: Person, *, second: Person | None = None, day: date | None = None
) -> dict[str, Decision]:
    """The answer for every power; adjudication is asked about `second` when given. A fixed number of statements."""
    day = day or today()
    people = {person.pk for person in (actor, subject, second) if person is not None}
    named = reading.read(day, people)
    named.people.update({p.pk: p.name for p in (actor, subject, second) if p is not None})
    answers = {}
    for power in Power.values:
        other = second.pk if second is not None and power == Power.ADJUDICATE else None
        verdict = decide(named.facts, actor.pk, power, subject.pk, other)
        answers[power] = Decision(verdict, power, actor.pk, subject.pk, other, named)
    return _with_former(actor, subject, day, answers)


def decision(
    actor: Person, power: str, subject: Person, *, second: Person | None = None, day: date | None = None
) -> Decision:
    """Yes or no and why, for one power on `day` (None: today, from which rights are taken)."""
    return decisions(actor, subject, second=second, day=day)[power]


_OVER = frozenset({"other_unit", "not_in_line", "outside_department"})


def _with_former(
    actor: Person, subject: Person, day: date, answers: dict[str, Decision]
) -> dict[str, Decision]:
    """Says of a former subordinate until when the line held; asked only when the line does not hold today."""
    if not any(answer.verdict.code in _OVER for answer in answers.values()):
        return answers
    until = (
        Appointment.objects.filter(person_id=subject.pk, ends_on__lt=day)
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
        .first()
    )
    if until is None:
        return answers
    then = reading.read(until, {actor.pk, subject.pk})
    if not decide(then.facts, actor.pk, Power.SUPERVISE, subject.pk).allowed:
        return answers
    return {
        power: Decision(a.verdict, power, a.actor, a.subject, a.second, a.named, until)
        if a.verdict.code in _OVER
        else a
        for power, a in answers.items()
    }


def require(
    actor: Actor, power: str, subject: Person, *, second: Person | None = None
) -> tuple[Actor, Decision | None]:
    """The actor as the trail is to record it, and the decision; Refused with the sentence when it is no.

    The system needs no power; its decision is None.
    """
    if actor.person is None:
        return actor, None
    answer = decision(actor.person, power, subject, second=second)
    if not answer.allowed:
        raise Refused(f"power_{answer.code}", answer.sentence(), context={"decision": answer.as_json()})
    holder = Person.objects.get(pk=answer.acting_for) if answer.acting_for else None
    return actor.in_place_of(holder), answer
