"""Who may do what to units, positions, people and appointments."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from core.policy import NOTHING, policy, register_filter
from orgchart.enums import UnitKind
from orgchart.line import positions_below
from orgchart.models import Appointment, Person, UnitLink
from orgchart.scope import Scope, scope_of, today

# Positions that neither decide about money nor reveal or export personal data of customers. All others need a
# second factor where the installation requires one, a position that is new here among them.
WITHOUT_SECOND_FACTOR = frozenset({"network_admin", "storekeeper", "logistics_clerk"})

ACCOUNT_ACTIONS = ("reset_password", "reset_second_factor", "end_sessions", "close_account")


def needs_second_factor(person: Person) -> bool:
    """Whether the account must carry a second factor when the installation requires it.

    Finance, technical administrators and whoever may reveal or export personal data (OWASP ASVS 6.3.3).
    """
    return person.is_technical_admin or bool(scope_of(person).positions - WITHOUT_SECOND_FACTOR)


def _whole_tree(scope: Scope) -> bool:
    return any(post.unit_kind in (UnitKind.COMPANY, UnitKind.DEPARTMENT) for post in scope.posts)


@policy("orgchart.Position", "view")
def positions_seen(person: Person) -> Q:
    """Everybody reads all positions and who answers to whom."""
    return Q()


@policy("orgchart.Unit", "view")
def units_seen(person: Person) -> Q:
    """The line upwards is no secret: company, department, centres; inside, one's own centres only."""
    scope = scope_of(person)
    if person.is_technical_admin or _whole_tree(scope):
        return Q()
    above = Q(kind__in=(UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.CENTRE))
    return above | Q(centre_id__in=scope.centre_ids) | Q(kind=UnitKind.GROUP, centre=None)


def _appointment_rows(person: Person) -> Q:
    scope = scope_of(person)
    if person.is_technical_admin or _whole_tree(scope):
        return Q()
    units = frozenset[int]().union(*(post.unit_ids_below for post in scope.posts))
    return Q(unit__centre_id__in=scope.centre_ids) | Q(unit_id__in=units) | Q(person_id=person.pk)


@policy("orgchart.Appointment", "view")
def appointments_seen(person: Person) -> Q:
    """Posts of one's own centres, of the units below and one's own."""
    return _appointment_rows(person)


@policy("orgchart.Person", "view")
def people_seen(person: Person) -> Q:
    """Colleagues of one's own centres, everybody below, and oneself. Technical administrators see all accounts.

    Whoever has left stays visible where the posts were, because open work still has to be passed on.
    """
    if person.is_technical_admin or _whole_tree(scope_of(person)):
        return Q()
    posts = Appointment.objects.filter(_appointment_rows(person), person_id=OuterRef("pk"))
    left = Q(is_active=False) | Q(leaves_on__lt=today())
    return Q(pk=person.pk) | Q(Exists(posts.on(today()))) | (left & Q(Exists(posts)))


def _posts_below(person: Person) -> Q:
    """Posts that answer to a post of `person`: position further down the chart, unit the same or below."""
    answer = NOTHING
    for post in scope_of(person).posts:
        codes = positions_below(person, post.position_code)
        units = UnitLink.objects.filter(ancestor_id=post.unit_id).values("descendant_id")
        answer |= Q(position__code__in=codes, unit_id__in=units)
    return answer


def people_down_the_line(person: Person) -> Q:
    """People who answer to `person` in every post that they hold today, at whatever distance; never oneself.

    Every superior up the line may act, so a vacant superior leaves it to the next one up. Somebody who also
    holds a post outside the line is out of reach: the next common superior has to act.
    """
    below = _posts_below(person)
    posts = Appointment.objects.on(today()).filter(person_id=OuterRef("pk"))
    return Q(Exists(posts.filter(below))) & ~Q(Exists(posts.exclude(below))) & ~Q(pk=person.pk)


def _account_rows(person: Person) -> Q:
    if person.is_technical_admin:
        return ~Q(pk=person.pk)
    return people_down_the_line(person)


for _action in ACCOUNT_ACTIONS:
    register_filter("orgchart.Person", _action, _account_rows)


@policy("orgchart.Unit", "appoint")
def units_to_appoint_at(person: Person) -> Q:
    """Staff is entered by the administration and personnel group, or by a technical administrator."""
    if person.is_technical_admin or "admin_hr_lead" in scope_of(person).positions:
        return Q()
    return NOTHING


def may(person: Person, action: str, subject: Person) -> bool:
    """Whether `person` may do the account action to `subject`. One or two statements."""
    return bool(Person.objects.permitted(person, action).filter(pk=subject.pk).exists())
