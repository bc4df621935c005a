"""Rights, explained: what a person may do today, by which post, clause and reach, and what not and why.

Made from `scope_of` and the rights of its posts, the very data from which the row filters are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgchart.authority import joined
from orgchart.enums import Power
from orgchart.extensions import GrantFamily, grant_families
from orgchart.line import chart
from orgchart.models import Person, Position
from orgchart.policies import ACCOUNT_ACTIONS
from orgchart.reach import people_for
from orgchart.rules.limits import COVERED, OVER_LIMIT, Asked, cover, limit_of, next_up
from orgchart.rules.powers import BELOW, DIRECT, REACH, UPWARDS
from orgchart.scope import Post, Scope, account_is_open, scope_of

Clause = Mapping[str, str]
Grant = Mapping[str, Any]


def _english() -> bool:
    return (get_language() or "").startswith("en")


# -- sentences ----------------------------------------------------------------------------------------------


def who_text(post: Post) -> str:
    """The post, and in whose place until when."""
    facts = {"post": post.title, "unit": post.unit_label, "since": post.since.isoformat()}
    if post.acting_for is None:
        return _("As %(post)s (%(unit)s) since %(since)s.") % facts
    until = post.acting_until.isoformat() if post.acting_until else _("further notice")
    return _("Standing in until %(until)s for %(holder)s, %(post)s (%(unit)s) since %(since)s.") % {
        **facts, "until": until, "holder": post.acting_for.name
    }  # fmt: skip


def clause_text(clause: Clause) -> str:
    """The words of the description and where the source has them."""
    words = clause["en"] if _english() else clause["zh"]
    if not words:
        return _("Set by ruling.")
    if not clause["lines"]:
        return _("Job description: “%(text)s” (set by ruling).") % {"text": words}
    return _("Job description: “%(text)s” (source %(lines)s).") % {"text": words, "lines": clause["lines"]}


def power_reach_text(power: str) -> str:
    """How far a power reaches, in words."""
    return {
        DIRECT: _("direct subordinates: those for whom no occupied post stands in between"),
        BELOW: _("all subordinates, at whatever distance"),
        UPWARDS: _("the nearest superior whose post is occupied"),
    }[REACH[power]]


def limits_text(grant: Grant, family: GrantFamily) -> str:
    """Kinds and the largest amount; empty when there are none."""
    parts = []
    if grant["kinds"]:
        kinds = _(", ").join(family.kind_label(kind) for kind in grant["kinds"])
        parts.append(_("Only for: %(kinds)s.") % {"kinds": kinds})
    limit = limit_of(grant)
    if limit is not None:
        parts.append(_("Up to %(limit)s yuan.") % {"limit": limit})
    return joined(parts)


# -- the page -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """One post by which an action is allowed."""

    post: Post
    clause: Clause
    reach: str
    limits: str = ""

    def sentence(self) -> str:
        """All of it in the reader's language."""
        reach = _("Reach: %(reach)s.") % {"reach": self.reach}
        return joined((who_text(self.post), clause_text(self.clause), reach, self.limits))


@dataclass(frozen=True, slots=True)
class Right:
    """One action: the reasons why it is allowed, or else why not.

    `reached`: on how many people, None: not counted. `note` says it where no post but the account itself allows it.
    """

    code: str
    label: str
    reasons: tuple[Reason, ...]
    refusal: str
    reached: int | None = None
    note: str = ""

    @property
    def allowed(self) -> bool:
        """Whether at least one post, or the kind of account, gives it."""
        return bool(self.reasons or self.note)

    def as_json(self) -> dict[str, Any]:
        """For the API: stable codes beside the sentences."""
        return {
            "action": self.code,
            "label": self.label,
            "allowed": self.allowed,
            "refusal": self.refusal or None,
            "people": self.reached,
            "note": self.note or None,
            "reasons": [_reason_json(reason) for reason in self.reasons],
        }


def _reason_json(reason: Reason) -> dict[str, Any]:
    post = reason.post
    return {
        "position": post.position_code,
        "since": post.since.isoformat(),
        "acting_for": post.acting_for.pk if post.acting_for else None,
        "until": post.acting_until.isoformat() if post.acting_until else None,
        "clause": reason.clause["no"],
        "lines": reason.clause["lines"],
        "sentence": reason.sentence(),
    }


