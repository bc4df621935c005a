"""The list of reveals as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exports import Column, Table, exporter
from customers.privacy import reveals
from customers.privacy.reveals import Line

KIND = "privacy.reveals"
PARAMETERS = ("person", "first", "last", "how", "unusual")


@exporter(KIND, gettext_lazy("Reveals of personal data"))
def reveals_file(person: Any, query: Mapping[str, Any]) -> Table:
    """The rows of the page as it was filtered, within what `person` looks after today; never a value."""
    reach = reveals.within_reach(person)
    wanted = {
        "person": int(query["person"]) if query.get("person") else None,
        "first": date.fromisoformat(query["first"]) if query.get("first") else None,
        "last": date.fromisoformat(query["last"]) if query.get("last") else None,
        "how": query.get("how", ""),
    }
    lines = reveals.in_order(reveals.narrowed(reach, wanted), reach)
    rows = (line for line in lines if line.flags) if query.get("unusual") else lines
    return Table(_columns(), rows)


def _how(line: Line) -> str:
    return _("by the handler") if line.by_handler else _("with a reason")


def _columns() -> list[Column]:
    return [
        Column("at", _("When"), lambda line: line.event.at, "moment"),
        Column("person", _("Who"), lambda line: line.name),
        Column("account", _("Account"), lambda line: line.event.actor_label),
        Column("for", _("In place of"), lambda line: line.event.for_label),
        Column("subject", _("What"), lambda line: line.label),
        Column("field", _("Field"), lambda line: line.what),
        Column("how", _("How"), _how),
        Column("reason", _("Reason"), lambda line: line.event.reason),
        Column("unusual", _("Unusual"), lambda line: _(", ").join(map(str, line.flag_words))),
    ]
