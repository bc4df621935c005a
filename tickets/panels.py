"""What the case desk adds to the pages of a member of staff."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from orgchart.extensions import Panel, person_panels, person_work
from orgchart.models import Person
from tickets import columns, figures, queries
from tickets.models import Case

MOST = 50


@person_panels
def open_cases(reader: Person, person: Person) -> Panel | None:
    """The open cases of `person` that `reader` sees, to be passed on. One statement; None when there are none."""
    theirs = queries.open_cases_of([person.pk]).values("pk")
    at = figures.Moment(reader, timezone.now())
    visible = Case.objects.permitted(reader).filter(pk__in=theirs)
    rows = list(columns.select(visible, at).order_by("due_at", "id")[: MOST + 1])
    if not rows:
        return None
    look = columns.Look(now=at.now)
    context = {
        "rows": [columns.work_line(row, look) for row in rows[:MOST]],
        "more": len(rows) > MOST,
        "list_url": f"/cases/?view=open&handler={person.pk}",
    }
    return Panel(_("Open cases to pass on"), "tickets/panel_open_cases.html", context, urgent=True)


@person_work
def open_case_count(person: Person) -> int:
    """How many open cases `person` has in hand, whoever sees them. One statement."""
    return int(queries.open_cases_of([person.pk]).count())
