"""Who may do what to units, positions, people, appointments and the uses of powers.

Made from the powers (主要权力) and grants of today's posts, as the descriptions in force say (`Position.rights`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from core.policy import NOTHING, policy, register_filter
from orgchart.enums import Power, UnitKind, UseState, VersionState
from orgchart.line import chart_of, positions_below
from orgchart.models import Appointment, Person, Signature, Unit, UnitLink
from orgchart.reach import people_above, people_for, posts_under
from orgchart.rules.powers import PROPOSALS
from orgchart.scope import Post, Scope, scope_of, today

# Positions that neither decide about money nor reveal or export personal data of customers. All others need a
# second factor where the installation requires one, a position that is new here among them.
WITHOUT_SECOND_FACTOR = frozenset({"network_admin", "storekeeper", "logistics_clerk"})

ACCOUNT_ACTIONS = ("reset_password", "reset_second_factor", "end_sessions", "close_account")

ALL, BELOW = "all", "below"
APPOINT, LEAVE, FILE, ESTABLISH = "staff.appoint", "staff.leave", "staff.file", "unit.establish"
EDIT_POSITION, DECIDE_PROPOSAL, GOODWILL = "position.edit", "proposal.decide", "goodwill.approve"
ORGANISATION_ACTIONS: dict[str, frozenset[str]] = {
    APPOINT: frozenset({ALL, BELOW}),
    LEAVE: frozenset({ALL, BELOW}),
    FILE: frozenset({ALL, BELOW}),
    ESTABLISH: frozenset({ALL, BELOW}),
    EDIT_POSITION: frozenset({ALL, BELOW}),
    DECIDE_PROPOSAL: frozenset({BELOW}),
    GOODWILL: frozenset({"unit"}),
}
"""Actions of the organisation that a description may grant, with the reaches that each understands."""


def needs_second_factor(person: Person) -> bool:
    """Whether the account must carry a second factor when the installation requires it.

    Finance, technical administrators and whoever may reveal or export personal data (OWASP ASVS 6.3.3).
    """
    return person.is_technical_admin or bool(scope_of(person).positions - WITHOUT_SECOND_FACTOR)


def has_posts(person: Person) -> bool:
    """Whether the person holds a post today, or stands in for one."""
    return bool(scope_of(person).posts)


def is_administrator(person: Person) -> bool:
    """Whether it is a technical account that may act without a power, with a reason."""
    return person.is_technical_admin


def _whole_tree(scope: Scope) -> bool:
    """Posts at the top, and those that keep everybody's posts, leave and files (行政人事组长)."""
    return any(
        post.unit_kind in (UnitKind.COMPANY, UnitKind.DEPARTMENT)
        or any(ALL in post.reach(action) for action in (APPOINT, LEAVE, FILE))
        for post in scope.posts
    )


@policy("orgchart.Position", "view")
def positions_seen(person: Person) -> Q:
    """Everybody reads all positions and who answers to whom."""
    return Q()


def _codes_to_edit(person: Person) -> set[str]:
    codes: set[str] = set()
    for post in scope_of(person).with_grant(EDIT_POSITION):
        whole = ALL in post.reach(EDIT_POSITION)
        codes |= chart_of(person).keys() if whole else positions_below(person, post.position_code)
    return codes - scope_of(person).positions


@policy("orgchart.Position", "edit")
def positions_to_edit(person: Person) -> Q:
    """As «position.edit» of today's posts says; never the description of a post that one holds or stands in for."""
    return Q(code__in=_codes_to_edit(person))


@policy("orgchart.PositionVersion", "view")
def versions_seen(person: Person) -> Q:
    """What is or was in force is no secret; what was only proposed is shown to whoever decides on it."""
    known = Q(state__in=(VersionState.IN_FORCE, VersionState.SUPERSEDED))
    return known | Q(position__code__in=_codes_to_edit(person))


@policy("orgchart.PositionVersion", "decide")
def versions_to_decide(person: Person) -> Q:
    """Proposed versions, by the same people who edit the description."""
    return Q(state=VersionState.PROPOSED, position__code__in=_codes_to_edit(person))


@policy("orgchart.PositionVersion", "sign")
def versions_to_sign(person: Person) -> Q:
    """The version in force of each post that one holds oneself and has not signed; a deputy does not sign."""
    own = {post.position_code for post in scope_of(person).posts if post.acting_for is None}
    signed = Signature.objects.filter(version_id=OuterRef("pk"), person_id=person.pk)
    return Q(state=VersionState.IN_FORCE, position__code__in=own) & ~Q(Exists(signed))


@policy("orgchart.Unit", "view")
def units_seen(person: Person) -> Q:
    """The line upwards is no secret: company, departments, centres; inside, one's own centres only."""
    scope = scope_of(person)
    if person.is_technical_admin or _whole_tree(scope):
        return Q()
    above = Q(kind__in=(UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.OUTSIDE, UnitKind.CENTRE))
    return above | Q(centre_id__in=scope.centre_ids) | Q(kind=UnitKind.GROUP, centre=None)


