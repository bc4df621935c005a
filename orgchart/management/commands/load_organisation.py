"""Company, department, and the centres of all provinces."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actors import system_actor
from orgchart.services import load_organisation


class Command(BaseCommand):
    """Add what is missing; may run again."""

    help = "Loads the units every installation starts with."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_organisation(actor=system_actor("load_organisation"))
        self.stdout.write(f"{done.added} units added")
