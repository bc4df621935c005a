"""What the case desk adds to the page of a model: the faults that were seen at it lately."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from orgchart.extensions import Panel
from orgchart.models import Person
from products.catalogue_extensions import model_panels
from products.models import FaultCode, ProductModel
from tickets.models import Case

DAYS, MOST = 90, 10


def faults_seen(reader: Person, model: ProductModel) -> Panel:
    """The commonest faults of visible cases about this model within the last DAYS days. Two statements."""
    since = timezone.now() - timedelta(days=DAYS)
    cases = Case.objects.permitted(reader).filter(
        device__model=model, fault__isnull=False, logged_at__gte=since
    )
    counted = list(
        cases.order_by().values_list("fault").annotate(count=Count("pk")).order_by("-count", "fault")[:MOST]
    )
    faults = FaultCode.objects.in_bulk([pk for pk, _count in counted])
    rows = [(faults[pk], count) for pk, count in counted]
    context = {"rows": rows, "most": rows[0][1] if rows else 0, "days": DAYS}
    return Panel(_("Faults seen"), "tickets/panel_model_faults.html", context)


def register() -> None:
    """Make the panel known; from the app's `ready`."""
    model_panels("tickets", faults_seen)
