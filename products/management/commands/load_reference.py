"""What every installation starts with, demo or not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actors import system_actor
from products.loading import load_reference


class Command(BaseCommand):
    """May run again at any time."""

    help = "Loads working calendar, units of all provinces, positions and the official fault list."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_reference(system_actor("load_reference"))
        self.stdout.write(", ".join(f"{count} {name}" for name, count in added.items()) + " added")
