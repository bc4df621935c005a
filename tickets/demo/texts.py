"""The words of the demo, read from tickets/demo/data, and which of them fit a phone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def read(name: str) -> Any:
    """The content of one data file."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Story:
    """What a customer says and how it ends. `fits` is the trait that the phone must have.

    `fault` is empty for an inquiry, `part` for what needs none. `turned` is the note with which an inquiry becomes a
    repair.
    """

    says: str
    done: str
    fits: str
    fault: str = ""
    part: str = ""
    turned: str = ""


@dataclass(frozen=True, slots=True)
class PhoneModel:
    """An invented model: its test TAC and the traits that decide which stories fit."""

    code: str
    name: str
    name_en: str
    tac: str
    colours: list[str]
    traits: list[str]
    share: int


class Deck:
    """Stories of one sort; the one told least so far comes first, so that all of them appear."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self.stories = list(stories)
        self._told: Counter[Story] = Counter()

    def draw(self, traits: Iterable[str], random: Random) -> Story | None:
        """A story that fits a phone with these traits, None when none does."""
        fitting = [story for story in self.stories if story.fits in traits]
        if not fitting:
            return None
        story = min(fitting, key=lambda one: (self._told[one], random.random()))
        self._told[story] += 1
        return story


def repairs() -> list[Story]:
    """All faults that are repaired."""
    groups = read("repairs")
    return [
        Story(says, done, fits, group["fault"], group["part"])
        for group in groups
        for fits, says, done in group["cases"]
    ]


def answered() -> list[Story]:
    """Questions with their answers."""
    return [Story(says, done, fits) for fits, says, done in read("inquiries")["answered"]]


def converted() -> list[Story]:
    """Questions that turn out to be faults."""
    parts = {group["fault"]: group["part"] for group in read("repairs")}
    rows = read("inquiries")["converted"]
    return [Story(says, done, fits, fault, parts[fault], turned) for fits, fault, says, turned, done in rows]


def remote() -> list[Story]:
    """Faults that an agent clears up on the call."""
    return [Story(says, done, fits, fault) for fits, fault, says, done in read("words")["remote"]]


def cancelled(kind: str) -> list[Story]:
    """Mis-logged cases of `kind`; `done` is the reason for cancelling."""
    rows = read("words")["cancelled"]
    return [Story(says, done, fits, fault) for row_kind, fits, fault, says, done in rows if row_kind == kind]


def models() -> list[PhoneModel]:
    """The invented models."""
    return [PhoneModel(**row) for row in read("models")]
