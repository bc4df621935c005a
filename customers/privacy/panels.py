"""What the protection of personal data adds to the page of a file and to one's own page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from core.reveal import reveals_left
from customers import policies
from customers.enums import RequestState
from customers.extensions import file_panels
from customers.models import Customer, LegalHold, PrivacyRequest
from customers.rules import grants
from orgchart.extensions import Panel, person_panels
from orgchart.models import Person


def of_file(reader: Person, customer: Customer) -> Panel | None:
    """Open requests, a legal hold, and what the reader may do about them. Two statements."""
    in_charge = policies.looks_after(reader, customer)
    if not in_charge and not policies.may(reader, grants.EDIT):
        return None
    open_requests = list(PrivacyRequest.objects.filter(customer=customer, state=RequestState.OPEN))
    hold = LegalHold.objects.filter(customer=customer, released_at=None).select_related("placed_by").first()
    context = {"customer": customer, "requests": open_requests, "hold": hold, "in_charge": in_charge}
    return Panel(_("Personal data"), "customers/privacy/panel.html", context)


def own_quota(reader: Person, person: Person) -> Panel | None:
    """How many reveals are left today, on one's own page alone. One statement."""
    if reader.pk != person.pk or not policies.may(reader, grants.REVEAL):
        return None
    context = {"left": reveals_left(reader), "quota": settings.REVEAL_DAILY_QUOTA}
    return Panel(_("Showing personal data"), "customers/privacy/quota.html", context)


def register() -> None:
    """Add them; from the app's `ready`."""
    file_panels("privacy", of_file)
    person_panels(own_quota)