@policy("orgchart.Unit", "view_posts")
def units_with_posts_seen(person: Person) -> Q:
    """Units whose posts, establishment and vacancies one sees: those of «view» on their appointments."""
    scope = scope_of(person)
    if person.is_technical_admin or _whole_tree(scope):
        return Q()
    units = frozenset[int]().union(*(post.unit_ids_below for post in scope.posts))
    return Q(centre_id__in=scope.centre_ids) | Q(pk__in=units)


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
    """Colleagues of one's own centres, everybody below, whoever works at a unit above, and oneself.

    Technical administrators see all accounts. Whoever has left stays visible where the posts were, because open work
    still has to be passed on.
    """
    if person.is_technical_admin or _whole_tree(scope_of(person)):
        return Q()
    posts = Appointment.objects.filter(_appointment_rows(person), person_id=OuterRef("pk"))
    left = Q(is_active=False) | Q(leaves_on__lt=today())
    colleagues = Q(Exists(posts.on(today()))) | (left & Q(Exists(posts)))
    return Q(pk=person.pk) | colleagues | people_above(person)


def people_down_the_line(person: Person) -> Q:
    """People who answer to `person` in every post that they hold today, at whatever distance; never oneself.

    Every superior up the line who administers may act, so a vacant superior leaves it to the next one up. Somebody
    who also holds a post outside the line is out of reach: the next common superior has to act.
    """
    below = posts_under(person, Power.ADMINISTER)
    posts = Appointment.objects.on(today()).filter(person_id=OuterRef("pk"))
    return Q(Exists(posts.filter(below))) & ~Q(Exists(posts.exclude(below))) & ~Q(pk=person.pk)


def _account_rows(person: Person) -> Q:
    if person.is_technical_admin:
        return ~Q(pk=person.pk)
    return people_down_the_line(person)


for _action in ACCOUNT_ACTIONS:
    register_filter("orgchart.Person", _action, _account_rows)


@policy("orgchart.Person", "close_account")
def people_to_let_go(person: Person) -> Q:
    """A leaving is entered by the superiors and by whoever enters the staff."""
    return _account_rows(person) | _granted_people(APPOINT)(person)


def _power_rows(power: str) -> Callable[[Person], Q]:
    return lambda person: people_for(person, power)


for _power in Power.values:
    register_filter("orgchart.Person", _power, _power_rows(_power))


def _under(person: Person, post: Post) -> Q:
    """Posts further down the chart than `post`, at its unit or below."""
    units = UnitLink.objects.filter(ancestor_id=post.unit_id).values("descendant_id")
    return Q(position__code__in=positions_below(person, post.position_code), unit_id__in=units)


def _granted_by(person: Person, post: Post, action: str) -> Q:
    """Filter on Person: on whom this one post grants `action`."""
    holder = ~Q(pk=post.holder_id)
    if ALL in post.reach(action):
        return holder & Q(is_technical_admin=False)
    posts = Appointment.objects.on(today()).filter(_under(person, post), person_id=OuterRef("pk"))
    return holder & Q(Exists(posts))


def _granted_people(action: str) -> Callable[[Person], Q]:
    def rows(person: Person) -> Q:
        answer = NOTHING
        for post in scope_of(person).with_grant(action):
            answer |= _granted_by(person, post, action)
        return answer & ~Q(pk=person.pk)

    return rows


def granted_in_place_of(person: Person, action: str, subject: Person) -> Person | None:
    """In whose place `person` does what the grant `action` allows on `subject`: None when an own post does.

    A statement for each granting post, and only for a deputy.
    """
    scope = scope_of(person)
    for post in scope.with_grant(action) if scope.is_deputy else ():
        if Person.objects.filter(_granted_by(person, post, action), pk=subject.pk).exists():
            return post.acting_for
    return None


register_filter("orgchart.Person", "appoint", _granted_people(APPOINT))
register_filter("orgchart.Person", "record_leave", _granted_people(LEAVE))
register_filter("orgchart.Person", "edit_file", _granted_people(FILE))


@policy("orgchart.Person", "view_file")
def files_seen(person: Person) -> Q:
    """Qualifications and career: one's own, and those of whom one supervises or whose file one keeps."""
    return Q(pk=person.pk) | people_for(person, Power.SUPERVISE) | _granted_people(FILE)(person)


@policy("orgchart.Person", "view_rights")
def rights_seen(person: Person) -> Q:
    """What a person may do: everybody one's own, superiors and personnel those below, administrators everybody's."""
    if person.is_technical_admin:
        return Q()
    return files_seen(person)


def _granted_units(action: str) -> Callable[[Person], Q]:
    def rows(person: Person) -> Q:
        answer = NOTHING
        for post in scope_of(person).with_grant(action):
            if ALL in post.reach(action):
                return Q()
            below = UnitLink.objects.filter(ancestor_id=post.unit_id).values("descendant_id")
            answer |= Q(pk__in=below)
        return answer

    return rows


