"""Who may edit a description, and why or why not, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import Refused
from orgchart.descriptions.queries import Chart, read_chart
from orgchart.descriptions.sheet import in_english
from orgchart.line import codes_below
from orgchart.models import Person, Position
from orgchart.policies import ALL, EDIT_POSITION
from orgchart.rights import clause_text, who_text
from orgchart.scope import Post, scope_of


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """Whether somebody may edit a description today. `code`: "granted", "own_position", "no_post" or "no_grant"."""

    allowed: bool
    code: str
    sentence: str
    acting_for: Person | None = None


def _reaches(post_code: str, reach: tuple[str, ...], chart: Chart, code: str) -> bool:
    return ALL in reach or code in codes_below(chart.superiors, post_code)


def _editors(chart: Chart, code: str) -> str:
    """Titles of the positions that edit this description."""
    found = [
        chart.titles[editor][in_english()]
        for editor, reach in chart.editors.items()
        if editor != code and _reaches(editor, reach, chart, code)
    ]
    return _(", ").join(found) or _("nobody yet")


def _granting(person: Person, chart: Chart, code: str) -> Post | None:
    posts = scope_of(person).with_grant(EDIT_POSITION)
    return next((p for p in posts if _reaches(p.position_code, p.reach(EDIT_POSITION), chart, code)), None)


def edit_answer(person: Person, position: Position, chart: Chart | None = None) -> EditAnswer:
    """Yes or no and why, with the policy's own answer. One statement unless `chart` is given."""
    chart = chart or read_chart(person)
    scope = scope_of(person)
    facts = {
        "actor": person.name,
        "post": position.label,
        "day": scope.day.isoformat(),
        "editors": _editors(chart, position.code),
    }
    if position.code in scope.positions:
        sentence = _(
            "No: %(actor)s holds or stands in for the post %(post)s, and nobody decides about themself. "
            "It is edited by: %(editors)s (%(day)s)."
        )
        return EditAnswer(False, "own_position", sentence % facts)
    if not scope.posts:
        return EditAnswer(False, "no_post", _("No: %(actor)s holds no post on %(day)s.") % facts)
    post = _granting(person, chart, position.code)
    if post is None:
        sentence = _(
            "No: the job descriptions of %(actor)s's posts do not provide for editing this one. "
            "It is edited by: %(editors)s (%(day)s)."
        )
        return EditAnswer(False, "no_grant", sentence % facts)
    clause = (post.grant(EDIT_POSITION) or {})["clause"]
    words = _("Yes.") + " " + who_text(post) + " " + clause_text(clause)
    return EditAnswer(True, "granted", words, post.acting_for)


def require_edit(person: Person, position: Position) -> EditAnswer:
    """The answer when it is yes; Refused with "own_position" or "may_not_edit_position" and the sentence when not."""
    answer = edit_answer(person, position)
    allowed = Position.objects.permitted(person, "edit").filter(pk=position.pk).exists()
    if not (answer.allowed and allowed):
        code = "own_position" if answer.code == "own_position" else "may_not_edit_position"
        raise Refused(code, answer.sentence)
    return answer
