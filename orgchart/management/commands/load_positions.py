"""The positions of the job descriptions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actors import system_actor
from orgchart.services import load_positions


class Command(BaseCommand):
    """Add what is missing; may run again and overwrites nothing."""

    help = "Loads all positions named in the job descriptions with their superiors."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_positions(actor=system_actor("load_positions"))
        self.stdout.write(f"{done.added} positions added")
        for code in done.different:
            self.stdout.write(f"{code} differs from the file: proposed as a new version")
