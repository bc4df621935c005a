"""Who may do what to a case, a customer, a device: the table of powers turned into row filters."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.policy import NOTHING, policy, register_filter
from orgchart.models import Person
from orgchart.scope import Post, Scope, scope_of
from tickets.enums import Action
from tickets.models import Case
from tickets.rules.powers import (
    CASE_POWERS,
    CENTRE,
    EXPORT,
    HANDLE,
    LEADING,
    LOGGED,
    OWN,
    READER,
    UNIT,
    reach,
)


def _unit_rows(post: Post) -> Q:
    """Cases of the post's own unit and of every unit below it."""
    if post.unit_kind in ("company", "department", "centre"):
        return Q(centre_id__in=post.centre_ids)
    return Q(unit_id__in=post.unit_ids_below)


def _centre_rows(post: Post) -> Q:
    return Q(centre_id=post.centre_id) if post.centre_id else _unit_rows(post)


_REACHES: dict[str, Callable[[Person, Post], Q]] = {
    OWN: lambda person, post: Q(assignee_id=person.pk),
    LOGGED: lambda person, post: Q(logged_by_id=person.pk),
    READER: lambda person, post: Q(reader_ids__contains=[person.pk]),
    UNIT: lambda person, post: _unit_rows(post),
    CENTRE: lambda person, post: _centre_rows(post),
}


def own_unit_rows(person: Person) -> Q:
    """Cases of the units in which the person has a post today, and of all units below them."""
    rows = NOTHING
    for index, post in enumerate(scope_of(person).posts):
        rows = _unit_rows(post) if index == 0 else rows | _unit_rows(post)
    return rows


def leads(person: Person) -> bool:
    """Whether one of today's posts answers for the work of others, so that figures come before the own work."""
    return not LEADING.isdisjoint(scope_of(person).positions)


def may_export(person: Person) -> bool:
    """Whether one of today's posts exports cases at all; which rows, the row filter says."""
    return any(reach(EXPORT, code) for code in scope_of(person).positions)


def _filter_for(action: str) -> Callable[[Person], Q]:
    def rows(person: Person) -> Q:
        parts: list[Q] = []
        for post in scope_of(person).posts:
            parts += [_REACHES[name](person, post) for name in sorted(reach(action, post.position_code))]
        unique = [part for index, part in enumerate(parts) if part not in parts[:index]]
        if not unique:
            return NOTHING
        answer = unique[0]
        for part in unique[1:]:
            answer |= part
        return answer

    return rows


for _action in CASE_POWERS:
    if _action != Action.LOG:
        register_filter("tickets.Case", _action, _filter_for(_action))


@policy("customers.Customer", "view")
def customers_of_visible_cases(person: Person) -> Q:
    """A customer is visible through a visible case (and by exact number, see `queries.find_caller`)."""
    return Q(Exists(Case.objects.permitted(person).filter(customer_id=OuterRef("pk"))))


@policy("products.Device", "view")
def devices_of_visible_cases(person: Person) -> Q:
    """A device is visible through a visible case (and by exact IMEI, see `queries.find_device`)."""
    return Q(Exists(Case.objects.permitted(person).filter(device_id=OuterRef("pk"))))


def log_post(person: Person) -> Post | None:
    """The post in which `person` may log a case, None when none of today's posts may."""
    posts: Scope = scope_of(person)
    return next(
        (post for post in posts.posts if post.centre_id and reach(Action.LOG, post.position_code)), None
    )


def may_log(person: Person) -> bool:
    """Whether one of today's posts logs cases."""
    return log_post(person) is not None


def has_posts(person: Person) -> bool:
    """Whether the person holds a post in the trade today."""
    return bool(scope_of(person).posts)


def require_log_post(person: Person) -> Post:
    """As `log_post`, but refuses with "may_not_log"."""
    post = log_post(person)
    if post is None:
        raise Refused(
            "may_not_log", _("Your position does not log cases. Ask an agent of the centre to log it.")
        )
    return post


def handler_positions() -> frozenset[str]:
    """Positions that may handle a case at all."""
    return frozenset(CASE_POWERS[HANDLE])
