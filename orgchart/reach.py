"""May this person use this power on whom? The walk of `orgchart.rules.authority` as row filters, today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.policy import NOTHING
from orgchart.enums import Power, UnitKind
from orgchart.line import chart_of, codes_above, codes_below
from orgchart.models import Appointment, Deputyship, Person, UnitLink
from orgchart.rules.powers import BELOW, DIRECT, REACH
from orgchart.scope import Post, scope_of, today

Superiors = Mapping[str, str | None]


def open_on(day: date, prefix: str = "") -> Q:
    """Accounts that are open on `day`; for a past day, those that had not left by then."""
    still = Q(**{f"{prefix}leaves_on__isnull": True}) | Q(**{f"{prefix}leaves_on__gte": day})
    if day >= today():
        return still & Q(**{f"{prefix}is_active": True})
    return Q(**{f"{prefix}leaves_on__gte": day}) | Q(
        **{f"{prefix}leaves_on__isnull": True, f"{prefix}is_active": True}
    )


def _units_below(unit_id: int) -> Q:
    return Q(unit_id__in=UnitLink.objects.filter(ancestor_id=unit_id).values("descendant_id"))


def _outside() -> Any:
    """Units outside the department: no power reaches there, whoever stands above."""
    return UnitLink.objects.filter(ancestor__kind=UnitKind.OUTSIDE).values("descendant_id")


def _others_post(post: Post) -> Q:
    """A deputy does not decide about the person whose place is taken."""
    return ~Q(person_id=post.holder_id) if post.acting_for is not None else Q()


def _not_above(post: Post, superiors: Superiors, day: date) -> Q:
    """Posts of people who hold none above `post`: nobody uses it on a superior's second, lower post."""
    codes = list(codes_above(superiors, post.position_code))
    if not codes:
        return Q()
    above = UnitLink.objects.filter(descendant_id=post.unit_id).values("ancestor_id")
    held = Appointment.objects.on(day).filter(
        open_on(day, "person__"), position__code__in=codes, unit_id__in=above, person_id=OuterRef("person_id")
    )
    return ~Q(Exists(held))


def _between(superiors: Superiors, low: str, high: str) -> tuple[str, ...]:
    codes = list(codes_above(superiors, low))
    return tuple(codes[: codes.index(high)])


def _direct(post: Post, superiors: Superiors, day: date) -> Q:
    """Posts between which and `post` nobody else holds one; grouped, so that it costs as many branches as rungs."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for code in sorted(codes_below(superiors, post.position_code)):
        groups[_between(superiors, code, post.position_code)].append(code)
    answer = NOTHING
    for between, codes in groups.items():
        part = Q(position__code__in=codes)
        if between:
            held = (
                Appointment.objects.on(day)
                .filter(open_on(day, "person__"), position__code__in=between)
                .filter(unit__below__descendant_id=OuterRef("unit_id"))
                .exclude(person_id=OuterRef("person_id"))
            )
            part &= ~Q(Exists(held))
        answer |= part
    return answer


def directly_under(post: Post, superiors: Superiors) -> Q:
    """Filter on Appointment: the posts of today whose nearest occupied superior is `post`."""
    return _direct(post, superiors, today()) & _units_below(post.unit_id) & ~Q(person_id=post.holder_id)


def posts_under(person: Person, power: str) -> Q:
    """Filter on Appointment: the posts on which `person` may use `power`, a right that reaches downwards."""
    day, superiors = today(), chart_of(person)
    answer = NOTHING
    for post in scope_of(person).posts:
        if not post.has_power(power):
            continue
        if REACH[power] == DIRECT:
            part = _direct(post, superiors, day)
        else:
            part = Q(position__code__in=codes_below(superiors, post.position_code))
        answer |= part & _units_below(post.unit_id) & _others_post(post) & _not_above(post, superiors, day)
    return answer & ~Q(unit_id__in=_outside())


def _superior_posts(person: Person, day: date) -> Q:
    """Filter on Appointment: the nearest posts above that somebody else holds, for each post that may report."""
    superiors = chart_of(person)
    answer = NOTHING
    for post in scope_of(person).posts:
        if not post.has_power(Power.REPORT):
            continue
        above = UnitLink.objects.filter(descendant_id=post.unit_id).values("ancestor_id")
        passed: list[str] = []
        for code in codes_above(superiors, post.position_code):
            part = Q(position__code=code, unit_id__in=above) & ~Q(person_id=post.holder_id)
            if passed:
                held = Appointment.objects.on(day).filter(open_on(day, "person__"))
                held = held.filter(position__code__in=list(passed), unit_id__in=above)
                part &= ~Q(Exists(held.exclude(person_id=post.holder_id)))
            answer |= part
            passed.append(code)
    return answer


def people_for(person: Person, power: str) -> Q:
    """Filter on Person: on whom `person` may use `power`; for reports: to whom. Never oneself."""
    day = today()
    posts = Appointment.objects.on(day).filter(open_on(day, "person__"))
    if REACH[power] in (BELOW, DIRECT):
        theirs = posts.filter(posts_under(person, power), person_id=OuterRef("pk"))
        return Q(Exists(theirs)) & ~Q(pk=person.pk)
    superior = posts.filter(_superior_posts(person, day))
    standing_in = Deputyship.objects.in_force(day).filter(
        deputy_id=OuterRef("pk"), post__in=superior.values("pk")
    )
    somewhere = Q(Exists(posts.filter(person_id=OuterRef("pk"))))
    return (Q(Exists(superior.filter(person_id=OuterRef("pk")))) | Q(Exists(standing_in)) & somewhere) & ~Q(
        pk=person.pk
    )


def people_above(person: Person) -> Q:
    """Filter on Person: whoever has a post at a unit above one of the person's own, at whatever distance."""
    units = {post.unit_id for post in scope_of(person).posts}
    above = UnitLink.objects.filter(descendant_id__in=units, depth__gt=0).values("ancestor_id")
    return Q(Exists(Appointment.objects.on(today()).filter(unit_id__in=above, person_id=OuterRef("pk"))))


__all__ = ["directly_under", "open_on", "people_above", "people_for", "posts_under"]
