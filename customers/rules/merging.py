"""What may be merged, and what may be taken back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Moved = Mapping[str, Sequence[int]]


def merge_problem(*, same: bool, merged: Sequence[int | None], erased: Sequence[bool]) -> str | None:
    """Why two files cannot be merged: "merge_itself", "merge_merged", "merge_erased"; None when they can."""
    if same:
        return "merge_itself"
    if any(target is not None for target in merged):
        return "merge_merged"
    return "merge_erased" if any(erased) else None


def undo_problem(
    *, undone: bool, kept_into: int | None, erased: bool, merged_into: int | None, kept: int
) -> str | None:
    """Why a merge cannot be taken back: "merge_undone", "merge_erased", "merge_not_last"; None when it can."""
    if undone or merged_into != kept:
        return "merge_undone"
    if erased:
        return "merge_erased"
    return "merge_not_last" if kept_into is not None else None


def split_key(key: str) -> tuple[str, str]:
    """("tickets.Case", "customer") of "tickets.Case.customer"."""
    label, _, field = key.rpartition(".")
    return label, field


def total(moved: Moved) -> int:
    """How many rows changed their owner."""
    return sum(len(ids) for ids in moved.values())
