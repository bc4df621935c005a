"""The list's parameters as the API reads them: those of the page, and a wrong one is an error."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import api, keyset
from tickets.filters import ORDERS, CaseFilter
from tickets.models import Case

_PAGE_ONLY = frozenset({"size"})
_OWN = ("limit", "cursor")


class ApiCaseFilter(CaseFilter):
    """The page's filter without its form controls."""

    @classmethod
    def parameters(cls) -> list[str]:
        """All names that the list takes."""
        return [*(name for name in cls.base_filters if name not in _PAGE_ONLY), *_OWN]

    def _handlers(self) -> list[tuple[str, Any]]:
        """Nobody chooses from a list here."""
        return []

    @property
    def order(self) -> keyset.Order:
        """The order asked for, else the one that fits the figure."""
        return ORDERS[self.sort_order]

    def checked_rows(self) -> QuerySet[Case]:
        """The rows; raises BadRequest naming each parameter that cannot be used."""
        if self.errors:
            fields = {name: [str(text) for text in texts] for name, texts in self.errors.items()}
            raise api.BadRequest(
                "bad_parameters", _("Some parameters cannot be used."), context={"fields": fields}
            )
        rows: QuerySet[Case] = self.qs
        return rows
