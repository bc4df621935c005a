"""Check the audit trail and print its head, to be kept outside the database."""

from __future__ import annotations

import argparse
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit import Head, Verdict, verify_chain

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")
_SENTENCES = {
    "missing": "row {row} follows a gap: rows before it were deleted",
    "altered": "row {row} was edited: its content does not match its hash",
    "unlinked": "row {row} does not continue the row before it: that one was replaced",
    "cut": "the trail ends before row {row}: its tail was cut off",
    "replaced": "row {row} is not the one whose hash was kept",
}


def read_head(text: str) -> Head:
    """N:HASH as printed by this command."""
    match = _HEAD.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError("must be NUMBER:HASH as this command prints it")
    return int(match[1]), match[2]


class Command(BaseCommand):
    """Exit status 0 when the chain is whole, 1 with the first broken row when it is not."""

    help = "Check the hash chain of the audit trail; prints the head as NUMBER:HASH."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", type=int, help="first row to check (default: the whole trail)")
        parser.add_argument("--expect-head", type=read_head, help="a head printed earlier; finds a cut tail")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_chain(start=options["start"], expected_head=options["expect_head"])
        if not verdict.ok:
            raise CommandError(sentence(verdict), returncode=1)
        self.stdout.write(f"The audit trail is whole: {verdict.events} events.")
        self.stdout.write(f"head {verdict.head}:{verdict.head_hash}")


def sentence(verdict: Verdict) -> str:
    """One English sentence on what is broken, and where."""
    return "The audit trail is broken: " + _SENTENCES[verdict.problem].format(row=verdict.broken_at) + "."
