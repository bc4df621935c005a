"""Fill the calendar tables where they are empty."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.calendarseed import seed


class Command(BaseCommand):
    """Adds what is missing and changes nothing that is there; `migrate` does the same."""

    help = "Put the official days of 2004-2026 and the standard service windows into empty calendar tables."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed()} days added")