@dataclass(frozen=True, slots=True)
class Section:
    """A family of actions."""

    title: str
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything that a person may do and may not do on `day`."""

    person: Person
    scope: Scope
    sections: tuple[Section, ...]
    note: str

    @property
    def day(self) -> date:
        """The day that it holds for: today."""
        return self.scope.day


def rights_of_person(person: Person) -> Rights:
    """Every action with its reasons, as of today. A fixed number of statements."""
    scope = scope_of(person)
    why = _without_post(person, scope)
    counts = _counts(person, scope)
    sections = [Section(_("Powers"), tuple(_power(scope, power, why, counts) for power in Power.values))]
    for family in grant_families():
        rights = tuple(_granted(scope, family, code, label, why) for code, label in family.actions().items())
        sections.append(Section(str(family.title), rights))
    sections.append(Section(_("Accounts of others"), (_accounts(person, scope, why),)))
    return Rights(person, scope, tuple(sections), why)


def _without_post(person: Person, scope: Scope) -> str:
    """Why the person has no rights of the trade at all; empty when there is a post."""
    facts = {"actor": person.name, "day": scope.day.isoformat()}
    if person.is_technical_admin and not scope.posts:
        return (
            _(
                "%(actor)s is a technical administrator: looks after accounts, and holds no post in the trade (%(day)s)."
            )
            % facts
        )
    if not account_is_open(person, scope.day):
        return _("No: the account of %(actor)s is closed (%(day)s).") % facts
    return "" if scope.posts else _("No: %(actor)s holds no post on %(day)s.") % facts


def _not_in(scope: Scope, why: str) -> str:
    """Why none of the posts gives an action."""
    if why:
        return why
    posts = _(", ").join(dict.fromkeys(post.title for post in scope.posts))
    return _("No: none of today's posts (%(post)s) provides for this (%(day)s).") % {
        "post": posts, "day": scope.day.isoformat()
    }  # fmt: skip


def _counts(person: Person, scope: Scope) -> Mapping[str, int]:
    """On how many people each power of the posts may be used, by the row filters themselves. One statement."""
    held = [power for power in Power.values if any(post.has_power(power) for post in scope.posts)]
    if not held:
        return {}
    seen = Person.objects.permitted(person, "view")
    counted: dict[str, int] = seen.aggregate(
        **{power: Count("pk", filter=people_for(person, power)) for power in held}
    )
    return counted


def _power(scope: Scope, power: str, why: str, counts: Mapping[str, int]) -> Right:
    reasons = tuple(
        Reason(post, post.rights["powers"][power], power_reach_text(power))
        for post in scope.posts
        if post.has_power(power)
    )
    label = str(Power(power).label)
    if reasons:
        return Right(power, label, reasons, "", counts[power])
    return Right(power, label, (), _not_in(scope, why))


def _reach_words(grant: Grant, family: GrantFamily) -> str:
    return _(" and ").join(family.reach_label(name) for name in grant["reach"])


def _granted(scope: Scope, family: GrantFamily, code: str, label: str, why: str) -> Right:
    reasons = []
    for post in scope.with_grant(code):
        grant = post.grant(code)
        assert grant is not None
        reasons.append(Reason(post, grant["clause"], _reach_words(grant, family), limits_text(grant, family)))
    return Right(code, label, tuple(reasons), "" if reasons else _not_in(scope, why))


def _accounts(person: Person, scope: Scope, why: str) -> Right:
    """Passwords, second factors, sessions and closing: by 行政管理权, or as a technical administrator."""
    label, code = (
        _("Reset passwords and second factors, end sessions, close accounts"),
        "/".join(ACCOUNT_ACTIONS),
    )
    reach = _("people all of whose posts stand below")
    reasons = tuple(
        Reason(post, post.rights["powers"][Power.ADMINISTER], reach)
        for post in scope.posts
        if post.has_power(Power.ADMINISTER)
    )
    if person.is_technical_admin:
        return Right(
            code, label, reasons, "", note=_("Everybody's but the own, as a technical administrator.")
        )
    return Right(code, label, reasons, "" if reasons else _not_in(scope, why))


Given = tuple[str, list[tuple[str, str, str]]]
"""Title of a family, and per action its label, reach and clause in words."""


def given_by(position: Position) -> list[Given]:
    """What the description in force gives to whoever holds the position. No statement."""
    held: Mapping[str, Clause] = position.rights["powers"]
    powers = [
        (str(Power(power).label), power_reach_text(power), clause_text(held[power]))
        for power in Power.values
        if power in held
    ]
    found: list[Given] = [(_("Powers"), powers)]
    for family in grant_families():
        grants = position.rights["grants"]
        rows = [
            (label, _reach_words(grants[code], family), _with_limits(grants[code], family))
            for code, label in family.actions().items()
            if code in grants
        ]
        found.append((str(family.title), rows))
    return [(title, rows) for title, rows in found if rows]


def _with_limits(grant: Grant, family: GrantFamily) -> str:
    return joined((clause_text(grant["clause"]), limits_text(grant, family)))


# -- one question -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a grant covers an action with amount and kind, and why.

    `code`: "granted", "no_post", "no_grant", "wrong_kind" or "over_limit".
    """

    allowed: bool
    code: str
    action: str
    day: date
    sentence: str
    post: Post | None = None
    grant: Grant | None = None

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        post, grant = self.post, self.grant
        return {
            "allowed": self.allowed,
            "code": self.code,
            "action": self.action,
            "date": self.day.isoformat(),
            "position": post.position_code if post else None,
            "reach": list(grant["reach"]) if grant else [],
            "limit": grant["limit"] if grant else None,
            "clause": grant["clause"]["no"] if grant else None,
            "lines": grant["clause"]["lines"] if grant else None,
            "acting_for": post.acting_for.pk if post and post.acting_for else None,
            "sentence": self.sentence,
        }


