"""What rings the bell of whoever looks after personal data, once each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from core.localtime import local_day_bounds, local_today
from core.models import Notification
from core.notifications import notify
from customers.enums import RequestState
from customers.models import PrivacyRequest
from customers.policies import centres_with
from customers.privacy import reveals
from customers.privacy.notices import DUE, UNUSUAL
from customers.privacy.people import everybody_in_charge, people_in_charge
from customers.rules import grants
from orgchart.models import Person
from orgchart.scope import read_scopes

WARNED_BEFORE = timedelta(days=3)


@transaction.atomic
def ring_about_unusual(now: datetime) -> int:
    """Tell each person in charge how many of the day before `now` are unusual in the own centres; returns how many.

    Running it again for the same day rings nobody twice.
    """
    day = local_today(now) - timedelta(days=1)
    told = set(
        Notification.objects.filter(code=UNUSUAL, params__day=day.isoformat()).values_list(
            "recipient_id", flat=True
        )
    )
    people = list(Person.objects.filter(pk__in=everybody_in_charge()).exclude(pk__in=told))
    read_scopes(people)
    counts: dict[frozenset[int], int] = {}
    rung = 0
    for person in people:
        centres = centres_with(person, grants.PRIVACY)
        if centres not in counts:
            counts[centres] = _unusual_on(day, centres)
        if counts[centres]:
            rung += _ring(person.pk, day.isoformat(), counts[centres])
    return rung


def _unusual_on(day: date, centres: frozenset[int]) -> int:
    start, end = local_day_bounds(day)
    reach = reveals.of_centres(centres)
    return len(reveals.unusual_lines(reach.filter(at__gte=start, at__lt=end), reach)[0])


def _ring(person_id: int, day: str, count: int) -> int:
    path = f"{reverse('customers:reveals')}?{urlencode({'unusual': 'on', 'first': day, 'last': day})}"
    return notify([person_id], UNUSUAL, {"day": day, "count": count}, path)


@transaction.atomic
def remind_of_requests(now: datetime) -> int:
    """Ring once for each open request that is due within three days or was due before; returns how many rings."""
    last = local_today(now) + WARNED_BEFORE
    rows = PrivacyRequest.objects.filter(state=RequestState.OPEN, due_on__lte=last).select_related("customer")
    rung = 0
    for request in rows:
        told = Notification.objects.filter(
            code=DUE, subject_type=request._meta.label_lower, subject_id=request.pk
        ).values_list("recipient_id", flat=True)
        waiting = set(people_in_charge(request.customer.centre_id)) - set(told)
        path = reverse("customers:request", args=[request.pk])
        rung += notify(sorted(waiting), DUE, {"due": request.due_on.isoformat()}, path, request)
    return rung
