"""Fill an empty database with the demo."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.demo import logins, seed


class Command(BaseCommand):
    """Refuses a database that holds anything; with --if-empty it leaves such a one alone without a word."""

    help = "Tells one coherent story of about 600 cases that ends today, with a log-in for each role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the database holds data")
        parser.add_argument(
            "--force-date",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day on which the story ends",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if seed.has_data():
            if options["if_empty"]:
                return
            raise CommandError(refusal())
        cases = seed.seed(options["force_date"])
        self.stdout.write(f"{cases} demo cases; log-ins: {logins.path()}")


def refusal() -> str:
    """Why this database is not filled, in one sentence."""
    if seed.is_demo_only():
        return "The demo is in this database already; start with an empty one to tell it anew."
    return "This database holds other data than the demo, so nothing was added; use an empty one."
