"""Exports of the case desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.exports import Column, Table, exporter, in_chunks
from tickets import columns
from tickets.filters import CaseFilter
from tickets.models import Case

KIND = "tickets.cases"
PARAMETERS = ("view", "kind", "status", "priority", "unit", "handler", "fault", "logged_from", "logged_to")


@exporter(KIND, _("Cases"))
def cases(person: Any, query: Mapping[str, Any]) -> Table:
    """The rows of a list that `person` may export, masked as on the screen, with every column."""
    parameters = QueryDict(mutable=True)
    parameters.update({name: str(value) for name, value in query.items()})
    narrowing = CaseFilter(parameters, person=person, queryset=Case.objects.permitted(person, "export"))
    look = columns.Look(now=narrowing.at.now)
    made = [Column(column.code, column.label, _reader(column, look)) for column in columns.COLUMNS]
    return Table(made, in_chunks(columns.select(narrowing.qs, narrowing.at)))


def _reader(column: columns.Column, look: columns.Look) -> Any:
    return lambda row: column.text(row, look)
