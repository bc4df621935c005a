"""Tells the customer files whose device an IMEI is, and which customers have had one in common."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers import duplicates, mergepage
from products import finding

_PAIRS = """
SELECT DISTINCT least(one.owner_id, two.owner_id) AS low, greatest(one.owner_id, two.owner_id) AS high
FROM customers_customer mine
JOIN products_ownership one ON one.owner_id = mine.id
JOIN products_ownership two ON two.device_id = one.device_id AND two.owner_id <> one.owner_id
JOIN customers_customer other ON other.id = two.owner_id
WHERE mine.centre_id = %(centre)s AND mine.merged_into_id IS NULL AND mine.erased_at IS NULL
  AND other.centre_id = %(centre)s AND other.merged_into_id IS NULL AND other.erased_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM customers_notduplicate n
    WHERE n.low_id = least(one.owner_id, two.owner_id) AND n.high_id = greatest(one.owner_id, two.owner_id)
  )
LIMIT %(most)s
"""


def owners_of(text: str) -> list[int]:
    """Today's owners of the devices with this complete IMEI; empty for anything else. One statement."""
    imei = finding.question(text).imei
    return list(finding.with_imei(imei).values_list("owner_id", flat=True)) if imei else []


def pairs_of(centre: int, most: int) -> list[tuple[int, int]]:
    """Pairs of the centre's files that owned the same device one after the other, lower id first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"centre": centre, "most": most})
        return [(int(low), int(high)) for low, high in cursor.fetchall()]


def register() -> None:
    """Make both known; from the app's `ready`."""
    duplicates.same_device("devices", owners_of)
    duplicates.pairs_by_device("devices", pairs_of)
    mergepage.word_for_rows("products.Ownership", _("Owner of a device"))