def family_of(action: str) -> GrantFamily | None:
    """The family that the action belongs to; None for an action that nobody knows."""
    return next((family for family in grant_families() if action in family.actions()), None)


def may_do(person: Person, action: str, asked: Asked) -> Answer:
    """Whether today's posts grant `action` for what is asked. Raises LookupError for an unknown action."""
    family = family_of(action)
    if family is None:
        raise LookupError(action)
    scope = scope_of(person)
    day = scope.day
    if not scope.posts:
        return Answer(False, "no_post", action, day, _without_post(person, scope))
    granted = [(post, grant) for post in scope.posts if (grant := post.grant(action)) is not None]
    if not granted:
        return Answer(False, "no_grant", action, day, _not_in(scope, ""))
    for post, grant in granted:
        if cover(grant, asked) == COVERED:
            reason = Reason(post, grant["clause"], _reach_words(grant, family), limits_text(grant, family))
            text = joined((_("Yes."), reason.sentence()))
            return Answer(True, "granted", action, day, text, post, grant)
    return _too_much(granted, family, action, asked, day)


def _too_much(
    granted: list[tuple[Post, Grant]], family: GrantFamily, action: str, asked: Asked, day: date
) -> Answer:
    """Granted, but not for this amount or kind: of the posts the one that comes nearest."""
    over = [(post, grant) for post, grant in granted if cover(grant, asked) == OVER_LIMIT]
    if not over:
        post, grant = granted[0]
        kinds = _(", ").join(family.kind_label(kind) for kind in grant["kinds"])
        facts = {"post": post.title, "kinds": kinds, "day": day.isoformat()}
        text = _("No: the job description “%(post)s” provides for this on %(kinds)s alone (%(day)s).") % facts
        return Answer(False, "wrong_kind", action, day, text, post, grant)
    post, grant = max(over, key=lambda pair: limit_of(pair[1]) or Decimal(0))
    return Answer(False, "over_limit", action, day, _over(post, grant, action, asked, day), post, grant)


def _over(post: Post, grant: Grant, action: str, asked: Asked, day: date) -> str:
    rows = Position.objects.filter(rights__grants__has_key=action)
    grants = {row.code: row.rights["grants"][action] for row in rows}
    labels = {row.code: row.label for row in rows}
    above = next_up(grants, chart(), post.position_code, asked)
    facts = {
        "amount": asked.amount, "limit": limit_of(grant), "post": post.title, "day": day.isoformat(),
        "next": labels.get(above or "", ""),
    }  # fmt: skip
    if above is None:
        return (
            _(
                "No: %(amount)s yuan exceeds the limit of %(limit)s yuan of %(post)s, and nobody above may (%(day)s)."
            )
            % facts
        )
    return (
        _(
            "No: %(amount)s yuan exceeds the limit of %(limit)s yuan of %(post)s; %(next)s is the next who may (%(day)s)."
        )
        % facts
    )


__all__ = [
    "Answer",
    "Right",
    "Rights",
    "Section",
    "clause_text",
    "given_by",
    "may_do",
    "rights_of_person",
    "who_text",
]
