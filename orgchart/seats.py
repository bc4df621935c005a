"""Posts that somebody can stand in for while the person is away."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgchart import away
from orgchart.models import Appointment, Deputyship, Person
from orgchart.previews.common import post_words
from orgchart.scope import today


@dataclass(frozen=True, slots=True)
class Seat:
    """A post that somebody can stand in for: one's own, or one in which one stands in already (`via`)."""

    post: Appointment
    via: Deputyship | None = None

    @property
    def key(self) -> str:
        """Names the fields of this post."""
        return f"via{self.via.pk}" if self.via else f"post{self.post.pk}"

    @property
    def label(self) -> str:
        """The post in words; of another's post whose it is."""
        words = post_words(self.post)
        if self.via is None:
            return words
        return _("%(post)s, standing in for %(holder)s") % {
            "post": words,
            "holder": self.post.person.name,
        }


def seats_of(person: Person) -> list[Seat]:
    """The person's posts from today on, and those in which the person stands in. Two statements."""
    own = Appointment.objects.touching(today(), None).filter(person=person)
    rows = own.select_related("person", "position", "unit").order_by("-is_primary", "starts_on", "pk")
    acting = away.standing_in(person, for_others=True)
    return [*(Seat(post) for post in rows), *(Seat(row.post, row) for row in acting)]
