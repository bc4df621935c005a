"""Load a year's official holidays from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import system_actor
from core.calendarfiles import read_notice
from core.calendars import load_days


class Command(BaseCommand):
    """All or nothing: with one bad row nothing is loaded, and every bad row is printed."""

    help = "Load a year's holiday notice (JSON in the shape of holiday-cn, or CSV with date,kind,name)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            notice = read_notice(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        for problem in notice.problems:
            self.stderr.write(str(problem))
        if notice.problems:
            raise CommandError(f"{path}: {len(notice.problems)} problems, nothing was loaded")
        changed = load_days(
            actor=system_actor("import_calendar"),
            year=notice.year,
            kinds=notice.days,
            source=path.name,
            dry_run=options["dry_run"],
        )
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{notice.year}: {changed} days {verb}")
