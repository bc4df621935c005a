"""What a reader may do to a colleague, and for what is refused the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext as _

from core.errors import Refused
from core.policy import row_filter
from orgchart.enums import Power
from orgchart.models import Person
from orgchart.policies import ACCOUNT_ACTIONS, ALL, APPOINT, FILE, LEAVE
from orgchart.rights import may_do
from orgchart.rules.limits import Asked
from orgchart.scope import Scope, scope_of

PAGE_ACTIONS = (*ACCOUNT_ACTIONS, "appoint", "record_leave", "edit_file", "view_file", "view_rights")
_GRANTS = {"appoint": APPOINT, "record_leave": LEAVE, "edit_file": FILE}
_OVERRIDDEN = frozenset({"appoint"})
"""What a technical administrator does by override: with a reason, told to the superior."""


@dataclass(frozen=True, slots=True)
class Guided:
    """One guided action on the page. `why` is empty when it is allowed; `override`: only with a reason."""

    action: str
    label: str
    icon: str
    url_name: str
    why: str = ""
    override: bool = False


def allowed(reader: Person, person: Person) -> frozenset[str]:
    """Which of PAGE_ACTIONS `reader` may do to `person`. One statement."""
    columns: dict[str, Any] = {
        f"may_{action}": ExpressionWrapper(row_filter(Person, action, reader), output_field=BooleanField())
        for action in PAGE_ACTIONS
    }
    row = Person.objects.filter(pk=person.pk).annotate(**columns).values(*columns).get()
    closed = () if person.is_active else (*ACCOUNT_ACTIONS, "appoint", "record_leave")
    return frozenset(action for action in PAGE_ACTIONS if row[f"may_{action}"] and action not in closed)


def guided(reader: Person, person: Person, may: frozenset[str]) -> list[Guided]:
    """The guided actions in the order of a career. No statement."""
    if not person.is_active:
        return []
    rows = (
        ("appoint", _("Transfer"), "transfer", "orgchart:transfer"),
        ("appoint", _("Additional post"), "briefcase", "orgchart:add_post"),
        ("record_leave", _("Record leave"), "calendar-off", "orgchart:record_leave"),
        ("record_leave", _("Name a deputy"), "user-share", "orgchart:name_deputy"),
        ("edit_file", _("Enter a proof"), "id", "orgchart:add_entry"),
        ("close_account", _("Leaving"), "user-minus", "orgchart:close_account"),
    )
    return [
        Guided(
            action, label, icon, url, "" if _open(reader, person, action, may) else why_not(reader, action, person),
            override=action in _OVERRIDDEN and action not in may,
        )
        for action, label, icon, url in rows
    ]  # fmt: skip


def _open(reader: Person, person: Person, action: str, may: frozenset[str]) -> bool:
    return action in may or (action in _OVERRIDDEN and reader.is_technical_admin and reader.pk != person.pk)


def why_not(reader: Person, action: str, person: Person) -> str:
    """Why `reader` may not do `action` to `person`, in the reader's language. No statement."""
    scope = scope_of(reader)
    if reader.pk == person.pk:
        return _("No: nobody decides about their own posts, leave, file or account.")
    if action == "close_account":
        return _not_below(scope) or may_do(reader, APPOINT, Asked()).sentence
    answer = may_do(reader, _GRANTS[action], Asked())
    if not answer.allowed:
        return answer.sentence
    return _too_far(scope, _GRANTS[action])


def _not_below(scope: Scope) -> str:
    post = next((post for post in scope.posts if post.has_power(Power.ADMINISTER)), None)
    if post is None:
        return ""
    facts = {"post": post.title, "unit": post.unit_label, "day": scope.day.isoformat()}
    return (
        _(
            "No: not every post of this person stands below %(post)s (%(unit)s); the next one up has to act (%(day)s)."
        )
        % facts
    )


def _too_far(scope: Scope, grant: str) -> str:
    post = scope.with_grant(grant)[0]
    facts = {"post": post.title, "unit": post.unit_label, "day": scope.day.isoformat()}
    if ALL in post.reach(grant):
        return _("No: this account belongs to no member of staff (%(day)s).") % facts
    return (
        _(
            "No: as %(post)s (%(unit)s) this reaches positions further down the line at the own unit and below (%(day)s)."
        )
        % facts
    )


def require(reader: Person, action: str, person: Person) -> None:
    """For pages that show a form: Refused with the sentence unless the action, or an override, is open to the reader."""
    may = allowed(reader, person)
    if not _open(reader, person, action, may):
        raise Refused(f"may_not_{action}", why_not(reader, action, person))
