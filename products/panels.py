"""What this app adds to the page of a customer file: the phones that the customer owns and owned."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.extensions import file_panels
from customers.models import Customer
from orgchart.extensions import Panel
from orgchart.models import Person
from products import policies
from products.devicequeries import owned_by


def devices_of(reader: Person, customer: Customer) -> Panel:
    """Phones of today and of before, with the button that registers another. One statement."""
    rows = owned_by(reader, customer)
    now = [row for row in rows if row.ends_on is None]
    held = {row.device_id for row in now}
    before = {row.device_id: row for row in reversed(rows) if row.device_id not in held}
    usable = not customer.merged_into_id and not customer.erased_at
    context = {
        "now": now,
        "before": list(before.values())[::-1],
        "customer": customer,
        "may_register": usable and policies.may_register(reader),
    }
    return Panel(_("Devices"), "products/panel_devices.html", context)


def register() -> None:
    """Add it; from the app's `ready`."""
    file_panels("devices", devices_of)
