"""Who looks after personal data."""

from __future__ import annotations

from customers.rules import grants
from orgchart.models import Appointment, Deputyship
from orgchart.scope import today


def _posts() -> list[tuple[int, int, int | None]]:
    """(post, person, centre of the post, None above the centres) of today's posts that look after personal data."""
    rows = Appointment.objects.on(today()).filter(
        position__rights__grants__has_key=grants.PRIVACY, person__is_active=True
    )
    return list(rows.values_list("pk", "person_id", "unit__centre_id"))


def people_in_charge(centre_id: int | None) -> list[int]:
    """Whose bell rings about a centre's files: holders of posts there and their deputies; nobody there: those above."""
    posts = _posts()
    chosen = [row for row in posts if row[2] is not None and row[2] == centre_id]
    chosen = chosen or [row for row in posts if row[2] is None]
    standing_in = Deputyship.objects.in_force(today()).filter(
        post__in=[pk for pk, *_rest in chosen], deputy__is_active=True
    )
    return list(
        dict.fromkeys([*(row[1] for row in chosen), *standing_in.values_list("deputy_id", flat=True)])
    )


def everybody_in_charge() -> list[int]:
    """All people with such a post or standing in for one, for jobs that tell each of the own centres."""
    posts = _posts()
    standing_in = Deputyship.objects.in_force(today()).filter(
        post__in=[pk for pk, *_rest in posts], deputy__is_active=True
    )
    return list(dict.fromkeys([*(row[1] for row in posts), *standing_in.values_list("deputy_id", flat=True)]))