register_filter("orgchart.Unit", "appoint", _granted_units(APPOINT))
register_filter("orgchart.Unit", "establish", _granted_units(ESTABLISH))


@policy("orgchart.Unit", "change")
def units_to_change(person: Person) -> Q:
    """Moving and closing a unit: who may set its establishment, and technical administrators."""
    return Q() if person.is_technical_admin else _granted_units(ESTABLISH)(person)


def filling_post(person: Person, unit: Unit, position_code: str) -> Post | None:
    """The post by which `person` may put somebody into this position at this unit. One statement a post at most."""
    for post in scope_of(person).with_grant(APPOINT):
        if ALL in post.reach(APPOINT):
            return post
        below = UnitLink.objects.filter(ancestor_id=post.unit_id, descendant_id=unit.pk)
        if position_code in positions_below(person, post.position_code) and below.exists():
            return post
    return None


def may_fill(person: Person, unit: Unit, position_code: str) -> bool:
    """Whether `person` may put somebody into this position at this unit."""
    return filling_post(person, unit, position_code) is not None


@policy("orgchart.PowerUse", "view")
def uses_seen(person: Person) -> Q:
    """Own uses, those towards oneself (proposals about oneself excepted), those of the people below; personnel all.

    Also what administrators did to people below without a power, because the superiors are told of it.
    """
    mine = Q(actor_id=person.pk) | Q(acting_for_id=person.pk)
    towards = (Q(subject_id=person.pk) | Q(second_id=person.pk)) & ~Q(power__in=PROPOSALS)
    below = Person.objects.filter(people_for(person, Power.SUPERVISE)).values("pk")
    overridden = Q(decision__override=True, subject_id__in=below)
    rows = mine | towards | Q(actor_id__in=below) | Q(acting_for_id__in=below) | overridden
    if any(ALL in post.reach(FILE) for post in scope_of(person).posts):
        rows |= ~Q(subject_id=person.pk)
    return rows


def proposals_for(person: Person, post: Post) -> Q:
    """Filter on PowerUse: proposals that `post` decides, as its description grants; not those about its holder."""
    if not post.reach(DECIDE_PROPOSAL):
        return NOTHING
    posts = Appointment.objects.on(today()).filter(_under(person, post))
    below = posts.exclude(person_id=post.holder_id).values("person_id")
    # The proposal was made from the proposer's own post or, by a deputy, from the holder's.
    own = Q(acting_for__isnull=True, actor_id__in=below)
    return Q(power__in=PROPOSALS) & (own | Q(acting_for_id__in=below)) & ~Q(subject_id=post.holder_id)


@policy("orgchart.PowerUse", "decide")
def uses_to_decide(person: Person) -> Q:
    """Proposals of people below, by whoever may decide them and is not concerned; reports by who receives them."""
    posts = scope_of(person).posts
    deciding = NOTHING
    for post in posts:
        deciding |= proposals_for(person, post)
    concerned = Q(subject_id=person.pk) | Q(actor_id=person.pk) | Q(acting_for_id=person.pk)
    holders = [person.pk, *(post.holder_id for post in posts)]
    reports = Q(power=Power.REPORT, subject_id__in=holders) & ~Q(actor_id=person.pk)
    return Q(state=UseState.SUBMITTED) & (deciding & ~concerned | reports)


@policy("orgchart.Override", "view")
def overrides_seen(person: Person) -> Q:
    """Who made it, who was told, whom it concerns, and the superiors of that person."""
    below = Person.objects.filter(people_for(person, Power.SUPERVISE)).values("pk")
    return Q(actor_id=person.pk) | Q(told_id=person.pk) | Q(subject_id=person.pk) | Q(subject_id__in=below)


@policy("orgchart.Override", "acknowledge")
def overrides_to_see(person: Person) -> Q:
    """Who was told, and the superiors of today; never the administrator who did it nor whom it concerns."""
    below = Person.objects.filter(people_for(person, Power.SUPERVISE)).values("pk")
    told = Q(told_id=person.pk) | Q(subject_id__in=below)
    return told & Q(seen_at=None) & ~Q(actor_id=person.pk) & ~Q(subject_id=person.pk)


def may_import(person: Person) -> bool:
    """Whether one of today's posts enters staff everywhere, so that a whole list may be loaded."""
    return any(ALL in post.reach(APPOINT) for post in scope_of(person).posts)


@policy("orgchart.StaffImport", "view")
def imports_seen(person: Person) -> Q:
    """One's own imports, while one may enter staff everywhere."""
    return Q(owner_id=person.pk) if may_import(person) else NOTHING


def may(person: Person, action: str, subject: Person) -> bool:
    """Whether `person` may do `action` to `subject`. One or two statements."""
    return bool(Person.objects.permitted(person, action).filter(pk=subject.pk).exists())
