"""Yes or no, and why, for an action on a case: made from the same grants and reaches as the row filters. No statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgchart.authority import joined
from orgchart.models import Appointment, Deputyship, Person, UnitLink
from orgchart.reach import open_on
from orgchart.scope import Post, Scope, read_scopes, scope_of, today
from tickets.enums import Action
from tickets.models import Case
from tickets.policies import deciding_post
from tickets.rules.powers import ACTIONS, CENTRE, LOGGED, OWN, READER, UNIT, grant_of


def action_label(action: str) -> str:
    """What a page calls the action."""
    return {
        "view": _("View"),
        "reveal": _("Reveal, with a reason"),
        "reveal_as_handler": _("Reveal as the handler"),
        "export": _("Export"),
        "handle": _("Handle"),
        Action.LOG: _("Log"),
        Action.ASSIGN: _("Assign"),
        Action.ACCEPT: _("Accept"),
        Action.HAND_BACK: _("Hand back"),
        Action.WAIT: _("Set waiting"),
        Action.RESUME: _("Resume"),
        Action.RESOLVE: _("Resolve"),
        Action.CLOSE: _("Close the case"),
        Action.REOPEN: _("Reopen"),
        Action.CANCEL: _("Cancel case"),
        Action.CONVERT: _("Change into repair"),
        Action.NOTE: _("Add note"),
    }.get(action, action)


def reach_label(reach: str) -> str:
    """How far a grant reaches, in words."""
    return {
        OWN: _("cases that the holder handles"),
        LOGGED: _("cases that the holder logged"),
        READER: _("cases that the holder keeps reading"),
        UNIT: _("cases of the own unit and below"),
        CENTRE: _("cases of the own service centre"),
    }[reach]


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """Whether the person may do `action` to the case today.

    `code`: "granted", "no_post", "no_grant" (no description of today's posts holds the action), "wrong_kind" (granted
    for other kinds of cases) or "out_of_reach" (granted, but not as far as this case).
    """

    allowed: bool
    code: str
    action: str
    scope: Scope
    post: Post | None = None
    reach: str = ""

    @property
    def acting_for(self) -> Person | None:
        """In whose place the person acts."""
        return self.post.acting_for if self.post else None

    def sentence(self) -> str:
        """The answer in the reader's language: position, clause and line, reach, date, deputy."""
        facts = self._facts()
        if self.allowed:
            return joined((self._who(facts), clause_text(self._grant()), self._scope()))
        return {
            "no_post": _("No: no post is held on %(day)s."),
            "no_grant": _("No: the job description of %(post)s does not provide for “%(action)s” (%(day)s)."),
            "wrong_kind": _(
                "No: the job description of %(post)s provides for this on other kinds of cases (%(day)s)."
            ),
            "out_of_reach": _("No: as %(post)s (%(unit)s) this reaches %(reach)s alone (%(day)s)."),
        }[self.code] % facts

    def _grant(self) -> dict[str, Any]:
        grant = self.post.grant(grant_of(self.action)) if self.post else None
        return dict(grant or {})

    def _facts(self) -> dict[str, str]:
        post = self.post
        reaches = self._grant().get("reach", ())
        return {
            "post": post.title if post else "",
            "unit": post.unit_label if post else "",
            "since": post.since.isoformat() if post else "",
            "holder": post.acting_for.name if post and post.acting_for else "",
            "action": action_label(self.action),
            "reach": _(" and ").join(reach_label(name) for name in reaches),
            "day": self.scope.day.isoformat(),
        }

    def _who(self, facts: dict[str, str]) -> str:
        post = self.post
        assert post is not None
        if post.acting_for is None:
            return _("Yes: as %(post)s (%(unit)s) since %(since)s.") % facts
        until = post.acting_until.isoformat() if post.acting_until else _("further notice")
        return _("Yes: standing in until %(until)s for %(holder)s, %(post)s (%(unit)s).") % {
            **facts,
            "until": until,
        }

    def _scope(self) -> str:
        return _("Reach: %(reach)s, as of %(day)s.") % {
            "reach": reach_label(self.reach),
            "day": self.scope.day.isoformat(),
        }


def clause_text(grant: dict[str, Any]) -> str:
    """The words of the description behind a grant."""
    clause = grant["clause"]
    words = clause["en"] if (get_language() or "").startswith("en") else clause["zh"]
    if not words:
        return _("Set by ruling.")
    if not clause["lines"]:
        return _("Job description: “%(text)s” (set by ruling).") % {"text": words}
    return _("Job description: “%(text)s” (source %(lines)s).") % {"text": words, "lines": clause["lines"]}


def decide(person: Person, action: str, case: Case) -> CaseDecision:
    """The answer for one action."""
    scope = scope_of(person)
    found = deciding_post(scope.posts, action, case)
    if found is not None:
        return CaseDecision(True, "granted", action, scope, found[0], found[1])
    if not scope.posts:
        return CaseDecision(False, "no_post", action, scope)
    granted = scope.with_grant(grant_of(action))
    if not granted:
        return CaseDecision(False, "no_grant", action, scope, scope.posts[0])
    grant = granted[0].grant(grant_of(action)) or {}
    code = "wrong_kind" if grant["kinds"] and case.kind not in grant["kinds"] else "out_of_reach"
    return CaseDecision(False, code, action, scope, granted[0])


def decide_all(person: Person, case: Case) -> list[CaseDecision]:
    """The answer for every action on a case that exists already."""
    return [decide(person, action, case) for action in ACTIONS if action != Action.LOG]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Everybody who may do `action` to a case today, each with the decision."""

    action: str
    label: str
    people: list[tuple[Person, CaseDecision]]


def candidates(case: Case) -> list[Person]:
    """Open accounts that could reach the case at all: posts of its centre and above, handler, readers, their deputies."""
    day = today()
    units = UnitLink.objects.filter(descendant_id__in={case.unit_id, case.centre_id}).values("ancestor_id")
    near = Q(unit__centre_id=case.centre_id) | Q(unit_id__in=units)
    near |= Q(person_id__in={case.assignee_id or 0, case.logged_by_id, *case.reader_ids})
    posts = Appointment.objects.on(day).filter(near)
    acting = Deputyship.objects.in_force(day).filter(post__in=posts.values("pk"))
    people = Person.objects.filter(
        Q(pk__in=posts.values("person_id")) | Q(pk__in=acting.values("deputy_id")), open_on(day)
    )
    return list(people.order_by("employee_no"))


def who_may(case: Case) -> list[Allowed]:
    """For every action, who may do it to this case today and why. Four statements, however many people there are."""
    people = candidates(case)
    read_scopes(people)
    answer = []
    for action in ACTIONS:
        if action == Action.LOG:
            continue
        decided = ((person, decide(person, action, case)) for person in people)
        answer.append(Allowed(action, action_label(action), [row for row in decided if row[1].allowed]))
    return answer
