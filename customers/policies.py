"""Who may do what to customer files: the grants of today's posts turned into row filters.

A file belongs to a service centre. Beside that, whoever sees a case sees its customer; the case desk says which those
are (`seen_through`), because it stands above this app.
"""

from __future__ import annotations

from typing import NoReturn

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.policy import NOTHING, Through, policy, register_filter
from customers.rules import grants
from orgchart.models import Person
from orgchart.scope import Post, scope_of

_REFUSALS = {
    grants.VIEW: _("Your position does not read the customer files of a centre."),
    grants.EDIT: _("Your position does not write customer files. Ask an agent of the centre."),
    grants.MERGE: _("Your position does not merge customer files. Ask an agent of the centre."),
    grants.REVEAL: _("Your position does not show personal data in full."),
    grants.EXPORT: _(
        "Your position does not export customer files. Ask the leader of the information group."
    ),
    grants.IMPORT: _(
        "Your position does not import customer files. Ask the leader of the information group."
    ),
    grants.PRIVACY: _(
        "Your position does not look after the protection of personal data. Ask the centre's manager."
    ),
}

_through = Through()
seen_through = _through.register
"""`seen_through(name, rows)`: higher apps register `rows(person) -> Q` on Customer; from their `ready`."""
through_records = _through.rows
"""`through_records(person) -> Q`: what the person sees through cases and the like."""


def centres_of(post: Post) -> frozenset[int]:
    """The centres that a post reaches: its own, or all below it."""
    return frozenset({post.centre_id}) if post.centre_id else post.centre_ids


def centres_with(person: Person, action: str) -> frozenset[int]:
    """The centres in which today's posts grant `action` with the reach "centre"."""
    posts = scope_of(person).with_grant(action)
    return frozenset().union(*(centres_of(post) for post in posts if grants.CENTRE in post.reach(action)))


def rows_with(person: Person, action: str) -> Q:
    """Customer files on which today's posts grant `action`."""
    centres = centres_with(person, action)
    rows = Q(centre_id__in=centres) if centres else NOTHING
    if any(grants.CASE in post.reach(action) for post in scope_of(person).posts):
        rows = through_records(person) if rows is NOTHING else rows | through_records(person)
    return rows


@policy("customers.Customer", "view")
def files_seen(person: Person) -> Q:
    """Files of the centres that the post reads, and those behind visible cases."""
    through, own = through_records(person), rows_with(person, grants.VIEW)
    return through if own is NOTHING else own | through


def _register(action: str, grant: str) -> None:
    register_filter("customers.Customer", action, lambda person: rows_with(person, grant))


for _action, _grant in (
    ("edit", grants.EDIT),
    ("merge", grants.MERGE),
    ("reveal", grants.REVEAL),
    ("export", grants.EXPORT),
    ("manage_privacy", grants.PRIVACY),
):
    _register(_action, _grant)


def may(person: Person, grant: str) -> bool:
    """Whether one of today's posts grants this at all; on which files, the row filter says."""
    return bool(scope_of(person).with_grant(grant))


def acting_for(person: Person, grant: str) -> Person | None:
    """In whose place the person does this: None when an own post grants it."""
    return scope_of(person).holder_for(grant)


def refuse(grant: str) -> NoReturn:
    """Refuses with "may_not_customers" and the sentence for this grant."""
    raise Refused("may_not_customers", _REFUSALS[grant])


def require(person: Person, grant: str) -> None:
    """Refuses with "may_not_customers" when no post of today grants this."""
    if not may(person, grant):
        refuse(grant)


def may_list(person: Person) -> bool:
    """Whether the list of customers is of use to the person: everybody with a post sees some file, if only by a case."""
    return bool(scope_of(person).posts)


def home_centre(person: Person) -> int | None:
    """The centre to which a file that this person opens belongs: that of the first post that has one."""
    return next((post.centre_id for post in scope_of(person).posts if post.centre_id), None)


# -- the protection of personal data -------------------------------------------------------------------------------


def _of_own_centres(person: Person) -> Q:
    centres = centres_with(person, grants.PRIVACY)
    return Q(customer__centre_id__in=centres) if centres else NOTHING


@policy("customers.PrivacyRequest", "view")
def requests_seen(person: Person) -> Q:
    """Requests about files of the centres that the post looks after, and those that the person wrote down."""
    return _of_own_centres(person) | Q(recorded_by_id=person.pk)


register_filter("customers.PrivacyRequest", "decide", _of_own_centres)
register_filter("customers.LegalHold", "view", _of_own_centres)


@policy("customers.PrivacyNotice", "view")
def notices_seen(person: Person) -> Q:
    """Everybody reads what customers are told."""
    return Q()


@policy("customers.Customer", "record_request")
def files_to_record_requests_of(person: Person) -> Q:
    """Whoever writes the file or looks after personal data writes down what its customer asks for."""
    return rows_with(person, grants.EDIT) | rows_with(person, grants.PRIVACY)


def may_see_privacy(person: Person) -> bool:
    """Whether the person looks after personal data somewhere."""
    return may(person, grants.PRIVACY)


def may_publish_notices(person: Person) -> bool:
    """Whether a post above the centres looks after personal data: one notice holds for all of them."""
    return any(post.centre_id is None for post in scope_of(person).with_grant(grants.PRIVACY))


def require_notice_publisher(person: Person) -> None:
    """Refuses with "may_not_publish_notice"."""
    if not may_publish_notices(person):
        raise Refused(
            "may_not_publish_notice",
            _("One notice holds for all centres. Ask the department's manager to publish it."),
        )


def looks_after(person: Person, customer: Model) -> bool:
    """Whether the person looks after this file's personal data; nobody does where a file has no centre."""
    centre = getattr(customer, "centre_id", None)
    return centre is not None and centre in centres_with(person, grants.PRIVACY)


def require_privacy_of(person: Person, customer: Model) -> None:
    """Refuses with "may_not_customers" unless the person looks after this file's personal data."""
    if not looks_after(person, customer):
        raise Refused("may_not_customers", _REFUSALS[grants.PRIVACY])


def require_to_record(person: Person, customer: Model) -> None:
    """Refuses with "may_not_customers" unless the person may write down what this file's customer asks for."""
    rows = type(customer)._default_manager.permitted(person, "record_request")  # type: ignore[attr-defined]
    if not rows.filter(pk=customer.pk).exists():
        raise Refused("may_not_customers", _REFUSALS[grants.EDIT])


# -- promises and care calls ---------------------------------------------------------------------------------------


def _own_or_of_centres(person: Person, own: str) -> Q:
    centres = centres_with(person, grants.VIEW)
    mine = Q(**{own: person.pk})
    return mine | Q(customer__centre_id__in=centres) if centres else mine


@policy("customers.CareCall", "view")
def care_calls_seen(person: Person) -> Q:
    """Calls to customers of the centres whose files the person reads, and those that the person is to make."""
    return _own_or_of_centres(person, "caller_id")


@policy("customers.Promise", "view")
def promises_seen(person: Person) -> Q:
    """Promises to customers of the centres whose files the person reads, and the person's own."""
    return _own_or_of_centres(person, "made_by_id")


def may_see_care(person: Person) -> bool:
    """Whether the person reads or writes customer files somewhere."""
    return may(person, grants.VIEW) or may(person, grants.EDIT)
