"""When something may happen: one table per kind of object, read by service, buttons, API and flow diagram alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.errors import Conflict, Text


@dataclass(frozen=True, slots=True)
class Transition:
    """`sources` -> `target` by `action`.

    `required` names the inputs that must be filled in, `clears` and `sets` the fields the writer changes besides
    the status, `target` None means that the status stays. `audit` is the code of the audit event.
    """

    action: str
    sources: frozenset[str]
    target: str | None
    label: Text
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    audit: str = ""
    icon: str = ""
    style: str = "secondary"


@dataclass(frozen=True, slots=True)
class TransitionTable:
    """All transitions of one kind, looked up by action."""

    kind: str
    rows: Mapping[str, Transition] = field(default_factory=dict)

    def find(self, action: str, status: str) -> Transition:
        """The transition `action` from `status`; raises Conflict ("not_now") when the table has none."""
        row = self.rows.get(action)
        if row is None or status not in row.sources:
            from django.utils.translation import gettext_lazy as _

            raise Conflict(
                "not_now", _("This step is not possible in the present status. Reload to see what changed.")
            )
        return row

    def possible(self, status: str) -> list[Transition]:
        """All transitions that leave from `status`, in the order of the table."""
        return [row for row in self.rows.values() if status in row.sources]


def table(kind: str, rows: Iterable[Transition]) -> TransitionTable:
    """Build a table; two rows for one action are refused."""
    by_action: dict[str, Transition] = {}
    for row in rows:
        if row.action in by_action:
            raise ValueError(f"{kind}: two rows for {row.action}")
        by_action[row.action] = row
    return TransitionTable(kind, by_action)
