"""Notices to read: paragraphs, and what the newest version changed."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from customers.models import PrivacyNotice
from orgchart.scope import today


def in_force() -> PrivacyNotice | None:
    """The version that holds today: the newest whose day has come."""
    found: PrivacyNotice | None = (
        PrivacyNotice.objects.filter(in_force_from__lte=today()).order_by("-version").first()
    )
    return found


def text_of(notice: PrivacyNotice, language: str) -> str:
    """The text in the reader's language."""
    return notice.text_en if language.startswith("en") else notice.text


def paragraphs(notice: PrivacyNotice, language: str) -> list[str]:
    """Its paragraphs, without empty ones."""
    return [part.strip() for part in text_of(notice, language).split("\n\n") if part.strip()]


def versions_with_changes(language: str) -> dict[str, Any]:
    """All versions, newest first, and the newest compared with the one before. One statement."""
    versions = list(PrivacyNotice.objects.select_related("created_by"))
    pair = versions[:2] if len(versions) > 1 else None
    return {"versions": versions, "changes": compared(pair[1], pair[0], language) if pair else []}


def compared(old: PrivacyNotice, new: PrivacyNotice, language: str) -> list[tuple[str, str]]:
    """Paragraphs as ("same", "gone" or "new", text), in the order of reading."""
    before, after = paragraphs(old, language), paragraphs(new, language)
    lines: list[tuple[str, str]] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [("same", text) for text in after[start:end]]
        else:
            lines += [("gone", text) for text in before[first:last]]
            lines += [("new", text) for text in after[start:end]]
    return lines
