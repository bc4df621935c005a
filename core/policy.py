"""One scope: an action on a model is a row filter, and every door asks for it here.

Each app registers in its `policies.py`; `Model.objects.permitted(person, "close")` applies it. An action nobody
registered is a programming error and is never answered with "everything" or "nothing".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

RowFilter = Callable[[Any], Q]
_M = TypeVar("_M", bound=models.Model)
_filters: dict[str, dict[str, RowFilter]] = {}

NOTHING = Q(pk__in=[])


def policy(model_label: str, action: str) -> Callable[[RowFilter], RowFilter]:
    """Register `function(person) -> Q` as the filter of `action` on the model "app.Model"."""

    def register(function: RowFilter) -> RowFilter:
        _filters.setdefault(model_label.lower(), {})[action] = function
        return function

    return register


def register_filter(model_label: str, action: str, function: RowFilter) -> None:
    """Register a filter made from a table (the decorator's plain form)."""
    policy(model_label, action)(function)


def row_filter(model: type[models.Model], action: str, person: Any) -> Q:
    """The filter of `action` for `person`. Raises LookupError for an action without a policy."""
    try:
        function = _filters[model._meta.label_lower][action]
    except KeyError:
        raise LookupError(f"no policy for {action!r} on {model._meta.label}") from None
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return NOTHING
    return function(person)


class Through:
    """Rows of a model that are seen through records of higher apps, which say here which those are."""

    def __init__(self) -> None:
        self._filters: dict[str, RowFilter] = {}

    def register(self, name: str, rows: RowFilter) -> None:
        """`rows(person) -> Q` on the model; from an app's `ready`. The same name again replaces it."""
        self._filters[name] = rows

    def forget(self, name: str) -> None:
        """Take a registration back; for tests that bring their own."""
        del self._filters[name]

    def rows(self, person: Any) -> Q:
        """Everything that the person sees this way."""
        answer = NOTHING
        for rows in self._filters.values():
            answer = rows(person) if answer is NOTHING else answer | rows(person)
        return answer


class PermittedQuerySet(models.QuerySet[_M]):
    """Base of every queryset whose rows are shown to a person."""

    def permitted(self, person: Any, action: str = "view") -> PermittedQuerySet[_M]:
        """Only the rows on which `person` may do `action` today. Visibility is always part of the answer."""
        queryset = self.filter(row_filter(self.model, action, person))
        if action != "view":
            queryset = queryset.filter(row_filter(self.model, "view", person))
        return queryset
