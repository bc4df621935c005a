"""Publishes numbered effects at a steady pace, as a page would, and repeats one that the database refused.

python -m aftersales.tests.chaos.publisher COUNT PER_SECOND
"""

from __future__ import annotations

import sys
import time

import django


def main(count: int, per_second: float) -> None:
    """Publish `count` effects, half of each kind."""
    django.setup()
    for number in range(count):
        kind = "chaos.mail" if number % 2 else "chaos.row"
        while not _published(kind, str(number)):
            time.sleep(0.2)
        time.sleep(1 / per_second)


def _published(kind: str, key: str) -> bool:
    from django.db import DatabaseError, InterfaceError, connection, transaction

    from core import outbox

    try:
        with transaction.atomic():
            outbox.publish(kind, key, {"number": int(key)})
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
