"""Who may do what to a case, a customer, a device: the grants of today's posts turned into row filters.

What a description grants ("case.assign" with reach "unit") stands in the position's data; here each reach is given its
meaning, once as a row filter and once as a plain question about one case. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.policy import NOTHING, register_filter
from customers import policies as customer_policies
from orgchart.enums import Power
from orgchart.models import Person
from orgchart.scope import Post, Scope, scope_of
from products import policies as device_policies
from tickets.enums import Action
from tickets.models import Case
from tickets.rules.powers import ACTIONS, CENTRE, EXPORT, HANDLE, LOGGED, OWN, READER, UNIT, grant_of


def _unit_rows(post: Post) -> Q:
    """Cases of the post's own unit and of every unit below it."""
    if post.unit_kind in ("company", "department", "centre"):
        return Q(centre_id__in=post.centre_ids)
    return Q(unit_id__in=post.unit_ids_below)


def _in_unit(post: Post, case: Case) -> bool:
    if post.unit_kind in ("company", "department", "centre"):
        return case.centre_id in post.centre_ids
    return case.unit_id in post.unit_ids_below


def _centre_rows(post: Post) -> Q:
    return Q(centre_id=post.centre_id) if post.centre_id else _unit_rows(post)


_REACHES: dict[str, tuple[Callable[[Post], Q], Callable[[Post, Case], bool]]] = {
    OWN: (
        lambda post: Q(assignee_id=post.holder_id),
        lambda post, case: case.assignee_id == post.holder_id,
    ),
    LOGGED: (
        lambda post: Q(logged_by_id=post.holder_id),
        lambda post, case: case.logged_by_id == post.holder_id,
    ),
    READER: (
        lambda post: Q(reader_ids__contains=[post.holder_id]),
        lambda post, case: post.holder_id in case.reader_ids,
    ),
    UNIT: (_unit_rows, _in_unit),
    CENTRE: (
        _centre_rows,
        lambda post, case: case.centre_id == post.centre_id if post.centre_id else _in_unit(post, case),
    ),
}
"""How far a post reaches: as rows, and as a question about one case. A deputy reaches what the holder reaches."""


def own_unit_rows(person: Person) -> Q:
    """Cases of the units in which the person has a post today, and of all units below them."""
    rows = NOTHING
    for index, post in enumerate(scope_of(person).posts):
        rows = _unit_rows(post) if index == 0 else rows | _unit_rows(post)
    return rows


def leads(person: Person) -> bool:
    """Whether one of today's posts answers for the work of others, so that figures come before the own work."""
    return any(post.has_power(Power.SUPERVISE) for post in scope_of(person).posts)


def may_export(person: Person) -> bool:
    """Whether one of today's posts exports cases at all; which rows, the row filter says."""
    return any(post.reach(grant_of(EXPORT)) for post in scope_of(person).posts)


def exporting_for(person: Person) -> Person | None:
    """In whose place the person exports: None when an own post may."""
    return scope_of(person).holder_for(grant_of(EXPORT))


def _rows_of(posts: Iterable[Post], action: str) -> Q:
    parts: list[Q] = []
    for post in posts:
        grant = post.grant(grant_of(action))
        if grant is None:
            continue
        kinds = Q(kind__in=grant["kinds"]) if grant["kinds"] else Q()
        parts += [_REACHES[name][0](post) & kinds for name in grant["reach"]]
    unique = [part for index, part in enumerate(parts) if part not in parts[:index]]
    if not unique:
        return NOTHING
    answer = unique[0]
    for part in unique[1:]:
        answer |= part
    return answer


def _filter_for(action: str) -> Callable[[Person], Q]:
    return lambda person: _rows_of(scope_of(person).posts, action)


for _action in ACTIONS:
    if _action != Action.LOG:
        register_filter("tickets.Case", _action, _filter_for(_action))


def deciding_post(posts: Iterable[Post], action: str, case: Case) -> tuple[Post, str] | None:
    """The first of the posts that may do `action` to the case, and the reach by which it may. No statement."""
    for post in posts:
        grant = post.grant(grant_of(action))
        if grant is None or (grant["kinds"] and case.kind not in grant["kinds"]):
            continue
        for name in grant["reach"]:
            if _REACHES[name][1](post, case):
                return post, name
    return None


def acting_for(person: Person, action: str, case: Case) -> Person | None:
    """In whose place `person` does `action` to the case: None when an own post allows it. No statement."""
    scope = scope_of(person)
    found = deciding_post(scope.posts, action, case) if scope.is_deputy else None
    return found[0].acting_for if found else None


def customers_of_visible_cases(person: Person) -> Q:
    """Whoever sees a case sees its customer (a stranger's file is found by exact number, see `services.lookup`)."""
    return Q(Exists(Case.objects.permitted(person).filter(customer_id=OuterRef("pk"))))


def devices_of_visible_cases(person: Person) -> Q:
    """Whoever sees a case sees its phone."""
    return Q(Exists(Case.objects.permitted(person).filter(device_id=OuterRef("pk"))))


def customers_in_hand(person: Person) -> Q:
    """Customers of a case that the person handles: their data is shown in full without a reason."""
    rows = Case.objects.permitted(person, "reveal_as_handler")
    return Q(Exists(rows.filter(customer_id=OuterRef("pk"))))


def devices_in_hand(person: Person) -> Q:
    """Phones of a case that the person handles."""
    rows = Case.objects.permitted(person, "reveal_as_handler")
    return Q(Exists(rows.filter(device_id=OuterRef("pk"))))


customer_policies.seen_through("cases", customers_of_visible_cases)
device_policies.seen_through("cases", devices_of_visible_cases)
register_filter("customers.Customer", "reveal_as_handler", customers_in_hand)
register_filter("products.Device", "reveal_as_handler", devices_in_hand)


def log_post(person: Person) -> Post | None:
    """The post in which `person` may log a case, None when none of today's posts may."""
    posts: Scope = scope_of(person)
    return next((post for post in posts.posts if post.centre_id and post.reach(grant_of(Action.LOG))), None)


def looking_up_for(person: Person) -> Person | None:
    """In whose place the person looks numbers up, which belongs to logging: None when an own post logs."""
    return scope_of(person).holder_for(grant_of(Action.LOG))


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


def handles(post: Post) -> bool:
    """Whether the post may be given cases to handle."""
    return bool(post.reach(grant_of(HANDLE)))


def handler_posts() -> Q:
    """Filter on Appointment: posts whose holders may be given cases to handle."""
    return Q(position__rights__grants__has_key=grant_of(HANDLE))
